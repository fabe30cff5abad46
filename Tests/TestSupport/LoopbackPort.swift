import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ports of 127.0.0.1 for the servers that tests start.
public enum LoopbackPort {
    /// No port could be had.
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    /// Below what systems give to connections by themselves (32,768 and up, RFC 6056 §3.2) and
    /// below where our resolver asks from: between our finding a port and a server's taking it
    /// nobody comes upon it by chance.
    private static let range = 2_100..<9_900

    /// A port that nobody has, for TCP nor for UDP, and that no other test gets soon: every test
    /// process of this machine counts on in the same file.
    public static func free() throws -> Int {
        for _ in 0..<range.count {
            let port = range.lowerBound + (try next()) % range.count
            if isFree(port, Int32(SOCK_STREAM.rawValue)), isFree(port, Int32(SOCK_DGRAM.rawValue)) {
                return port
            }
        }
        throw Unavailable(description: "No port of 127.0.0.1 below 10,000 is free.")
    }

    /// Whether somebody listens on a port.
    public static func connects(_ port: Int, host: String = "127.0.0.1") -> Bool {
        withSocket(Int32(SOCK_STREAM.rawValue)) { handle in
            withAddress(port, host) { connect(handle, $0, $1) == 0 }
        }
    }

    private static func isFree(_ port: Int, _ kind: Int32) -> Bool {
        withSocket(kind) { handle in
            withAddress(port, "0.0.0.0") { bind(handle, $0, $1) == 0 }
        }
    }

    private static func next() throws -> Int {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("sealgate-test-ports-\(getuid())").path
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, flock(file, LOCK_EX) == 0 else {
            throw Unavailable(description: "\(path) cannot be written.")
        }
        defer { close(file) }
        var count: UInt32 = 0
        _ = pread(file, &count, MemoryLayout<UInt32>.size, 0)
        var following = count &+ 1
        guard pwrite(file, &following, MemoryLayout<UInt32>.size, 0) > 0 else {
            throw Unavailable(description: "\(path) cannot be written.")
        }
        return Int(count)
    }

    private static func withSocket<Result>(_ kind: Int32, _ body: (Int32) -> Result) -> Result {
        let handle = socket(AF_INET, kind, 0)
        defer { close(handle) }
        return body(handle)
    }

    private static func withAddress<Result>(
        _ port: Int, _ host: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
