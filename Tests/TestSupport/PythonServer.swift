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
        port = try LoopbackPort.free()
        process = try Command.start(
            ["/usr/bin/env", "AUTHLIB_INSECURE_TRANSPORT=1", "/usr/bin/python3", script, "\(port)"]
                + arguments,
            log: log)
        for _ in 0..<600 {
            if LoopbackPort.connects(port) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        ChildProgram.end(process)
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Failure(description: "\(script) did not listen: \(said.suffix(2_000))")
    }

    deinit { ChildProgram.end(process) }
}
