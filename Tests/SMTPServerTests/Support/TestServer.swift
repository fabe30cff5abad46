import Foundation
import Identities
import Logging
import NIOPosix
import SMTP
import SMTPServer
import Testing

/// A listener on loopback for the time of a test.
struct TestServer {
    let listener: SMTPListener
    let port: Int
    let folder: String
    let book: TestPolicy.Book
    let memory: MemoryBudget

    static let localhost = IPAddress("127.0.0.1") ?? IPAddress(ipv4: 0x7F00_0001)

    static func configuration() -> ListenerConfiguration {
        ListenerConfiguration(address: localhost, port: 0, hostName: "mx.example.org")
    }

    static func run(
        _ configuration: ListenerConfiguration = configuration(),
        answers: TestPolicy.Answers = TestPolicy.Answers(), memory: MemoryBudget = MemoryBudget(),
        folder given: String? = nil, _ body: (TestServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "sealgate-smtp-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let book = TestPolicy.Book()
        let listener = SMTPListener(
            configuration, incoming: given ?? folder, group: .singletonMultiThreadedEventLoopGroup,
            memory: memory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { 1_700_000_000_000 }, policy: { _ in TestPolicy(answers, book) })
        let port = try await listener.start()
        let server = TestServer(
            listener: listener, port: port, folder: folder, book: book, memory: memory)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        await listener.drain(grace: .seconds(1))
        try result.get()
        #expect(memory.used == 0)
        try await eventually("all files are gone") {
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .allSatisfy { !$0.hasSuffix(".part") }
        }
    }

    var notes: TestPolicy.Notes { book.all }
}

/// Waits until something is so; how long it takes says nothing.
func eventually(_ what: String, _ condition: () throws -> Bool) async throws {
    for _ in 0..<3_000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("It never came to be that \(what).")
}

/// A signal that policies wait for.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
