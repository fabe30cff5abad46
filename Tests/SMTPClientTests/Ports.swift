import NIOCore
import NIOPosix

/// Ports for programs that tests start.
enum Ports {
    /// One that nobody listens on just now, and that the system gives to nobody by itself.
    static func free() async throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000..<30_000)
            let channel = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: port).get()
            guard let channel else { continue }
            try await channel.close().get()
            return port
        }
        throw Unavailable(description: "no free port on 127.0.0.1")
    }

    /// Waits until somebody listens.
    static func wait(_ port: Int) async throws {
        for _ in 0..<1_000 {
            let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            if let channel {
                try? await channel.close().get()
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Unavailable(description: "nobody listens on port \(port)")
    }

    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }
}
