import DNS
import Foundation
import Glibc
import HostedDNS
import Synchronization

/// A name server over TCP that answers queries from a table, and updates as a test wants it.
final class LyingServer: Sendable {
    enum Answer: Sendable {
        /// These octets behind a length of our choice; nil for their own.
        case octets(@Sendable ([UInt8]) -> [UInt8], length: UInt16?)
        case closes
        case hangs
    }

    let port: UInt16
    private let handle: Int32
    private let isClosed = Mutex(false)
    private let held = Mutex<[Int32]>([])

    /// Answers every connection's first message with what `answer` gives for it.
    init(_ answer: @escaping @Sendable ([UInt8]) -> Answer) throws {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { [handle] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, length) == 0 && listen(handle, 16) == 0
                    && getsockname(handle, $0, &length) == 0
            }
        }
        guard isBound else {
            throw PrimaryServer.Missing(description: "No port to listen on.")
        }
        port = UInt16(bigEndian: place.sin_port)
        let listening = handle
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listening, nil, nil)
                guard connection >= 0, !isClosed.withLock({ $0 }) else { return }
                serve(connection, answer)
            }
        }
    }

    private func serve(_ connection: Int32, _ answer: ([UInt8]) -> Answer) {
        guard let head = Self.read(connection, 2),
            let message = Self.read(connection, Int(head[0]) << 8 | Int(head[1]))
        else { return _ = close(connection) }
        switch answer(message) {
        case .closes: close(connection)
        case .hangs: held.withLock { $0.append(connection) }
        case .octets(let make, let length):
            let octets = make(message)
            let told = length ?? UInt16(clamping: octets.count)
            let whole = [UInt8(told >> 8), UInt8(told & 255)] + octets
            _ = whole.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            held.withLock { $0.append(connection) }
        }
    }

    private static func read(_ connection: Int32, _ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(connection, &part, part.count, 0)
            guard got > 0 else { return nil }
            bytes += part[..<got]
        }
        return bytes
    }

    func stop() {
        isClosed.withLock { $0 = true }
        shutdown(handle, Int32(SHUT_RDWR))
        close(handle)
        for connection in held.withLock({ $0 }) { close(connection) }
    }
}
