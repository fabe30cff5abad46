import DomainWatch
import Identities
import MailReports
import Storage
import Testing

/// What is raised, what stays, and what is over: from series of made-up days.
@Suite struct AlertJudgeTests {
    private static let days = DayRange(first: UTCDay(number: 20_000), last: UTCDay(number: 20_041))
    private static let thresholds = AlertThresholds()
    /// The last place that is judged.
    private static let last = days.dayCount - thresholds.lateDays - 1
    private let judge = AlertJudge()

    private func facts(
        _ change: (inout AlertFacts.DomainSeries) -> Void
    ) throws -> AlertFacts {
        let name = try #require(DomainName("a.example"))
        var series = AlertFacts.DomainSeries(
            name, firstDay: UTCDay(number: 19_000), days: Self.days.dayCount)
        series.reports = Array(repeating: 3, count: Self.days.dayCount)
        change(&series)
        var facts = AlertFacts(days: Self.days)
        facts.domains = [series]
        return facts
    }

    private func sender(
        _ proved: Int64, first: Int = 19_000
    ) -> AlertFacts.SenderSeries {
        var sender = AlertFacts.SenderSeries(
            key: "s", name: "Mailer", firstDay: UTCDay(number: first), days: Self.days.dayCount)
        for index in sender.proved.indices where Self.days.first.number + index >= first {
            sender.proved[index] = proved
        }
        return sender
    }

    private func kinds(
        _ facts: AlertFacts, open: Set<AlertFinding.Key> = []
    ) -> [Alert.Kind] {
        judge.judge(open, facts).findings.map(\.key.kind)
    }

    @Test func `nothing happens, and nothing is raised`() throws {
        let facts = try facts {
            $0.senders = [sender(100)]
            $0.forged = Array(repeating: 4_000, count: Self.days.dayCount)
        }
        #expect(kinds(facts).isEmpty)
        #expect(kinds(AlertFacts(days: Self.days)).isEmpty)
    }

    @Test func `an SPF record in error is raised, and over when it is mended`() throws {
        var facts = try facts { _ in }
        let name = try #require(DomainName("a.example"))
        facts.faults = [
            .init(
                domain: name, reason: "a.example → spf.vendor.example: It cannot be read.",
                foundAt: 20_041 * 86_400)
        ]
        let finding = try #require(judge.judge([], facts).findings.first)
        #expect(finding.key == .init(.brokenRecord, domain: "a.example"))
        #expect(finding.evidence.contains("spf.vendor.example"))
        facts.faults = []
        #expect(judge.judge([finding.key], facts).over == [finding.key])
    }

    @Test func `a wave is raised once, stays while it lasts, and ends`() throws {
        let key = AlertFinding.Key(.spoofWave, domain: "a.example")
        // Noise around 400 a day, with one odd day that must not count.
        func facts(today: Int64) throws -> AlertFacts {
            try self.facts {
                for index in $0.forged.indices { $0.forged[index] = 380 + Int64(index % 5) * 10 }
                $0.forged[20] = 90_000
                $0.forged[Self.last] = today
            }
        }
        #expect(kinds(try facts(today: 1_199)).isEmpty)
        let wave = judge.judge([], try facts(today: 50_000))
        #expect(wave.findings.map(\.key) == [key])
        #expect(wave.findings.first?.since == Self.days.first.advanced(by: Self.last))
        #expect(
            wave.findings.first?.evidence.contains("50,000 messages a day; usually 400.") == true)
        #expect(kinds(try facts(today: 50_000), open: [key]) == [.spoofWave])
        let calm = judge.judge([key], try facts(today: 420))
        #expect(calm.findings.isEmpty && calm.over == [key])
    }

    @Test func `a sender that fails is raised, and is over when it is proved again`() throws {
        let key = AlertFinding.Key(.failingSender, domain: "a.example", place: "s")
        func facts(proved: Int64, unproved: Int64) throws -> AlertFacts {
            try self.facts {
                var sender = sender(100)
                for index in (Self.last - 2)...Self.last {
                    sender.proved[index] = proved
                    sender.unproved[index] = unproved
                }
                $0.senders = [sender]
            }
        }
        #expect(kinds(try facts(proved: 100, unproved: 3)).isEmpty)
        #expect(kinds(try facts(proved: 0, unproved: 100)) == [.failingSender])
        // Between the two thresholds it stays where it is.
        #expect(kinds(try facts(proved: 90, unproved: 10)).isEmpty)
        #expect(kinds(try facts(proved: 90, unproved: 10), open: [key]) == [.failingSender])
        // Silence is no proof that it is well.
        #expect(kinds(try facts(proved: 0, unproved: 0), open: [key]) == [.failingSender])
        #expect(judge.judge([key], try facts(proved: 100, unproved: 0)).over == [key])
    }

    @Test func `a sender is new for some days, where the domain is not`() throws {
        let new = sender(20, first: Self.days.last.number - 5)
        let found = judge.judge([], try facts { $0.senders = [sender(50), new] })
        #expect(found.findings.map(\.key.kind) == [.newSender])
        #expect(found.findings.first?.advice.contains("who ordered it") == true)
        #expect(kinds(try facts { $0.senders = [sender(1, first: 20_036)] }).isEmpty)
        let old = sender(20, first: Self.days.last.number - 20)
        #expect(kinds(try facts { $0.senders = [old] }).isEmpty)
        let young = try facts {
            $0.senders = [new]
            $0.firstDay = Self.days.last.advanced(by: -10)
        }
        #expect(kinds(young).isEmpty)
    }

    @Test func `silence is told of a domain, and of one receiver among others`() throws {
        let silent = try facts {
            for index in (Self.last - 2)..<Self.days.dayCount { $0.reports[index] = 0 }
        }
        let found = judge.judge([], silent)
        #expect(found.findings.map(\.key.kind) == [.silentDomain])
        #expect(found.findings.first?.since == Self.days.first.advanced(by: Self.last - 2))
        // It stays, long after the last report has left the window.
        let key = AlertFinding.Key(.silentDomain, domain: "a.example")
        let gone = try facts { $0.reports = Array(repeating: 0, count: Self.days.dayCount) }
        #expect(kinds(gone).isEmpty)
        #expect(kinds(gone, open: [key]) == [.silentDomain])
        #expect(judge.judge([key], try facts { _ in }).over == [key])

        var both = try facts { _ in }
        let all = Array(repeating: Int64(2), count: Self.days.dayCount)
        var fewer = all
        for index in (Self.last - 2)..<Self.days.dayCount { fewer[index] = 0 }
        both.reporters = [
            .init(reporter: "loud.example", reports: all),
            .init(reporter: "still.example", reports: fewer),
        ]
        let one = judge.judge([], both).findings
        #expect(one.map(\.key.place) == ["still.example"])
        both.reporters.removeFirst()
        #expect(judge.judge([], both).findings.isEmpty)
    }

    @Test func `what others changed in the DNS is told while it is so`() throws {
        var facts = try facts { _ in }
        facts.altered = [
            .init(
                id: 7, domain: "a.example", remark: "Otherwise on ns1\u{1B}[31m",
                seenAt: 1_728_000_000)
        ]
        let found = judge.judge([], facts).findings
        #expect(found.map(\.key.kind) == [.changedOutside])
        #expect(found.first?.evidence.unicodeScalars.contains("\u{1B}") == false)
    }
}
