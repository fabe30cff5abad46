import Foundation
import TestSupport

/// A real Postfix on a port of its own, which puts mail for `to.example` into mailboxes. It ends
/// with the test process, whatever way that ends.
struct PostfixServer {
    let folder: PostfixFolder
    let port: Int

    /// - Parameter settings: lines of main.cf.
    init(_ settings: [String]) async throws {
        port = try LoopbackPort.free()
        folder = try PostfixFolder(
            doors: ["127.0.0.1:\(port)"], domains: ["to.example"],
            settings: ["myhostname = mx.to.example"] + settings)
        try folder.watch()
        do {
            try await Command.finish(folder.command())
        } catch {
            let log = folder.log
            folder.remove()
            throw Ports.Unavailable(description: "\(error) \(log)")
        }
        try await Ports.wait(port)
    }

    func stop() {
        try? Command.run(folder.command("abort"))
        folder.remove()
    }

    /// The mails in the box, when there are so many.
    func mails(_ count: Int) async throws -> [String] {
        for _ in 0..<1_500 {
            let mails = try folder.mails()
            if mails.count >= count { return mails.map { String(decoding: $0, as: UTF8.self) } }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Ports.Unavailable(description: folder.log)
    }
}
