import SQLDatabase
import Storage
import TestSupport
import Testing

/// Every change is one entry, in one chain for each organisation.
struct AuditTests {
    typealias Samples = PeopleSamples
    static let now = PeopleSamples.now

    private func append(
        _ number: Int, _ audit: AuditStore, by name: String = "Ada", at now: Int64 = Self.now
    ) async throws {
        try await audit.append(
            AuditChange(
                by: AuditActor(.person, id: 7, name: name), "test.change", "thing \(number)",
                before: "a", after: "b"), at: now)
    }

    @Test(arguments: TestEngine.allCases)
    func `entries that are written at once make one chain without a gap`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let audit = samples.audit
            let begun = try await audit.head().sequence
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask { try await append(number, audit) }
                }
                try await group.waitForAll()
            }
            let head = try await audit.head()
            #expect(head.sequence == begun + 40)
            var verifier = AuditVerifier()
            for line in try await samples.export() { verifier.feed(Array(line.utf8)) }
            let verdict = verifier.verdict(head: head)
            #expect(verdict.isIntact, "\(verdict.findings)")
            #expect(verdict.head == head)
            #expect(verdict.lines == Int(head.sequence))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a change that fails leaves no entry, and an entry that fails leaves no change`(
        _ engine: TestEngine
    ) async throws {
        struct Stop: Error {}
        try await Samples.each(engine) { samples in
            let before = try await samples.audit.head()
            await #expect(throws: Stop.self) {
                try await samples.database.write { transaction in
                    try transaction.execute("UPDATE organisation SET name = 'lost' WHERE id = 1")
                    try AuditChain.append(
                        AuditChange(by: AuditActor(.rule, name: "r"), "a.b", "c"), to: .first,
                        at: Self.now, in: transaction)
                    throw Stop()
                }
            }
            #expect(try await samples.audit.head() == before)
            #expect(try await samples.accounts.organisations.find("lost") == nil)
            // Somebody wrote the next entry by hand: what is then done comes to nothing.
            try await samples.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO audit_entry (organisation_id, sequence, made_at, actor_kind, actor,
                        act, subject, previous, digest, who, what)
                    VALUES (1, ?, 0, 'rule', 'x', 'x', 'x', 'x', 'x', 'x', 'x')
                    """, [.integer(before.sequence + 1)])
            }
            await #expect(throws: SQLError.self) {
                try await samples.accounts.organisations.rename(
                    .first, to: "Unheard", by: samples.actor, now: Self.now)
            }
            #expect(try await samples.accounts.organisations.find("Unheard") == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `entries are found by who, what and when, page by page`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let audit = samples.accounts.audit(of: OrganisationID(rawValue: 2))
            for number in 0..<(AuditLimits.page + 5) {
                try await append(
                    number, audit, by: number % 2 == 0 ? "Ödön" : "100%_!",
                    at: Self.now + Int64(number))
            }
            let first = try await audit.search(.init())
            #expect(first.entries.count == AuditLimits.page)
            #expect(first.entries[0].change.subject == "thing \(AuditLimits.page + 4)")
            let next = try #require(first.next)
            let second = try await audit.search(.init(), before: next)
            #expect(first.entries.count + second.entries.count == AuditLimits.page + 6)
            #expect(second.next == nil)
            func count(_ search: AuditStore.Search) async throws -> Int {
                try await audit.search(search).entries.count
            }
            #expect(try await count(.init(who: "ödön")) == 103)
            #expect(try await count(.init(who: "100%_!")) == 102)
            #expect(try await count(.init(who: "1%!")) == 0)
            #expect(try await count(.init(what: "THING 17")) == 11)
            #expect(
                try await count(.init(what: "thing", from: Self.now + 3, until: Self.now + 5)) == 2)
            #expect(try await count(.init(what: "nothing\u{0}")) == 0)
            #expect(try await samples.audit.search(.init(who: "ödön")).entries.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `hostile and endless texts are kept as something that can be checked`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let hostile = "a\u{0}b\"\\\u{7}\n\u{202E}\u{1F600}é/ü\u{301}</script>"
            let long = String(repeating: "ü", count: AuditLimits.text + 50)
            let change = AuditChange(
                by: AuditActor(.token, name: hostile), hostile, long, before: long, after: hostile)
            try await samples.audit.append(change, at: .max)
            try await samples.audit.append(change, at: .min)
            let lines = try await samples.export()
            #expect(lines.allSatisfy { $0.utf8.count < AuditLimits.line && !$0.contains("\n") })
            var verifier = AuditVerifier()
            for line in lines { verifier.feed(Array(line.utf8)) }
            #expect(verifier.verdict().isIntact)
            let kept = try #require(
                try await samples.audit.search(.init()).entries.first?.change)
            #expect(kept.before?.unicodeScalars.count == AuditLimits.text + 1)
            #expect(kept.subject.unicodeScalars.count == AuditLimits.subject + 1)
            #expect(kept.after?.hasPrefix("a\u{FFFD}b\"") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an entry that was edited in the database is caught in the export`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            for number in 0..<5 { try await append(number, samples.audit) }
            try await samples.database.write { transaction in
                try transaction.execute(
                    "UPDATE audit_entry SET text_after = 'c' WHERE organisation_id = 1 AND sequence = 4"
                )
            }
            var verifier = AuditVerifier()
            for line in try await samples.export() { verifier.feed(Array(line.utf8)) }
            let findings = verifier.verdict().findings
            #expect(findings.map(\.kind) == [.edited])
            #expect(findings.map(\.entries) == [4...4])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a search looks at so many entries for a page, and goes on from there`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            for number in 0..<30 { try await append(number, samples.audit) }
            let audit = AuditStore(
                database: samples.database, organisation: .first, lookedAt: 10)
            var found: [String] = []
            var place: Int64?
            var pages = 0
            repeat {
                let page = try await audit.search(.init(what: "thing 2"), before: place)
                found += page.entries.map(\.change.subject)
                place = page.next
                pages += 1
            } while place != nil
            #expect(found == (20...29).reversed().map { "thing \($0)" } + ["thing 2"])
            #expect(pages == 4)
        }
    }
}
