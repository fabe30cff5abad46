import Glibc
import Identities

/// A plain socket for a check: blocking, with a time limit of its own.
struct ProbeSocket {
    private let address: IPAddress

    init(_ address: IPAddress) { self.address = address }

    /// Whether a server could listen; 0 or the system's number for why not.
    func bindError(_ port: Int) -> Int32 {
        with(SOCK_STREAM) { handle in
            var isOn: Int32 = 1
            // As servers do: connections of an earlier run may still linger.
            setsockopt(
                handle, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
            let bound = withAddress(address, port) { bind(handle, $0, $1) }
            guard bound == 0 else { return errno }
            return listen(handle, 1) == 0 ? 0 : errno
        }
    }

    /// What a server says first, or to a question; nil when it does not answer in time.
    func ask(_ question: String?, port: Int) -> String? {
        // A listener at every address is reached at this machine's own.
        let isAny = address.bytes.allSatisfy { $0 == 0 }
        let target =
            isAny ? IPAddress(address.isIPv4 ? "127.0.0.1" : "::1") ?? address : address
        return with(SOCK_STREAM) { handle -> String? in
            setTimes(handle)
            guard withAddress(target, port, { connect(handle, $0, $1) }) == 0 else { return nil }
            if let question {
                let octets = Array(question.utf8)
                guard send(handle, octets, octets.count, Int32(MSG_NOSIGNAL)) > 0 else {
                    return nil
                }
            }
            let answer = receive(handle, untilEnd: question != nil)
            return answer.isEmpty ? nil : String(decoding: answer, as: UTF8.self)
        }
    }

    /// One datagram there, and the first one back.
    func exchange(_ request: [UInt8], port: Int) -> [UInt8]? {
        with(SOCK_DGRAM) { handle -> [UInt8]? in
            setTimes(handle)
            // A connected socket takes answers from this server alone.
            guard withAddress(address, port, { connect(handle, $0, $1) }) == 0,
                send(handle, request, request.count, 0) == request.count
            else { return nil }
            var answer = [UInt8](repeating: 0, count: 512)
            let count = recv(handle, &answer, answer.count, 0)
            return count > 0 ? Array(answer.prefix(count)) : nil
        }
    }

    private func receive(_ handle: Int32, untilEnd: Bool) -> [UInt8] {
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1_024)
        while answer.count < Limits.doctorAnswerOctets {
            let count = recv(handle, &part, part.count, 0)
            guard count > 0 else { break }
            answer += part.prefix(count)
            if !untilEnd, answer.contains(0x0A) { break }
        }
        return answer
    }

    private func setTimes(_ handle: Int32) {
        var time = timeval(tv_sec: Limits.doctorSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                handle, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private func with<Value>(_ type: __socket_type, _ body: (Int32) -> Value) -> Value {
        let handle = socket(
            address.isIPv4 ? AF_INET : AF_INET6, Int32(type.rawValue) | O_CLOEXEC, 0)
        defer { if handle >= 0 { close(handle) } }
        return body(handle)
    }
}

/// The address as the system's calls take it.
private func withAddress(
    _ address: IPAddress, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    let port = in_port_t(truncatingIfNeeded: port).bigEndian
    if address.isIPv4 {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port
        withUnsafeMutableBytes(of: &place.sin_addr) { $0.copyBytes(from: address.bytes) }
        return withUnsafeBytes(of: place) { octets in
            guard let start = octets.baseAddress else { return -1 }
            return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(octets.count))
        }
    }
    var place = sockaddr_in6()
    place.sin6_family = sa_family_t(AF_INET6)
    place.sin6_port = port
    withUnsafeMutableBytes(of: &place.sin6_addr) { $0.copyBytes(from: address.bytes) }
    return withUnsafeBytes(of: place) { octets in
        guard let start = octets.baseAddress else { return -1 }
        return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(octets.count))
    }
}
