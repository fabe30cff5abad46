import DNS
import DomainAnalysis
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Changes, their states and their history, on both engines.
@Suite struct ChangeStoreTests {
    static func change(_ text: String = "v=DMARC1; p=reject", domain: String = "example.com") throws
        -> ZoneChange
    {
        let domain = try #require(DomainName(domain))
        let name = try #require(DNSName(domain).adding(label: Array("_dmarc".utf8)))
        return try ZoneChange(
            domain: domain,
            sets: [
                RecordSetChange(
                    name: name, type: .txt, before: nil,
                    after: RecordSet(timeToLive: 300, data: [.text(text)]))
            ], reason: "Because \u{0} 'of' \"this\"", askedBy: "Ada", consequences: ["It hurts."])
    }

    private func with(
        _ engine: TestEngine, _ body: (ChangeStore, ChangeStore) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await database.write {
                try $0.execute(
                    "INSERT INTO organisation (id, name, created_at) VALUES (2, 'Other', 0)")
            }
            try await body(
                ChangeStore(database: database),
                ChangeStore(database: database, organisation: OrganisationID(rawValue: 2)))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what people do is in the audit log, and what only happens is not`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = ChangeStore(database: database, people: .commandLine)
            let id = try await store.add(try Self.change("v=DMARC1"), now: 100)
            _ = try await store.move(
                id, from: [.proposed], ChangeMove(to: .applying, by: "Ben", remark: "now"),
                now: 200)
            // Nothing moves, and nothing is told.
            _ = try await store.move(
                id, from: [.proposed], ChangeMove(to: .dismissed, by: "Eve"), now: 250)
            _ = try await store.move(id, from: [.applying], ChangeMove(to: .visible), now: 300)
            let entries = try await AuditStore(database: database, organisation: .first)
                .entries(after: 0)
            #expect(entries.map(\.change.act) == ["dns.proposed", "dns.applying"])
            #expect(entries.map(\.change.actor.name) == ["Ada", "Ben"])
            #expect(entries.allSatisfy { $0.change.actor.kind == .commandLine })
            #expect(entries.allSatisfy { $0.change.subject == "change \(id) of example.com" })
            #expect(entries[1].change.after == "now")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a change is kept whole, with its history`(_ engine: TestEngine) async throws {
        try await with(engine) { store, other in
            let hostile = "\"; DROP TABLE zone_change; -- ${x} \\ \u{202E}\n=cmd()"
            let change = try Self.change(hostile)
            let id = try await store.add(change, now: 100)
            let kept = try #require(try await store.change(id))
            #expect(kept.change == change && kept.state == .proposed && kept.createdAt == 100)
            #expect(kept.change.sets[0].after?.data == change.sets[0].after?.data)
            #expect(kept.nextCheckAt == nil && kept.zone == nil)

            let isMoved = try await store.move(
                id, from: [.proposed],
                ChangeMove(
                    to: .applying, by: "Ben", remark: "a\u{0}b", zone: "example.com.",
                    server: "192.0.2.1:53", appliedAt: 200, dueAt: 900, nextCheckAt: 320),
                now: 200)
            #expect(isMoved)
            let isAgain = try await store.move(
                id, from: [.proposed], ChangeMove(to: .dismissed), now: 201)
            #expect(!isAgain)
            // What is nil stays as it is, but for the next look.
            _ = try await store.move(
                id, from: [.applying, .pending], ChangeMove(to: .visible), now: 300)
            let later = try #require(try await store.change(id))
            #expect(later.zone == "example.com." && later.server == "192.0.2.1:53")
            #expect(later.appliedAt == 200 && later.dueAt == 900 && later.nextCheckAt == nil)
            let events = try await store.events(of: id)
            #expect(events.map(\.state) == [.proposed, .applying, .visible])
            #expect(events.map(\.happenedAt) == [100, 200, 300])
            #expect(events.map(\.person) == ["Ada", "Ben", ""])
            #expect(events[1].remark == "ab")

            // Nothing of it belongs to anybody else.
            #expect(try await other.change(id) == nil)
            #expect(try await other.list().isEmpty)
            #expect(try await other.events(of: id).isEmpty)
            let isStolen = try await other.move(
                id, from: Set(ChangeState.allCases), ChangeMove(to: .dismissed), now: 400)
            #expect(!isStolen)
            try await other.checked(
                id, in: .visible, remark: "x", nextCheckAt: 1, now: 1)
            #expect(try await other.claimDue(now: 10_000, until: 20_000, limit: 10).isEmpty)
            #expect(try await store.change(id) == later)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `changes are listed by domain, the newest first, page by page`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, _ in
            var ids: [Int64] = []
            for number in 0..<5 {
                ids.append(
                    try await store.add(
                        try Self.change(domain: number % 2 == 0 ? "a.example" : "b.example"),
                        now: Int64(number)))
            }
            #expect(try await store.list().map(\.id) == ids.reversed())
            #expect(try await store.list(limit: 2).map(\.id) == [ids[4], ids[3]])
            #expect(try await store.list(limit: 2, before: ids[3]).map(\.id) == [ids[2], ids[1]])
            let domain = try #require(DomainName("a.example"))
            #expect(try await store.list(of: domain).map(\.id) == [ids[4], ids[2], ids[0]])
            #expect(try await store.watched(domain).isEmpty)
            _ = try await store.move(
                ids[2], from: [.proposed], ChangeMove(to: .visible, nextCheckAt: 5), now: 9)
            #expect(try await store.watched(domain).map(\.id) == [ids[2]])
            #expect(try await store.list(limit: .max).count == 5)
            #expect(try await store.list(limit: .min).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `whoever looks at a change has it alone, and a remark is told once`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, _ in
            let id = try await store.add(try Self.change(), now: 1)
            #expect(try await store.claimDue(now: 100, until: 200, limit: 10).isEmpty)
            _ = try await store.move(
                id, from: [.proposed], ChangeMove(to: .pending, nextCheckAt: 50), now: 40)
            #expect(try await store.claimDue(now: 49, until: 200, limit: 10).isEmpty)
            #expect(try await store.claimDue(now: 50, until: 200, limit: 0).isEmpty)
            #expect(try await store.claimDue(now: 50, until: 200, limit: 10).map(\.id) == [id])
            #expect(try await store.claimDue(now: 60, until: 200, limit: 10).isEmpty)
            for remark in ["ns2 is silent", "ns2 is silent", "", "ns2 is silent"] {
                try await store.checked(
                    id, in: .pending, remark: remark, nextCheckAt: 300, now: 210)
            }
            // Of another state nothing is noted.
            try await store.checked(
                id, in: .visible, remark: "nonsense", nextCheckAt: 999, now: 211)
            let kept = try #require(try await store.change(id))
            #expect(kept.remark == "ns2 is silent" && kept.nextCheckAt == 300)
            #expect(kept.checkedAt == 210)
            #expect(
                try await store.events(of: id).map(\.remark) == [
                    "", "", "ns2 is silent", "ns2 is silent",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of many who move a change at once one does`(_ engine: TestEngine) async throws {
        try await with(engine) { store, _ in
            let id = try await store.add(try Self.change(), now: 1)
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for person in 0..<8 {
                    group.addTask {
                        try await store.move(
                            id, from: [.proposed], ChangeMove(to: .applying, by: "p\(person)"),
                            now: 2)
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
            #expect(try await store.events(of: id).count == 2)
        }
    }
}
