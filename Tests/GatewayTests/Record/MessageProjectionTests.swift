import Gateway
import Identities
import Logging
import SMTP
import SQLDatabase
import Spool
import Storage
import Synchronization
import TestSupport
import Testing

struct MessageProjectionTests {
    /// A spool on a disk, a store, and the projection between them.
    private func join(
        _ engine: TestEngine,
        _ body: (Spool, MessageStore, MessageProjection) async throws -> Void
    ) async throws {
        let folder = TestDatabase.temporaryFolder()
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = MessageStore(database: database)
            let (spool, _) = try Spool.open(folder, disk: FileDisk())
            defer { spool.close() }
            try await body(
                spool, store,
                MessageProjection(
                    log: spool, store: store, logger: Logger(label: "test"),
                    pause: .milliseconds(5)))
        }
        try? Command.run(["rm", "-rf", folder])
    }

    private func accept(
        _ spool: Spool, _ record: MessageRecord, held: Bool = false
    ) async throws -> QueueIdentifier {
        let id = spool.nextIdentifier()
        var record = record
        record.id = id
        if held { record.decision = Decision(.hold, .policyQuarantine, "Its domain asks for it.") }
        let envelope = Envelope(
            reversePath: record.reversePath,
            recipients: record.recipients.map { EnvelopeRecipient($0) })
        try await spool.accept(
            SpoolMessage(
                id: id, receivedAt: record.receivedAt, envelope: envelope,
                record: record.encoded(), disposition: held ? .hold(reason: "policy") : .deliver,
                content: .memory(Array("Subject: x\r\n\r\nText\r\n".utf8)), routing: "inside"))
        return id
    }

    @Test(arguments: TestEngine.allCases)
    func `what the spool tells is carried over, once`(_ engine: TestEngine) async throws {
        try await join(engine) { spool, store, projection in
            let record = try RecordSamples.accepted(to: ["ben@example.com", "eva@example.com"])
            let id = try await accept(spool, record)
            try await spool.record(
                .started(id: id, recipients: [0], at: record.receivedAt, host: "mx"))
            try await spool.record(
                .attempted(
                    id: id, recipients: [0], at: record.receivedAt + 1, host: "mx.example.com",
                    reply: "451 4.3.0 Later", nextAttempt: record.receivedAt + 300_000))
            try await spool.record(
                .delivered(
                    id: id, recipients: [1], at: record.receivedAt + 2, host: "mx.example.com",
                    reply: "250 2.0.0 Taken", tls: "TLSv1.3"))
            #expect(try await projection.catchUp() == 4)
            #expect(try await projection.catchUp() == 0)
            let history = try #require(try await store.history(of: id.storedValue))
            #expect(history.message.state == .waiting)
            #expect(history.recipients.map(\.state) == [.waiting, .delivered])
            #expect(history.events.map(\.kind) == [.attempted, .delivered])
            #expect(history.events[0].nextAt == record.receivedAt + 300_000)
            #expect(history.events[1].detail == "TLSv1.3")
            let stored = try #require(MessageRecord(encoded: history.message.record))
            #expect(stored.header == record.header)
            #expect(QueueIdentifier(storedValue: history.message.id) == id)

            try await spool.record(
                .failed(
                    id: id, recipients: [0], at: record.receivedAt + 3, host: "mx.example.com",
                    reason: "550 5.1.1 Nobody"))
            let report = spool.nextIdentifier()
            try await spool.record(
                .bounced(id: id, recipients: [0], at: record.receivedAt + 4, report: report))
            #expect(try await projection.catchUp() == 2)
            let settled = try #require(try await store.history(of: id.storedValue))
            #expect(settled.message.state == .failed)
            #expect(settled.events.last?.detail == report.description)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `accepted messages are found by everything they are known by`(
        _ engine: TestEngine
    ) async throws {
        try await join(engine) { spool, store, projection in
            let id = try await accept(spool, try RecordSamples.accepted())
            _ = try await projection.catchUp()
            let (news, above) = (DomainName("news.example.org"), DomainName("example.org"))
            for term: SearchTerm in [
                .sender(address: "anna@news.example.org"),
                .sender(address: "bounces@news.example.org"),
                .sender(domain: try #require(news)), .sender(domain: try #require(above)),
                .recipient(address: "ben@example.com"),
                .recipient(domain: try #require(DomainName("example.com"))),
                .client(try #require(IPAddress("192.0.2.17"))),
                .messageID("4711.1@news.example.org"), .word("invoice"), .word("4711"),
            ] {
                let page = try await store.search(MessageSearch(terms: [[term]]), limit: 10)
                #expect(page.messages.map(\.id) == [id.storedValue])
            }
            let org = SearchTerm.sender(domain: try #require(DomainName("org")))
            #expect(
                try await store.search(MessageSearch(terms: [[org]]), limit: 10).messages.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases, [true, false])
    func `mail that is held counts in the history from its release on`(
        _ engine: TestEngine, isOneBatch: Bool
    ) async throws {
        try await join(engine) { spool, store, projection in
            let record = try RecordSamples.accepted()
            let id = try await accept(spool, record, held: true)
            if !isOneBatch { _ = try await projection.catchUp() }
            let scope = MessageStore.RelationshipScope.to("ben@example.com")
            let late = record.receivedAt + 200_000_000
            #expect(try await store.relationships(scope, asOf: late).isEmpty)
            try await spool.record(
                .released(id: id, at: record.receivedAt + 100_000_000, by: "Ada"))
            _ = try await projection.catchUp()
            let found = try await store.relationships(scope, asOf: late)
            #expect(found.map(\.firstAt) == [record.receivedAt + 100_000_000])
            #expect(
                found.map(\.sender) == [
                    ProvedSender(identity: "example.org", address: "anna@news.example.org")
                ])
            let history = try #require(try await store.history(of: id.storedValue))
            #expect(history.message.state == .waiting)
            #expect(history.events.map(\.detail) == ["Ada"])
        }
    }

    @Test func `a message without a record has what its envelope tells`() async throws {
        try await join(.sqlite) { spool, store, projection in
            let id = spool.nextIdentifier()
            let path = ForwardPath(try RecordSamples.mailbox("anna@example.org"))
            try await spool.accept(
                SpoolMessage(
                    id: id, receivedAt: RecordSamples.noon,
                    envelope: Envelope(reversePath: .null, recipients: [EnvelopeRecipient(path)]),
                    content: .memory(Array("x".utf8))))
            _ = try await projection.catchUp()
            let found = try #require(try await store.history(of: id.storedValue))
            let record = try #require(MessageRecord(encoded: found.message.record))
            #expect(record.role == .generated)
            #expect(record.recipients == [path])
            #expect(found.recipients.map(\.address) == ["anna@example.org"])
        }
    }

    /// A log that is made as it is read, and remembers how far it was carried over.
    private final class LongLog: ChangeLog {
        let count: UInt64
        let entry: @Sendable (UInt64) -> SpoolEntry
        let positions = Mutex<[UInt64]>([])

        init(count: UInt64, entry: @escaping @Sendable (UInt64) -> SpoolEntry) {
            self.count = count
            self.entry = entry
        }

        func changes(
            after position: UInt64, limit: Int
        ) throws -> [(position: UInt64, entry: SpoolEntry)] {
            guard position < count else { return [] }
            return (position + 1...min(count, position + UInt64(limit))).map { ($0, entry($0)) }
        }

        func projected(upTo position: UInt64) { positions.withLock { $0.append(position) } }
    }

    @Test func `a batch holds so many entries, and so many octets`() async throws {
        try await join(.sqlite) { spool, store, _ in
            let logger = Logger(label: "test")
            let most = UInt64(Limits.projectedAtOnce)
            let many = LongLog(count: most + 10) { number in
                .changed(
                    .requeued(
                        id: QueueIdentifier(rawValue: number), at: RecordSamples.noon, by: "Ada"))
            }
            let first = MessageProjection(log: many, store: store, name: "many", logger: logger)
            #expect(try await first.catchUp() == Int(many.count))
            #expect(many.positions.withLock { $0 } == [most, many.count])

            var record = try RecordSamples.accepted()
            let text = String(repeating: "x", count: Limits.recordTextOctets)
            record.checks = Array(
                repeating: RecordedCheck(.dkim, "fail", domain: text, text),
                count: Limits.recordChecks)
            _ = try await accept(spool, record)
            guard case .accepted(let message) = try spool.changes(after: 0, limit: 1)[0].entry
            else { return }
            let piece = UInt64(Limits.projectedPiece)
            let fitting = UInt64(Limits.projectedOctets / message.record.count)
            let long = LongLog(count: fitting + piece * 2) { number in
                var message = message
                message.id = QueueIdentifier(rawValue: message.id.rawValue + number)
                return .accepted(message)
            }
            let second = MessageProjection(log: long, store: store, name: "long", logger: logger)
            _ = try await second.catchUp()
            let steps = long.positions.withLock { $0 }
            #expect(steps.count == 2)
            #expect(steps[0] < fitting + piece)
        }
    }

    @Test func `a running projection follows, and stops when it is told to`() async throws {
        try await join(.sqlite) { spool, store, projection in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await projection.run() }
                let id = try await accept(spool, try RecordSamples.accepted())
                while try await store.message(id.storedValue) == nil {
                    try await Task.sleep(for: .milliseconds(2))
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
