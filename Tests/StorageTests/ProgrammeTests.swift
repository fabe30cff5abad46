import DomainAnalysis
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// The programme of domains: what is taken in, what is told, and where everybody stands.
@Suite struct ProgrammeTests {
    private static let ada = AuditActor(.person, id: 1, name: "Ada")
    private static let now = Samples.now

    private static func domain(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    private static func csv(_ lines: String...) -> ProgrammeCSV.Reading {
        ProgrammeCSV.parse(Array(([ProgrammeCSV.header] + lines).joined(separator: "\n").utf8))
    }

    @Test func `a file is read whole, and every bad line is told`() throws {
        let reading = Self.csv(
            "a.example,Ada,sends,1,2026-12-31", "", "b.example,\"Müller, \"\"B\"\"\",parked,-,-",
            "c.example")
        #expect(reading.faults.isEmpty, "\(reading.faults)")
        #expect(reading.changes.map(\.domain.text) == ["a.example", "b.example", "c.example"])
        #expect(reading.changes[0].target == .value(try #require(UTCDay("2026-12-31"))))
        #expect(reading.changes[1].owner == .value("Müller, \"B\""))
        #expect(reading.changes[1].tranche == .clear && reading.changes[1].target == .clear)
        #expect(reading.changes[2].owner == nil)

        let bad = Self.csv(
            "not a domain,,,,", "a.example,,,,", "a.example,,,,", "b.example,,king,,",
            "c.example,,,,31.12.2026", "d.example,,,,,x,y",
            "e.example,\(String(repeating: "x", count: ProgrammeLimits.field + 1))", "com",
            "f.example,\"open")
        #expect(bad.faults.map(\.line) == [2, 4, 5, 6, 7, 8, 9, 10], "\(bad.faults)")
        #expect(bad.faults[1].sentence.contains("stands on line 3 already"))
        for text in ["", "name,owner\na.example,b", "domain,domain\n", "domain,nonsense\n"] {
            #expect(ProgrammeCSV.parse(Array(text.utf8)).faults.count == 1, "\(text)")
        }
        #expect(ProgrammeCSV.parse([0x64, 0xFF]).faults.count == 1)
        // As spreadsheets write it.
        let semicolons = ProgrammeCSV.parse(
            Array("\u{FEFF}domain;owner\r\na.example;Ada\r\n".utf8))
        #expect(semicolons.changes.first?.owner == .value("Ada"), "\(semicolons)")
    }

    @Test func `a file is bounded in size, lines and faults`() {
        let large = [UInt8](repeating: 0x61, count: ProgrammeLimits.file + 1)
        #expect(ProgrammeCSV.parse(large).faults.count == 1)
        let lines = (0...ProgrammeLimits.lines).map { "d\($0).example" }.joined(separator: "\n")
        let many = ProgrammeCSV.parse(Array("domain\n\(lines)\n".utf8))
        #expect(many.faults.count == 1 && many.faults[0].sentence.contains("Split it"))
        let bad = String(repeating: "x\n", count: ProgrammeLimits.faults + 7)
        let reading = ProgrammeCSV.parse(Array("domain\n\(bad)".utf8))
        #expect(reading.faults.count == ProgrammeLimits.faults && reading.otherFaults == 7)
    }

    @Test func `a file that is written holds no formula, and is read back the same`() throws {
        let domains = try ["=cmd|' /C calc'!A0", "+1", "-x", "@a", "a\"b, c"].enumerated().map {
            ProgrammeDomain(
                domain: try Self.domain("d\($0.offset).example"), owner: $0.element,
                purpose: .receives, tranche: $0.element, target: UTCDay("2027-01-31"))
        }
        let text = ProgrammeCSV.render(domains)
        for line in text.split(separator: "\r\n").dropFirst() {
            for cell in line.split(separator: ",") {
                #expect(!"=+@".contains(cell.first ?? " "), "\(line)")
            }
        }
        let reading = ProgrammeCSV.parse(Array(text.utf8))
        #expect(reading.faults.isEmpty, "\(reading.faults)")
        for (change, domain) in zip(reading.changes, domains) {
            #expect(change.owner == .value(domain.owner))
            #expect(change.tranche == .value(domain.tranche))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `domains are taken in all or none, each change is told, and tenants are kept apart`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await database.write {
                try $0.execute(
                    "INSERT INTO organisation (id, name, created_at) VALUES (2, 'Other', 0)")
            }
            let store = ProgrammeStore(database: database)
            let other = ProgrammeStore(
                database: database, organisation: OrganisationID(rawValue: 2))
            let reading = Self.csv("a.example,Ada,sends,1,2026-12-31", "b.example")
            func take(_ reading: ProgrammeCSV.Reading) async throws -> Int {
                try await store.set(reading.changes, source: .csv, by: Self.ada, now: Self.now)
            }
            #expect(try await take(reading) == 2)
            #expect(try await take(reading) == 0)
            #expect(try await take(Self.csv("a.example,-,,2,-")) == 1)
            let domains = try await store.domains()
            #expect(domains.map(\.domain.text) == ["a.example", "b.example"])
            #expect(domains[0].owner.isEmpty && domains[0].purpose == .sends)
            #expect(domains[0].tranche == "2" && domains[0].target == nil)
            #expect(domains[0].source == .csv && domains[0].addedAt == Self.now)
            await #expect(throws: ProgrammeError.field) {
                try await store.set(
                    [
                        ProgrammeChange(domain: try Self.domain("c.example")),
                        ProgrammeChange(
                            domain: try Self.domain("d.example"), owner: .value("a\u{0}")),
                    ], source: .hand, by: Self.ada, now: Self.now)
            }
            #expect(try await store.domains().count == 2)
            try await store.remove(try Self.domain("b.example"), by: Self.ada, now: Self.now)
            await #expect(throws: ProgrammeError.unknown(try Self.domain("b.example"))) {
                try await store.remove(try Self.domain("b.example"), by: Self.ada, now: Self.now)
            }
            let log = try await AuditStore(database: database, organisation: .first)
                .entries(after: 0).map(\.change)
            #expect(
                log.map(\.act) == [
                    "programme.add", "programme.add", "programme.set", "programme.remove",
                ])
            #expect(log[2].before?.contains("tranche: 1") == true)
            #expect(log[2].after == "purpose: sends; tranche: 2")
            #expect(try await other.domains().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `names are found in reports, below our own domains, and in changes of the DNS`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let stores = Stores(
                intake: IntakeStore(database: database), reports: ReportStore(database: database),
                domains: DomainStore(database: database))
            _ = try await stores.take(
                Samples.report("r1"),
                [
                    Samples.row("192.0.2.1", 5, from: "news.example.com"),
                    Samples.row("192.0.2.2", 5, from: "stranger.test"),
                    Samples.row("192.0.2.3", 5, from: "notexample.com"),
                ], raw: "one")
            _ = try await ChangeStore(database: database).add(
                try ChangeStoreTests.change(domain: "zone.example"), now: 1)
            let store = ProgrammeStore(database: database)
            let found = try await store.found()
            #expect(
                found.map { "\($0.domain) \($0.source.rawValue)" } == [
                    "example.com reports", "zone.example zones", "news.example.com traffic",
                ])
            try await store.set(
                found.map { ProgrammeChange(domain: $0.domain) }, source: .reports, by: Self.ada,
                now: Self.now)
            #expect(try await store.found().isEmpty)
            // Standings count senders with mail to decide, and no longer those decided about.
            _ = try await stores.take(
                Samples.report("r2"),
                [Samples.row("192.0.2.9", 5, sender: "service:x", class: .unknown)], raw: "two")
            func open(_ day: UTCDay) async throws -> [Int] {
                try await store.standings(since: day).map(\.openSenders)
            }
            #expect(try await open(Samples.day) == [1])
            #expect(try await open(Samples.day.advanced(by: 1)) == [0])
            #expect(try await store.standings(since: Samples.day)[0].published != nil)
            try await SenderDecisionStore(database: database).act(
                .reject, on: "service:x", of: Samples.domain, by: Self.ada, now: Self.now)
            #expect(try await open(Samples.day) == [0])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `stages are dated when they are seen to change, and plans are remembered`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = ProgrammeStore(database: database)
            let (a, b) = (try Self.domain("a.example"), try Self.domain("b.example"))
            let first = Samples.day
            try await store.see([a: .monitor, b: .reject], on: first)
            var progress = try await store.progress()
            // Nobody saw how they came there.
            #expect(progress.since.isEmpty && progress.reached.isEmpty)
            try await store.see([a: .quarantine, b: .reject], on: first.advanced(by: 5))
            try await store.see([a: .reject, b: .reject], on: first.advanced(by: 9))
            try await store.see([a: .reject, b: .reject], on: first.advanced(by: 11))
            progress = try await store.progress()
            #expect(progress.since == [a: first.advanced(by: 9)])
            #expect(progress.reached == [first.advanced(by: 9)])

            var facts = PlanFacts(domain: a, recordText: nil)
            facts.today = first
            let plan = EnforcementPlanner().plan(facts)
            try await store.note(plan, of: a, now: Self.now)
            try await store.note(plan, of: a, now: Self.now + 1)
            let note = try #require(try await store.progress().plans[a])
            #expect(note.madeAt == Self.now + 1 && note.stage == .unprotected)
            #expect(note.blocking == plan.milestone.blockingSteps && !note.firstBlock.isEmpty)
        }
    }

    @Test func `the board says who is where, what blocks, and how many will be there`() throws {
        let today = try #require(UTCDay("2026-10-02"))
        func entry(_ name: String, target: String? = nil, purpose: DomainPurpose? = nil) throws
            -> ProgrammeDomain
        {
            ProgrammeDomain(
                domain: try Self.domain(name), owner: name.hasPrefix("a") ? "Ada" : "",
                purpose: purpose, target: target.flatMap { UTCDay($0) })
        }
        func summary(_ name: String, _ policy: String?, testing: Bool = false) throws
            -> DomainStanding
        {
            var summary = DomainStanding(
                domain: try Self.domain(name), firstDay: today.advanced(by: -100))
            if let policy {
                var published = AggregateReport.PublishedPolicy()
                published.policy = policy
                published.testing = testing
                summary.published = ObservedPolicy(policy: published, reporter: "r", seen: today)
            }
            return summary
        }
        var waiting = try summary("a1.example", "none")
        waiting.openSenders = 2
        var progress = ProgrammeProgress()
        progress.since[try Self.domain("a2.example")] = today.advanced(by: -10)
        progress.reached = [
            today.advanced(by: -1), today.advanced(by: -30), today.advanced(by: -95),
        ]
        let board = ProgrammeBoard(
            [
                try entry("a1.example", target: "2026-12-31"),
                try entry("a2.example", target: "2026-10-31"),
                try entry("b1.example", target: "2026-10-05"),
                try entry("b2.example"), try entry("b3.example", purpose: .parked),
                try entry("b4.example", target: "2026-11-30"),
            ],
            standings: [
                waiting, try summary("a2.example", "quarantine"),
                try summary("b1.example", "reject", testing: true),
                try summary("b2.example", "reject"), try summary("b3.example", "none"),
            ], progress: progress, today: today)
        #expect(
            board.rows.map(\.stage) == [
                .monitor, .quarantine, .quarantine, .reject, .monitor, .monitor,
            ])
        #expect(
            board.rows.map(\.outlook) == [.blocked, .onTrack, .onTrack, .done, .noTarget, .late])
        #expect(board.rows[0].block == "2 senders have mail to decide")
        #expect(board.rows[1].earliest == today.advanced(by: 20))
        // What is parked has no mail to watch first.
        #expect(board.rows[4].earliest == today)
        #expect(board.rows[5].block.contains("No report has come in"))
        #expect(board.date == UTCDay("2026-12-31") && board.reachedLately == 2)
        // 90 days at 2 in 90 days, and one is there.
        #expect(board.forecast == 3)
        let some = board.filtered { $0.entry.owner.isEmpty }
        #expect(some.rows.count == 4 && some.date == UTCDay("2026-11-30"))
        #expect(some.forecast == 2)
    }
}
