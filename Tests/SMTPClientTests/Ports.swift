import NIOCore
import NIOPosix

/// Ports for programs that tests start.
enum Ports {
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
