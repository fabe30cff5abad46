import Foundation
import Identities
import MailReports
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// What is told elsewhere: everything, once, in an order that concurrent writers do not upset.
@Suite struct ExportTests {
    typealias Samples = MessagesSamples

    /// Reads on until there is nothing more.
    private func drain(
        _ export: ExportStore, from start: ExportCursor = .start, limit: Int = 4
    ) async throws -> [ExportRow] {
        var (rows, cursor) = ([ExportRow](), start)
        while true {
            let next = try await export.rows(after: cursor, limit: limit)
            #expect(next.count <= limit)
            guard let last = next.last else { return rows }
            rows += next
            cursor = last.cursor
        }
    }

    private func ids(_ rows: [ExportRow]) -> [Int64] {
        rows.compactMap {
            guard case .message(let recorded) = $0.content else { return nil }
            return recorded.message.id
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `messages that are recorded later with an earlier id are told as well`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, database in
            let export = ExportStore(database: database)
            try await Samples.write(store, [Samples.entry(5), Samples.entry(9)])
            let first = try await drain(export)
            #expect(ids(first) == [Samples.id(5), Samples.id(9)])
            // Another node was slower with what came earlier.
            try await Samples.write(store, [Samples.entry(1), Samples.entry(7)])
            let cursor = try #require(first.last?.cursor)
            let second = try await drain(export, from: cursor, limit: 1)
            #expect(ids(second) == [Samples.id(1), Samples.id(7)])
            // What is written again is not told again.
            try await Samples.write(store, [Samples.entry(1), Samples.entry(2)])
            #expect(
                ids(try await drain(export, from: #require(second.last?.cursor)))
                    == [Samples.id(2)])
            #expect(try await export.end() == drain(export).last?.cursor)
            // Another organisation is told nothing of it.
            let other = ExportStore(database: database, organisation: .init(rawValue: 2))
            #expect(try await drain(other).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of two transactions the later is seen no sooner than the earlier, whoever commits first`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, database in
            let export = ExportStore(database: database)
            try await Samples.write(store, [Samples.entry(1)])
            let (holds, mayCommit) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let isLaterDone = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // The earlier one has its number and is not committed.
                    try await database.write { transaction in
                        for statement in [
                            """
                            INSERT INTO message (id, organisation_id, received_at, state, reason,
                                stands_for, record) VALUES (77, 1, 0, 1, '', 1, ?)
                            """,
                            "UPDATE recording SET sequence = 2 WHERE stream = 'message'",
                            """
                            INSERT INTO message_recorded (organisation_id, sequence, message_id)
                            VALUES (1, 2, 77)
                            """,
                        ] {
                            try transaction.execute(
                                statement, statement.contains("?") ? [.blob([1])] : [])
                        }
                        holds.signal()
                        mayCommit.wait()
                    }
                }
                await withCheckedContinuation { continuation in
                    Thread.detachNewThread {
                        holds.wait()
                        continuation.resume()
                    }
                }
                group.addTask {
                    try await Samples.write(store, [Samples.entry(2)])
                    isLaterDone.set()
                }
                // However long it is looked: the later one does not come first.
                for _ in 0..<20 {
                    let seen = try await drain(export)
                    #expect(ids(seen) == [Samples.id(1)])
                    await Task.yield()
                }
                #expect(!isLaterDone.isSet)
                mayCommit.signal()
                try await group.waitForAll()
            }
            #expect(ids(try await drain(export)) == [Samples.id(1), 77, Samples.id(2)])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `whoever follows while several write gets each message once`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, database in
            let export = ExportStore(database: database)
            let (writers, batches) = (4, 12)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        for batch in 0..<batches {
                            // Ids that others lie between.
                            let numbers = (0..<3).map {
                                Int64((batch * 3 + $0) * writers + writer + 1)
                            }
                            try await Samples.write(
                                store, numbers.map { try Samples.entry($0) })
                        }
                    }
                }
                var (seen, cursor) = ([Int64](), ExportCursor.start)
                while seen.count < writers * batches * 3 {
                    let rows = try await export.rows(after: cursor, limit: 7)
                    for row in rows {
                        #expect(row.cursor.message == cursor.message + 1)
                        cursor = row.cursor
                    }
                    seen += ids(rows)
                    await Task.yield()
                }
                try await group.waitForAll()
                #expect(Set(seen).count == seen.count)
                #expect(try await export.rows(after: cursor, limit: 7).isEmpty)
            }
        }
    }

    private static let hostile =
        "\r\n{\"forged\":1}\u{0}\u{2028}\u{202E}\u{1B}[31m\\\" 😀\u{E0041}"

    @Test(arguments: TestEngine.allCases)
    func `changes and alerts are told with the rest, and hostile texts break no line`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, database in
            let alerts = AlertStore(database: database)
            let key = AlertFinding.Key(
                .newSender, domain: "example.org",
                place: Self.hostile
                    .replacing("\u{0}", with: ""))
            let finding = AlertFinding(
                key, since: UTCDay(number: 20_000), what: Self.hostile, evidence: "", advice: "")
            for round in [
                AlertStore.Round(findings: [finding], over: [], channels: []),
                AlertStore.Round(findings: [], over: [key], channels: []),
            ] {
                _ = try await alerts.keep(round, now: 1_795_348_800) { _, _ in
                    AlertNotice.Content(.alert, title: "", text: "")
                }
            }
            try await AuditStore(database: database, organisation: .first).append(
                AuditChange(
                    by: AuditActor(.person, id: 3, name: Self.hostile), "sender.authorise",
                    Self.hostile, before: nil, after: String(repeating: "\u{1}", count: 4_000)),
                at: 1_795_348_800)
            try await Samples.write(store, [Samples.entry(1, state: .refused)])
            let rows = try await drain(ExportStore(database: database), limit: 2)
            #expect(rows.count == 4)
            let line = ExportLine(organisation: .first) { message in
                ["message": .text(Self.hostile), "email": .object(["local_id": "x"])]
            }
            var datasets: [String: Int] = [:]
            for row in rows {
                for octets in [nil, 8_000] {
                    let text = line.render(row, most: octets)
                    #expect(octets.map { text.utf8.count <= $0 } ?? true)
                    #expect(
                        !text.unicodeScalars.contains {
                            $0.value < 0x20 || $0.value == 0x2028 || $0.value == 0x202E
                        })
                    let object = try #require(
                        try JSONSerialization.jsonObject(with: Data(text.utf8))
                            as? [String: Any])
                    let event = try #require(object["event"] as? [String: Any])
                    datasets[event["dataset"] as? String ?? "", default: 0] += 1
                    #expect(object["cursor"] as? String == row.cursor.description)
                    #expect(
                        (object["@timestamp"] as? String) == "2026-11-22T12:00:00.000Z")
                    #expect((object["message"] as? String)?.hasPrefix("\r\n{\"forged\":1}") == true)
                }
            }
            #expect(
                datasets == ["sealgate.audit": 2, "sealgate.alert": 4, "sealgate.mail": 2])
        }
    }

    @Test func `a text is cut at its limit, and a line that has to be short has short texts`() {
        let value = ExportValue.object(["a": .text(String(repeating: "x", count: 5_000))])
        #expect(value.line().utf8.count == ExportLimits.text + "{\"a\":\"…\"}".utf8.count)
        #expect(value.line(text: 1) == "{\"a\":\"x…\"}")
        #expect(
            ExportValue.list([.number(1), .text("\u{E0041}")]).line() == "[1,\"\\udb40\\udc41\"]")
    }

    @Test func `a cursor is read as it was written, and nothing else is`() {
        for text in ["a0.l0.m0", "a12.l3.m456", "a999999999999999999.l1.m1"] {
            #expect(ExportCursor(text)?.description == text)
        }
        for text in [
            "", "a1.l1", "a1.l1.m1.x", "l1.a1.m1", "a-1.l1.m1", "a1.l1.m+1", "a1.l.m1",
            "a1000000000000000000.l1.m1", "a1.l1.m1 ", "a１.l1.m1",
        ] { #expect(ExportCursor(text) == nil, "\(text)") }
    }

    @Test(arguments: TestEngine.allCases)
    func `what was there before the export is told, and what is forgotten is not`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await database.migrate(Schema.migrations.filter { $0.number < 13 })
            try await database.write { transaction in
                for id in [30, 10, 20] as [Int64] {
                    try transaction.execute(
                        """
                        INSERT INTO message (id, organisation_id, received_at, state, reason,
                            stands_for, record) VALUES (?, 1, ?, 6, '', 1, ?)
                        """, [.integer(id), .integer(id), .blob([1])])
                }
                try transaction.execute(
                    """
                    INSERT INTO alert (id, organisation_id, kind, domain, place, what, evidence,
                        advice, since_day, raised_at, seen_at, over_at)
                    VALUES (1, 1, 'new-sender', '', '', '', '', '', 0, 5, 5, 6)
                    """)
            }
            try await Schema.prepare(database)
            let export = ExportStore(database: database)
            #expect(ids(try await drain(export)) == [10, 20, 30])
            #expect(
                try await drain(export).compactMap {
                    guard case .alert(let event) = $0.content else { return nil }
                    return event.kind
                } == [RecordedAlert.Kind.raised, .over])
            let store = MessageStore(database: database)
            try await Samples.write(store, [Samples.entry(1)])
            #expect(try await export.end() == ExportCursor(audit: 0, alert: 2, message: 4))
            #expect(try await store.prune(before: 25) == 2)
            #expect(ids(try await drain(export)) == [30, Samples.id(1)])
            let left = try await database.read {
                try $0.rows("SELECT COUNT(*) FROM message_recorded")[0].integer(0)
            }
            #expect(left == 2)
        }
    }

    @Test func `at most so many rows of each kind come at once`() async throws {
        try await Samples.store(.sqlite) { store, database in
            try await Samples.write(
                store, (1...Int64(ExportLimits.rows) + 1).map { try Samples.entry($0) })
            let rows = try await ExportStore(database: database).rows(
                after: .start, limit: .max / 2)
            #expect(rows.count == ExportLimits.rows)
        }
    }
}

/// Something that one task tells another.
private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
