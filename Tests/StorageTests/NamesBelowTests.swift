import DomainAnalysis
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Mail from names below a domain, whichever name its reports are filed under; on both engines.
@Suite struct NamesBelowTests {
    @Test(arguments: TestEngine.allCases)
    func `mail from names below is found under their own names as well, of one's own alone`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await database.write {
                try $0.execute(
                    "INSERT INTO organisation (id, name, created_at) VALUES (2, 'Other', 0)")
            }
            func stores(_ organisation: OrganisationID) -> Stores {
                Stores(
                    intake: IntakeStore(database: database, organisation: organisation),
                    reports: ReportStore(database: database, organisation: organisation),
                    domains: DomainStore(database: database, organisation: organisation))
            }
            let (mine, theirs) = (stores(.first), stores(OrganisationID(rawValue: 2)))
            func take(
                _ stores: Stores, _ domain: String, _ count: Int64, from: String
            ) async throws {
                let name = try #require(DomainName(domain))
                _ = try await stores.take(
                    Samples.report("of \(domain)"),
                    [
                        Samples.row(
                            "192.0.2.9", count, sender: "service:x", class: .unknown, from: from)
                    ], raw: domain, domain: name)
            }
            try await take(mine, "example.com", 10, from: "shop.example.com")
            try await take(mine, "shop.example.com", 20, from: "shop.example.com")
            try await take(mine, "badexample.com", 40, from: "badexample.com")
            try await take(mine, "example.com.evil.example", 80, from: "evil.example")
            try await take(theirs, "their.example.com", 160, from: "their.example.com")
            func rows(_ withNamesBelow: Bool) async throws -> [ReplayRow] {
                let found = try await mine.domains.replayMaterial(
                    of: Samples.domain, days: 30, until: nil, now: Samples.now,
                    withNamesBelow: withNamesBelow)
                return found?.rows ?? []
            }
            func messages(_ withNamesBelow: Bool) async throws -> Int64 {
                try await rows(withNamesBelow).reduce(0) { $0 + $1.messages }
            }
            #expect(try await messages(false) == 10)
            #expect(try await messages(true) == 30)
            // What was decided about the sender of the name below is heeded there.
            let shop = try #require(DomainName("shop.example.com"))
            try await SenderDecisionStore(database: database).act(
                .reject, on: "service:x", of: shop, by: AuditActor(.person, id: 1, name: "Ada"),
                now: Samples.now)
            let decided = try await rows(true)
            #expect(Set(decided.map(\.sourceClass)) == [.unknown, .spoofing], "\(decided)")
        }
    }

    @Test func `of names below so many are looked at, and a risk says that there are more`()
        async throws
    {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        let domains = DomainStore(database: database)
        func isTruncated() async throws -> Bool? {
            try await domains.replayMaterial(
                of: Samples.domain, days: 30, until: nil, now: Samples.now,
                withNamesBelow: true)?.isTruncated
        }
        func add(_ numbers: Range<Int>) async throws {
            try await database.write { transaction in
                for number in numbers {
                    try transaction.execute(
                        """
                        INSERT INTO domain (id, organisation_id, name, created_at)
                        VALUES (?, 1, ?, 0)
                        """,
                        [
                            .integer(Int64(1_000 + number)),
                            .text(number == 0 ? "example.com" : "n\(number).example.com"),
                        ])
                }
            }
        }
        let most = DomainStore.Limits.namesBelow
        try await add(0..<(most + 1))
        #expect(try await isTruncated() == false)
        try await add((most + 1)..<(most + 2))
        #expect(try await isTruncated() == true)
    }
}
