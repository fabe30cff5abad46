import CCurl
import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// A connection to a mail server through libcurl, which connects, proves the server by its
/// certificate and signs in; what follows is ours.
///
/// libcurl's calls block, so they run on a queue of their own; all of libcurl is in this file.
///
/// `@unchecked Sendable` holds because the handle is used on the queue alone, and once at the end.
final class CurlConnection: MailConnection, @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let queue = DispatchQueue(label: "sealgate.imap")
    private let stop: StopFlag

    /// Set from another thread when nobody waits for an answer any more.
    private final class StopFlag: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    /// How often a waiting call looks whether it is still wanted, in milliseconds.
    private static let slice: Int32 = 200

    /// Once for the whole process; writing to a closed connection is an error, no signal.
    private static let library: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    /// Connects and signs in.
    static func open(
        _ place: MailboxPlace, limits: PlaceLimits
    ) async throws(PlaceFailure) -> CurlConnection {
        let secret = try MailboxSecret(place.secret, limits: limits)
        guard library == CURLE_OK, let handle = curl_easy_init() else {
            throw PlaceFailure(.connection, "libcurl could not be started.")
        }
        let connection = CurlConnection(handle)
        try await connection.perform { () throws(PlaceFailure) in
            try connection.connect(place, secret, limits)
        }
        return connection
    }

    private init(_ handle: UnsafeMutableRawPointer) {
        self.handle = handle
        stop = StopFlag()
    }

    // The handle outlives every call on the queue, since each of them keeps this object.
    deinit { curl_easy_cleanup(handle) }

    func send(_ octets: [UInt8], within time: Duration) async throws(PlaceFailure) {
        try await perform { () throws(PlaceFailure) in
            let end = ContinuousClock.now + time
            var sent = 0
            while sent < octets.count {
                var count = 0
                let code = octets.withUnsafeBytes {
                    curl_easy_send(
                        self.handle, $0.baseAddress?.advanced(by: sent), octets.count - sent, &count
                    )
                }
                switch code {
                case CURLE_OK: sent += count
                case CURLE_AGAIN: try self.wait(for: POLLOUT, until: end, time)
                default: throw Self.dropped(code)
                }
            }
        }
    }

    func receive(within time: Duration) async throws(PlaceFailure) -> [UInt8] {
        try await perform { () throws(PlaceFailure) in
            let end = ContinuousClock.now + time
            while true {
                var code = CURLE_OK
                let octets = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    code = curl_easy_recv(self.handle, buffer.baseAddress, buffer.count, &count)
                    if code != CURLE_OK { count = 0 }
                }
                switch code {
                case CURLE_OK where !octets.isEmpty: return octets
                case CURLE_AGAIN: try self.wait(for: POLLIN, until: end, time)
                default: throw Self.dropped(code)
                }
            }
        }
    }

    /// The connection ends with this object; here the socket is shut, so that nobody waits on it.
    func close() async {
        stop.isSet.store(true, ordering: .relaxed)
        await withCheckedContinuation { continuation in
            queue.async {
                if let socket = self.socket { shutdown(socket, Int32(SHUT_RDWR)) }
                continuation.resume()
            }
        }
    }

    // MARK: On the queue

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PlaceFailure) -> Value
    ) async throws(PlaceFailure) -> Value {
        let stop = stop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<Value, PlaceFailure>, Never>) in
                queue.async {
                    do throws(PlaceFailure) {
                        continuation.resume(returning: .success(try body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        } onCancel: {
            stop.isSet.store(true, ordering: .relaxed)
        }
        return try result.get()
    }

    private var socket: curl_socket_t? {
        var socket: curl_socket_t = -1
        guard sealgate_curl_get_socket(handle, &socket) == CURLE_OK, socket >= 0 else {
            return nil
        }
        return socket
    }

    private func wait(
        for event: Int32, until end: ContinuousClock.Instant, _ time: Duration
    ) throws(PlaceFailure) {
        guard let socket else { throw Self.dropped(CURLE_RECV_ERROR) }
        while true {
            guard !stop.isSet.load(ordering: .relaxed) else {
                throw PlaceFailure(.dropped, "The round was ended.")
            }
            guard ContinuousClock.now < end else { throw IMAPSession.silence(time) }
            var state = pollfd(fd: socket, events: Int16(event), revents: 0)
            if poll(&state, 1, Self.slice) > 0 { return }
        }
    }

    private static func dropped(_ code: CURLcode) -> PlaceFailure {
        let detail = code == CURLE_OK ? "" : " (\(String(cString: curl_easy_strerror(code))))"
        return PlaceFailure(.dropped, "The connection to the mail server broke off\(detail).")
    }

    private func connect(
        _ place: MailboxPlace, _ secret: MailboxSecret, _ limits: PlaceLimits
    ) throws(PlaceFailure) {
        let scheme = place.security == .tls ? "imaps" : "imap"
        let host = place.host.contains(":") ? "[\(place.host)]" : place.host
        text(CURLOPT_URL, "\(scheme)://\(host):\(place.port)/")
        text(CURLOPT_PROTOCOLS_STR, "imap,imaps")
        // Variables of the environment must not send passwords elsewhere.
        text(CURLOPT_PROXY, "")
        number(CURLOPT_CONNECT_ONLY, 1)
        number(CURLOPT_NOSIGNAL, 1)
        let time = Int(limits.connecting.components.seconds) * 1_000
        number(CURLOPT_CONNECTTIMEOUT_MS, time)
        number(CURLOPT_TIMEOUT_MS, time)
        number(CURLOPT_SSL_VERIFYPEER, 1)
        number(CURLOPT_SSL_VERIFYHOST, 2)
        number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if place.security == .startTLS { number(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let authorities = place.authorities { text(CURLOPT_CAINFO, authorities) }
        text(CURLOPT_USERNAME, place.user)
        switch secret {
        case .password(let password): text(CURLOPT_PASSWORD, password)
        case .token(let token): text(CURLOPT_XOAUTH2_BEARER, token)
        }
        number(CURLOPT_NOPROGRESS, 0)
        _ = sealgate_curl_set_progress(handle) { flag, _, _, _, _ in
            guard let flag else { return 0 }
            let stop = Unmanaged<StopFlag>.fromOpaque(flag).takeUnretainedValue()
            return stop.isSet.load(ordering: .relaxed) ? 1 : 0
        }
        _ = sealgate_curl_set_pointer(
            handle, CURLOPT_XFERINFODATA, Unmanaged.passUnretained(stop).toOpaque())
        let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer {
            _ = sealgate_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
            message.deallocate()
        }
        _ = sealgate_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
        let code = curl_easy_perform(handle)
        guard code != CURLE_OK else { return }
        throw Self.refusal(code, String(cString: message), place)
    }

    private func text(_ option: CURLoption, _ value: String) {
        _ = sealgate_curl_set_text(handle, option, value)
    }

    private func number(_ option: CURLoption, _ value: Int) {
        _ = sealgate_curl_set_number(handle, option, value)
    }

    /// Why no connection came about, said so that somebody can mend it.
    private static func refusal(
        _ code: CURLcode, _ detail: String, _ place: MailboxPlace
    ) -> PlaceFailure {
        let server = "\(place.host):\(place.port)"
        let words = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case CURLE_LOGIN_DENIED:
            return PlaceFailure(
                .signIn,
                "The mail server \(server) does not let \(place.user) in. Check the user and the "
                    + "password or token.")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            return PlaceFailure(
                .connection,
                "The certificate of \(server) is not believed: \(words). Name its authority with "
                    + "ca=FILE if it is your own.")
        case CURLE_USE_SSL_FAILED:
            return PlaceFailure(
                .connection,
                "The mail server \(server) offers no TLS, and nothing is sent without it.")
        case CURLE_OPERATION_TIMEDOUT:
            return PlaceFailure(.silence, "The mail server \(server) did not answer in time.")
        default:
            return PlaceFailure(
                .connection, "There is no connection to the mail server \(server): \(words).")
        }
    }
}

/// A password or a token, read where the configuration says that it lies.
enum MailboxSecret: Sendable {
    case password(String)
    case token(String)

    init(_ place: MailboxPlace.Secret, limits: PlaceLimits) throws(PlaceFailure) {
        switch place {
        case .passwordFile(let path): self = .password(try Self.text(path, "password", limits))
        case .tokenFile(let path): self = .token(try Self.text(path, "token", limits))
        case .passwordVariable(let name):
            guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
                throw PlaceFailure(
                    .secret, "The variable \(name) with the mailbox's password is not set.")
            }
            self = .password(value)
        }
    }

    /// The first line of a file.
    private static func text(
        _ path: String, _ what: String, _ limits: PlaceLimits
    ) throws(PlaceFailure) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw PlaceFailure(
                .secret,
                "The file \(path) with the mailbox's \(what) cannot be read: "
                    + "\(String(cString: strerror(errno))).")
        }
        defer { close(file) }
        let octets = [UInt8](unsafeUninitializedCapacity: limits.secretBytes + 1) { buffer, count in
            count = max(0, read(file, buffer.baseAddress, buffer.count))
        }
        let line = octets.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, octets.count <= limits.secretBytes,
            let text = String(validating: line, as: UTF8.self)
        else {
            throw PlaceFailure(
                .secret,
                "The file \(path) does not begin with a line that is a \(what).")
        }
        return text
    }
}
