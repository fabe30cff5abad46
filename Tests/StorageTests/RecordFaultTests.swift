import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// What is wrong with records of domains, on both engines.
struct RecordFaultTests {
    @Test(
        "a fault is kept once, in its newest words, and is gone when it is mended",
        arguments: TestEngine.allCases)
    func once(engine: TestEngine) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = RecordFaultStore(database: database, organisation: .first)
            let domain = try #require(DomainName("a.example"))
            #expect(try await !store.keep(spf: nil, of: domain, now: 100))
            #expect(try await store.keep(spf: "It cannot be read.", of: domain, now: 100))
            let long = String(repeating: "é", count: 2_000)
            #expect(try await !store.keep(spf: long, of: domain, now: 200))
            let found = try await store.all()
            #expect(found.map(\.domain) == [domain] && found[0].foundAt == 100)
            #expect(found[0].reason.unicodeScalars.count == RecordFaultStore.Limits.reason)
            // Alerts are judged from it, and nobody else's are.
            let facts = try await AlertStore(database: database).facts(
                today: UTCDay(number: 20_000))
            #expect(facts.faults == found)
            let other = RecordFaultStore(
                database: database, organisation: OrganisationID(rawValue: 2))
            #expect(try await other.all().isEmpty)
            #expect(try await store.keep(spf: nil, of: domain, now: 300))
            #expect(try await store.all().isEmpty)
        }
    }
}
