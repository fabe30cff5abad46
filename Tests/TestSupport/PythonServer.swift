import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server of a test, written in Python, that listens on a port of loopback.
public final class PythonServer: Sendable {
    /// It did not begin to listen.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let process: Int32

    /// Starts `script PORT ARGUMENTS…`, and waits until it listens.
    ///
    /// - Parameter log: a file for what it says.
    public init(_ script: String, _ arguments: [String], log: String) async throws {
        port = try Self.freePort()
        process = try Command.start(
            ["/usr/bin/env", "AUTHLIB_INSECURE_TRANSPORT=1", "/usr/bin/python3", script, "\(port)"]
                + arguments,
            log: log)
        for _ in 0..<600 {
            if Self.listens(port) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        ChildProgram.end(process)
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Failure(description: "\(script) did not listen: \(said.suffix(2_000))")
    }

    deinit { ChildProgram.end(process) }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func listens(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
