import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

struct MessagesHistoryTests {
    typealias Samples = MessagesSamples

    @Test(arguments: TestEngine.allCases)
    func `a message and its delivery in one batch are read back`(_ engine: TestEngine) async throws
    {
        try await Samples.store(engine) { store, _ in
            var batch = MessageBatch()
            let entry = try Samples.entry(1, to: ["ben@example.com", "eva@example.com"])
            batch.add(entry)
            batch.add(Samples.event(.delivered, of: entry.id, 2, recipients: [0, 1]))
            try await store.write(batch)
            let found = try #require(try await store.history(of: entry.id))
            #expect(found.message.state == .delivered)
            #expect(found.message.record == [1, 2, 3])
            #expect(found.recipients.map(\.address) == ["ben@example.com", "eva@example.com"])
            #expect(found.recipients.allSatisfy { $0.state == .delivered })
            #expect(found.recipients[1].host == "mx.example.com [192.0.2.25]")
            #expect(found.recipients[1].reply == "250 2.0.0 Taken")
            #expect(found.events.map(\.recipients) == [[0, 1]])
            #expect(try await store.history(of: 7) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what happens later changes the rows that are there`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, _ in
            // More than one statement changes at once.
            let entries = try (1...150).map {
                try Samples.entry($0, to: ["ben@example.com", "eva@example.com"])
            }
            try await Samples.write(store, entries)
            var batch = MessageBatch()
            for (number, entry) in entries.enumerated() {
                let number = Int64(number) * 2 + 1_000
                batch.add(Samples.event(.attempted, of: entry.id, number, reply: "451 Later"))
                if number.isMultiple(of: 4) {
                    batch.add(Samples.event(.delivered, of: entry.id, number + 1))
                }
            }
            try await store.write(batch)
            let first = try #require(try await store.history(of: entries[0].id))
            #expect(first.message.state == .waiting)
            #expect(first.recipients.map(\.state) == [.delivered, .waiting])
            #expect(first.events.map(\.kind) == [.attempted, .delivered])
            let second = try #require(try await store.history(of: entries[1].id))
            #expect(second.recipients.map(\.reply) == ["451 Later", nil])

            var rest = MessageBatch()
            rest.add(
                Samples.event(
                    .failed, of: entries[0].id, 5_000, recipients: [1], reply: "550 5.1.1 Nobody"))
            try await store.write(rest)
            let settled = try #require(try await store.message(entries[0].id))
            #expect(settled.state == .failed)
        }
    }

    @Test(arguments: TestEngine.allCases, [true, false])
    func `held, released and deleted messages say so`(
        _ engine: TestEngine, isOneBatch: Bool
    ) async throws {
        try await Samples.store(engine) { store, _ in
            let entries = try (1...4).map { try Samples.entry($0, state: .held) }
            var batch = MessageBatch()
            for entry in entries { batch.add(entry) }
            if !isOneBatch {
                try await store.write(batch)
                batch = MessageBatch()
            }
            batch.add(Samples.event(.released, of: entries[1].id, 11, recipients: []))
            batch.add(Samples.event(.delivered, of: entries[1].id, 12))
            batch.add(Samples.event(.deleted, of: entries[2].id, 13, recipients: []))
            batch.add(Samples.event(.released, of: entries[3].id, 14, recipients: []))
            batch.add(Samples.event(.held, of: entries[3].id, 15, recipients: []))
            try await store.write(batch)
            var states: [MessageState] = []
            for entry in entries {
                states.append(try #require(try await store.message(entry.id)).state)
            }
            #expect(states == [.held, .delivered, .deleted, .held])
            let deleted = try #require(try await store.history(of: entries[2].id))
            #expect(deleted.recipients.map(\.state) == [.deleted])
        }
    }

    @Test(arguments: TestEngine.allCases, [true, false])
    func `a delivery under way ends after the hold without undoing it`(
        _ engine: TestEngine, isOneBatch: Bool
    ) async throws {
        try await Samples.store(engine) { store, _ in
            let entry = try Samples.entry(
                1, to: ["ben@example.com", "eva@example.com", "ida@example.com"])
            var batch = MessageBatch()
            batch.add(entry)
            if !isOneBatch {
                try await store.write(batch)
                batch = MessageBatch()
            }
            batch.add(Samples.event(.held, of: entry.id, 2, recipients: []))
            batch.add(Samples.event(.attempted, of: entry.id, 3, recipients: [0], reply: "451"))
            batch.add(Samples.event(.delivered, of: entry.id, 4, recipients: [1]))
            // Late news of a recipient that is settled.
            batch.add(Samples.event(.attempted, of: entry.id, 5, recipients: [1], reply: "421"))
            try await store.write(batch)
            let found = try #require(try await store.history(of: entry.id))
            #expect(found.message.state == .held)
            #expect(found.recipients.map(\.state) == [.held, .delivered, .held])
            #expect(found.recipients[0].reply == "451")
            let held = MessageSearch(terms: [[.state(.held)]], state: .held)
            #expect(try await store.search(held, limit: 5).messages.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a log is carried over once, whoever writes`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, _ in
            var batch = MessageBatch()
            batch.add(try Samples.entry(1))
            #expect(try await store.position(of: "spool") == nil)
            #expect(try await store.write(batch, of: "spool", from: nil, to: "17"))
            // Somebody who read the same place comes too late, and nothing of his is kept.
            var other = MessageBatch()
            other.add(try Samples.entry(2))
            #expect(try await !store.write(other, of: "spool", from: nil, to: "18"))
            #expect(try await store.message(Samples.id(2)) == nil)
            #expect(try await store.position(of: "spool") == "17")
            #expect(try await store.write(other, of: "spool", from: "17", to: "18"))
            #expect(try await store.position(of: "spool") == "18")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a message that is there already is not taken in twice`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, _ in
            var batch = MessageBatch()
            batch.add(try Samples.entry(1))
            batch.add(Samples.event(.delivered, of: Samples.id(1), 2))
            try await store.write(batch)
            batch.add(try Samples.entry(2))
            try await store.write(batch)
            #expect(try await store.search(MessageSearch(), limit: 10).messages.count == 2)
            let found = try #require(try await store.history(of: Samples.id(1)))
            #expect(found.events.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `hostile and overlong texts are kept within their limits`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.store(engine) { store, _ in
            let long = String(repeating: "ä\u{0}'<b>\"", count: 5_000)
            var entry = try Samples.entry(1)
            entry.recipients = [long, ""]
            entry.reason = long
            entry.author = ProvedSender(identity: long, address: long)
            var batch = MessageBatch()
            batch.add(entry)
            batch.add(
                MessageEvent(
                    messageID: entry.id, number: 2, happenedAt: Samples.noon, kind: .failed,
                    recipients: [1, 99, -5, .max], host: long, reply: long, detail: long))
            try await store.write(batch)
            let found = try #require(try await store.history(of: entry.id))
            #expect(found.message.reason.utf8.count <= MessageStore.Limits.reasonOctets + 100)
            #expect(found.recipients[0].address.unicodeScalars.count > 100)
            #expect(found.recipients[1].state == .failed)
            #expect(!found.recipients[0].address.contains("\u{0}"))
            let reply = try #require(found.events[0].reply)
            #expect(reply.unicodeScalars.count <= MessageStore.Limits.replyOctets)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `every fate is counted by its day and its reason`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, _ in
            var batch = MessageBatch()
            batch.add(try Samples.entry(1))
            batch.add(try Samples.entry(2, state: .held))
            var refused = try Samples.entry(3, state: .refused)
            refused.standsFor = 40
            batch.add(refused)
            batch.add(try Samples.entry(4, at: Samples.noon - Samples.day))
            batch.add(Samples.event(.delivered, of: Samples.id(1), 5))
            batch.add(
                Samples.event(
                    .failed, of: Samples.id(4, at: Samples.noon - Samples.day), 6,
                    reply: "550 5.1.1 There is no <such> user"))
            try await store.write(batch)
            var later = MessageBatch()
            later.count(.refused, reason: "policy-reject", at: Samples.noon, messages: 2)
            try await store.write(later)
            let today = UTCDay(secondsSinceEpoch: Samples.noon / 1_000)
            let counts = try await store.counts(today.advanced(by: -1)...today)
            func count(_ kind: MessageCount.Kind, _ reason: String, _ day: UTCDay) -> Int64? {
                counts.first { $0.kind == kind && $0.reason == reason && $0.day == day }?.messages
            }
            #expect(count(.accepted, "authenticated", today) == 1)
            #expect(count(.accepted, "authenticated", today.advanced(by: -1)) == 1)
            #expect(count(.held, "authenticated", today) == 1)
            #expect(count(.refused, "policy-reject", today) == 42)
            #expect(count(.delivered, "", today) == 1)
            #expect(count(.failed, "5.1.1", today) == 1)
            #expect(counts.count == 6)
        }
    }
}
