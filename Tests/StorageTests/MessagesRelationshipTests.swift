import SQLDatabase
import Storage
import TestSupport
import Testing

struct MessagesRelationshipTests {
    typealias Samples = MessagesSamples

    private let anna = ProvedSender(identity: "example.org", address: "anna@example.org")

    private func fill(_ store: MessageStore) async throws {
        let (noon, day) = (Samples.noon, Samples.day)
        try await Samples.write(
            store,
            [
                try Samples.entry(1, at: noon - 3 * day),
                try Samples.entry(2, at: noon - 3 * day + 5_000),
                try Samples.entry(3, at: noon - day, to: ["Ben@Example.com", "eva@example.com"]),
            ])
        try await Samples.write(
            store,
            [
                try Samples.entry(4, at: noon), try Samples.entry(5, at: noon + 9_000),
                try Samples.entry(6, from: "otto@example.org"),
                // Nobody proved it, or nobody got it.
                try Samples.entry(7, state: .held), try Samples.entry(8, state: .refused),
            ])
    }

    @Test(arguments: TestEngine.allCases)
    func `who wrote to whom is read as it stood at a moment`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, _ in
            try await fill(store)
            let (noon, day) = (Samples.noon, Samples.day)
            func known(_ moment: Int64) async throws -> Relationship? {
                try await store.relationships(.between(anna, "ben@example.com"), asOf: moment).first
            }
            #expect(try await known(noon - 4 * day) == nil)
            // Within the day of the first messages only the first one is certain.
            #expect(try await known(noon - 3 * day + 1)?.messages == 1)
            let before = try #require(try await known(noon - 2 * day))
            #expect(before.messages == 2)
            #expect(before.firstAt == noon - 3 * day)
            #expect(before.lastAt == noon - 3 * day + 5_000)
            #expect(try await known(noon - 1)?.messages == 3)
            let between = try #require(try await known(noon + 1))
            #expect(between.messages == 4)
            #expect(between.lastAt == noon)
            #expect(try await known(noon + day)?.messages == 5)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `relationships are read by either side`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, _ in
            try await fill(store)
            let now = Samples.noon + Samples.day
            let toBen = try await store.relationships(.to("BEN@example.com"), asOf: now)
            #expect(toBen.map(\.sender.address) == ["anna@example.org", "otto@example.org"])
            let byAnna = try await store.relationships(.from(anna), asOf: now)
            #expect(byAnna.map(\.recipient) == ["ben@example.com", "eva@example.com"])
            let all = try await store.relationships(.fromIdentity("example.org"), asOf: now)
            #expect(all.count == 3)
            let one = try await store.relationships(
                .fromIdentity("example.org"), asOf: now, limit: 1)
            #expect(one.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is too old is forgotten, and what waits stays`(_ engine: TestEngine) async throws {
        try await Samples.store(engine) { store, database in
            let (noon, day) = (Samples.noon, Samples.day)
            var batch = MessageBatch()
            for number in 1...1_200 {
                let entry = try Samples.entry(Int64(number), at: noon - 3 * day)
                batch.add(entry)
                // Two still wait, one is held.
                if number > 2 {
                    batch.add(Samples.event(.delivered, of: entry.id, Int64(number)))
                }
            }
            batch.add(
                Samples.event(
                    .held, of: Samples.id(2, at: noon - 3 * day), 9_999, recipients: []))
            batch.add(try Samples.entry(7, at: noon))
            try await store.write(batch)
            #expect(try await store.prune(before: noon - day) == 1_198)
            try await store.pruneRelationships(before: noon - day)
            try await store.pruneCounts(before: noon - day)
            #expect(try await store.search(MessageSearch(), limit: 10).messages.count == 3)
            let counts = try await database.read { transaction in
                try [
                    "message", "message_recipient", "message_event", "relationship",
                    "message_day",
                ].map {
                    try transaction.rows("SELECT COUNT(*) FROM \($0)")[0].integer(0)
                }
            }
            #expect(counts == [3, 3, 1, 1, 2])
            let terms = try await database.read { transaction in
                try transaction.rows("SELECT COUNT(DISTINCT day) FROM message_term")[0].integer(0)
            }
            #expect(terms == 1)
            // Nothing is left to do.
            #expect(try await store.prune(before: noon - day) == 0)
        }
    }
}
