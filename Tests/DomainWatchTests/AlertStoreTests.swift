import DomainAnalysis
import DomainWatch
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Alerts from real reports to notices that were sent, on both engines.
@Suite struct AlertStoreTests {
    private static let now = WatchedReports.now

    private static func finding(_ place: String) -> AlertFinding {
        AlertFinding(
            .init(.newSender, domain: "a.example", place: place), since: WatchedReports.begin,
            what: "\(place) began.", evidence: "Seen.", advice: "Ask.")
    }

    private func with(
        _ engine: TestEngine, _ body: (AlertStore, any SQLDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await body(AlertStore(database: database), database)
        }
    }

    private func keep(
        _ store: AlertStore, _ findings: [AlertFinding], over: [AlertFinding.Key] = [],
        channels: [AlertNotice.Channel] = [.mail], at now: Int64 = AlertStoreTests.now
    ) async throws -> [Alert] {
        try await store.keep(
            .init(findings: findings, over: over, channels: channels), now: now
        ) { AlertText.notice($0, more: $1) }
    }

    @Test(arguments: TestEngine.allCases)
    func `a situation is raised once, known to somebody, and over`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, database in
            let raised = try await keep(store, [Self.finding("x")])
            #expect(raised.count == 1)
            #expect(try await keep(store, [Self.finding("x")], at: Self.now + 900).isEmpty)
            let alert = try #require(try await store.list().first)
            #expect(alert.raisedAt == Self.now && alert.seenAt == Self.now + 900)
            let actor = AuditActor(.person, id: 3, name: "Ada")
            let known = try await store.acknowledge(alert.id, by: actor, now: Self.now + 950)
            #expect(known?.acknowledgedBy == "Ada")
            // A second time changes nothing, and nothing is told twice.
            try await store.acknowledge(
                alert.id, by: AuditActor(.person, id: 4, name: "Eve"), now: Self.now + 960)
            #expect(try await store.alert(alert.id)?.acknowledgedBy == "Ada")
            let log = try await AuditStore(database: database, organisation: .first)
                .entries(after: 0)
            #expect(log.map(\.change.act) == ["alert.acknowledge"])
            #expect(log.first?.change.subject == "alert \(alert.id) of a.example")
            _ = try await keep(
                store, [], over: [Self.finding("x").key], at: Self.now + 1_000)
            #expect(try await store.list().isEmpty)
            #expect(try await store.list(all: true).first?.overAt == Self.now + 1_000)
            // The same again is another alert.
            #expect(try await keep(store, [Self.finding("x")], at: Self.now + 2_000).count == 1)
            // Nothing of it belongs to anybody else.
            let other = AlertStore(database: database, organisation: .init(rawValue: 2))
            #expect(try await other.list(all: true).isEmpty)
            #expect(try await other.alert(alert.id) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `many alerts of a day end in one summary, and open ones have a limit`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, _ in
            let many = (0..<AlertLimits.open + 5).map { Self.finding("p\($0)") }
            #expect(try await keep(store, many).count == AlertLimits.open)
            #expect(try await keep(store, many).isEmpty)
            let notices = try await store.claimNotices(now: Self.now)
            #expect(notices.count == AlertLimits.noticesADay + 1)
            #expect(notices.last?.content.kind == .summary)
            #expect(notices.last?.content.title == "980 alerts more today")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a notice is taken once, comes back after a kill, and is given up at last`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, _ in
            _ = try await keep(store, [Self.finding("x")])
            #expect(try await store.claimNotices(now: Self.now).count == 1)
            // Whoever took it was killed: it comes back by itself.
            #expect(try await store.claimNotices(now: Self.now + 1).isEmpty)
            var now = Self.now + AlertLimits.claim
            var attempts: Int64 = 1
            while let notice = try await store.claimNotices(now: now).first {
                attempts += 1
                #expect(notice.attempts == attempts)
                try await store.failed(notice, remark: "no answer", now: now)
                let pause = min(
                    AlertLimits.longestPause, AlertLimits.firstPause << (attempts - 1))
                #expect(try await store.claimNotices(now: now + pause - 1).isEmpty)
                now += pause
            }
            #expect(attempts == AlertLimits.attempts)
            #expect(try await store.claimNotices(now: now + 1_000_000).isEmpty)
            #expect(try await store.troubled().first?.remark == "no answer")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the queue has an end, and the oldest give way`(_ engine: TestEngine) async throws {
        try await with(engine) { store, _ in
            let content = AlertNotice.Content(.digest, title: "t", text: "x")
            for day in 1...Int64(AlertLimits.waiting + 2) {
                #expect(
                    try await store.keepDigest(content, day: day, channels: [.mail], now: day))
            }
            #expect(
                try await !store.keepDigest(content, day: 3, channels: [.mail], now: 9_999))
            let first = try await store.claimNotices(now: 100_000)
            #expect(first.count == AlertLimits.sentAtOnce && first.first?.id == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `reports become alerts, and the week becomes sentences`(
        _ engine: TestEngine
    ) async throws {
        try await with(engine) { store, database in
            let reports = WatchedReports(database: database)
            for day in 0..<30 {
                var mail = [
                    WatchedReports.Mail(
                        source: "192.0.2.1", messages: 100, sender: "own:a",
                        sourceClass: day >= 27 ? .misconfigured : .compliant),
                    .init(
                        source: "203.0.113.9", messages: day == 29 ? 70_000 : 300,
                        sender: "forger", sourceClass: .spoofing),
                ]
                if day >= 28 {
                    mail.append(
                        .init(
                            source: "198.51.100.2", messages: 30, sender: "service:new",
                            sourceClass: .unknown))
                }
                try await reports.take("a.example", day: day, policy: "none", mail)
            }
            let round = AlertRound(database: database)
            // Two days later the last day is judged.
            let now = WatchedReports.begin.advanced(by: 31).firstSecond
            let raised = try await round.step(now: now)
            #expect(
                Set(raised.map(\.finding.key.kind)) == [.failingSender, .spoofWave, .newSender])
            #expect(try await round.step(now: now + 900).isEmpty)
            let digest = try await WeeklyDigest.make(
                database, .first, week: WeeklyDigest.week(before: now))
            let text = digest.sentences.joined(separator: " ")
            #expect(text.contains("3 alerts wait for you."))
            #expect(text.contains("2 senders need your decision: Name of own:a for a.example"))
            // Without a channel nothing is put on its way.
            #expect(try await !round.digest(now: now))
            #expect(try await store.claimNotices(now: now).isEmpty)
        }
    }
}
