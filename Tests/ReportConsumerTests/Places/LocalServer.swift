import Glibc
import Synchronization

/// A server of a test on loopback, with a thread for each connection.
final class LocalServer: Sendable {
    let port: Int
    private let listener: Int32
    private let open = Mutex<Set<Int32>>([])
    private let isStopped = Atomic<Bool>(false)

    /// - Parameter serve: has a connection to itself until it returns.
    init(_ serve: @escaping @Sendable (Wire) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure() }
        port = Int(UInt16(bigEndian: address.sin_port))
        Self.detach { [self] in
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0, !isStopped.load(ordering: .relaxed) else { return }
                _ = self.open.withLock { $0.insert(accepted) }
                Self.detach { [self] in
                    serve(Wire(accepted))
                    end(accepted)
                }
            }
        }
    }

    struct Failure: Error {}

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for descriptor in open.withLock({ $0 }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private func end(_ descriptor: Int32) {
        _ = open.withLock { $0.remove(descriptor) }
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// A connection to a port of this machine; nil when nobody listens.
    static func connect(_ port: Int) -> Wire? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
        return Wire(descriptor)
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    static func detach(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, box)
        pthread_detach(thread)
    }
}

/// One connection of a test.
struct Wire: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// False when the other side is gone.
    @discardableResult
    func send(_ octets: some Collection<UInt8>) -> Bool {
        let octets = Array(octets)
        var sent = 0
        while sent < octets.count {
            let count = octets.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), octets.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(text.utf8) }

    /// Empty when the other side is gone.
    func receive(_ most: Int = 1 << 16) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// A line without its end; nil when the other side is gone.
    func line() -> String? {
        var line: [UInt8] = []
        while true {
            guard let octet = receive(1).first else { return nil }
            if octet == 0x0A { break }
            if octet != 0x0D { line.append(octet) }
        }
        return String(decoding: line, as: UTF8.self)
    }

    func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

func usleepHalfSecond() { usleep(500_000) }
