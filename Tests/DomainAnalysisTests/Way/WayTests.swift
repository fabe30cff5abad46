import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
import Testing

/// The judgements on the way to reject: pure, so that every case can be set up.
@Suite struct WayTests {
    private static let domain: DomainName = {
        guard let name = DomainName("example.com") else { preconditionFailure("not a name") }
        return name
    }()

    // MARK: Steps

    @Test(arguments: [
        (nil, WayStep.none), ("v=DMARC1; p=none", .none), ("v=DMARC1", .none),
        ("v=spf1 -all", .none), ("v=DMARC1; p=quarantine; t=y", .quarantineTest),
        ("v=DMARC1; p=quarantine", .quarantine), ("v=DMARC1; t=y; p=reject", .rejectTest),
        ("v=DMARC1;p=reject;pct=10", .reject), ("v=DMARC1; p=none; t=y", .none),
        ("v=DMARC1; p=reject; sp=what; rua=mailto:a@b.example", .none),
    ])
    func `a record says at which step a domain is`(text: String?, step: WayStep) {
        #expect(WayStep(record: text) == step)
    }

    @Test func `a test asks for one policy less, and the way goes up and down by steps`() {
        #expect(
            WayStep.allCases.map(\.applied) == [.none, .none, .quarantine, .quarantine, .reject])
        #expect(
            WayStep.allCases.map(\.tested) == [
                .none, .quarantine, .quarantine, .reject, .reject,
            ])
        #expect(WayStep.none.next(testing: false) == .quarantine)
        #expect(WayStep.none.next(testing: true) == .quarantineTest)
        #expect(WayStep.rejectTest.next(testing: false) == .reject)
        #expect(WayStep.reject.next(testing: true) == nil)
        #expect(WayStep.reject.back == .quarantine)
        #expect(WayStep.rejectTest.back == WayStep.none)
        #expect(WayStep.quarantineTest.back == nil)
    }

    @Test func `a record keeps what its owner wrote beside the policy`() {
        let published = "v=DMARC1; p=none; pct=20; rua=mailto:a@example.com; adkim=s; note=x"
        #expect(
            WayStep.rejectTest.record(from: published)
                == "v=DMARC1; p=reject; t=y; rua=mailto:a@example.com; adkim=s; note=x")
        let test = WayStep.rejectTest.record(from: published)
        #expect(WayStep.reject.record(from: test) == WayStep.inForce(test))
        #expect(WayStep.none.record(from: nil) == "v=DMARC1; p=none")
        #expect(
            WayStep.reject.record(from: nil, reportsTo: "mailto:d@example.com")
                == "v=DMARC1; p=reject; rua=mailto:d@example.com")
        #expect(
            WayStep.reject.record(from: published, reportsTo: "mailto:d@example.com")
                .contains("mailto:d@") == false)
    }

    // MARK: Coverage

    private func day(_ number: Int) -> UTCDay { UTCDay(number: 20_000 + number) }

    private func coverage(
        days: [Int], of length: Int = 30, reporters: [Int64] = [500, 300, 100, 60, 40]
    ) -> ReportCoverage {
        ReportCoverage(
            first: day(0), last: day(length - 1),
            reporters: reporters.enumerated().map {
                ReportCoverage.Reporter(
                    name: "r\($0.offset).example", messages: $0.element, days: days.count)
            }, messages: reporters.reduce(0, +), days: Set(days.map { day($0) }))
    }

    @Test func `confidence names who reported, on how many days, and what is missing`() {
        let good = coverage(days: Array(0..<30))
        #expect(good.level == .good && good.gaps.isEmpty)
        let sentences = good.sentences.joined(separator: " ")
        for words in [
            "30 of 30 days", "5 receivers", "r0.example (500 messages, 30 days)", "2 more",
            "send no reports",
        ] {
            #expect(sentences.contains(words), "\(words): \(sentences)")
        }
        let holes = coverage(days: Array(0..<10) + Array(15..<29))
        #expect(holes.level == .fair)
        #expect(holes.gaps.map(\.days) == [5, 1])
        #expect(holes.sentences.joined().contains("the 5 days from \(day(10)) to \(day(14))"))
        #expect(coverage(days: [1, 2, 3]).level == .thin)
        #expect(coverage(days: Array(0..<30), reporters: [10, 5]).level == .thin)
        #expect(coverage(days: Array(0..<30), reporters: [1_000, 1, 1, 1, 1]).level == .thin)
        let none = coverage(days: [], reporters: [])
        #expect(none.level == .nothing && none.gaps.map(\.days) == [30])
        #expect(none.sentences.joined().contains("not known"))
        // Days that do not belong to the window count for nothing.
        #expect(coverage(days: [-4, 99]).daysWithData == 0)
    }

    @Test func `at most so many receivers and gaps are named`() {
        let every = coverage(
            days: stride(from: 0, to: 90, by: 2).map { $0 }, of: 90,
            reporters: Array(repeating: 1, count: 30))
        #expect(every.reporters.count == WayLimits.reporters && every.reporterCount == 30)
        #expect(every.gaps.count == WayLimits.gaps && every.daysWithData == 45)
    }

    // MARK: Rules

    @Test func `rules out of bounds are refused, and shares are read as people write them`() throws
    {
        for (text, expected) in [
            ("0.5", 50), ("0,5 %", 50), ("1.25%", 125), ("100", 10_000), ("0", 0), ("7", 700),
        ] {
            #expect(WayRules.hundredths(text) == expected, "\(text)")
        }
        for text in [
            "", "x", "-1", "1.234", "100.01", "1.2.3", ".5", "1.", "1.+2", "9999999999999999999",
        ] {
            #expect(WayRules.hundredths(text) == nil, "\(text)")
        }
        for days in [WayLimits.days.lowerBound - 1, WayLimits.days.upperBound + 1, .max, .min] {
            #expect(throws: WayRulesError.days(days)) { try WayRules(quarantineAfter: days) }
            #expect(throws: WayRulesError.days(days)) { try WayRules(rejectAfter: days) }
        }
        #expect(throws: WayRulesError.days(-1)) { try WayRules(testDays: -1) }
        #expect(throws: WayRulesError.share(10_001)) { try WayRules(share: 10_001) }
        #expect(throws: WayRulesError.share(-1)) { try WayRules(backShare: -1) }
        let rules = try WayRules(testDays: 7)
        #expect(rules.days(in: .quarantineTest) == 7 && rules.isTesting)
        #expect(
            rules.sentence.contains("less than 0.5 %") && rules.sentence.contains("for 7 days"))
        #expect(WayRules.percent(5) == "0.05 %" && WayRules.percent(120) == "1.2 %")
    }

    // MARK: Judgement

    private func risk(
        messages: Int64 = 10_000, atRisk: Int64 = 0, undetermined: Int64 = 0,
        passing: Int64? = nil, days: Int = 14, of length: Int = 14
    ) -> PolicyRisk {
        var risk = PolicyRisk(
            domain: Self.domain, record: "v=DMARC1; p=reject",
            coverage: coverage(days: Array(0..<days), of: length))
        (risk.messages, risk.legitimate) = (messages, messages)
        (risk.atRisk, risk.undetermined) = (atRisk, undetermined)
        var sender = PolicyRisk.Sender(key: "service:a", name: "Service A")
        sender.own = messages
        sender.ownPassing = passing ?? messages - atRisk
        (sender.messages, sender.atRisk) = (messages, atRisk)
        risk.senders = [sender]
        return risk
    }

    private func judge(
        _ step: WayStep = .none, days: Int = 14, ahead: PolicyRisk? = nil,
        behind: PolicyRisk? = nil, before: PolicyRisk? = nil, testDays: Int = 0
    ) throws -> WayJudgement {
        var facts = WayJudgement.Facts(
            step: step, daysInStep: days, rules: try WayRules(testDays: testDays),
            behind: behind, before: before)
        for move in facts.moves { facts.ahead[move] = ahead }
        return WayJudgement(facts)
    }

    private func isStay(_ judgement: WayJudgement, _ words: String) -> Bool {
        guard case .stay(let reason) = judgement else { return false }
        return reason.contains(words)
    }

    @Test func `a domain goes on once its days are over and little is at risk`() throws {
        #expect(isStay(try judge(days: 13, ahead: risk()), "13 days of 14"))
        guard case .forward(let step, let reason) = try judge(ahead: risk(atRisk: 49)) else {
            Issue.record("It stays.")
            return
        }
        #expect(step == .domain(.quarantine))
        #expect(reason.contains("less than 0.5 %") && reason.contains("49 (0.4 %)"), "\(reason)")
        // Exactly the agreed share is not less than it.
        #expect(isStay(try judge(ahead: risk(atRisk: 50)), "Too much legitimate mail"))
        // What is not known counts as at risk.
        #expect(isStay(try judge(ahead: risk(atRisk: 40, undetermined: 20)), "not known"))
        #expect(isStay(try judge(ahead: nil), "No mail was reported"))
        #expect(isStay(try judge(ahead: risk(messages: 0)), "No mail was reported"))
        #expect(isStay(try judge(ahead: risk(days: 6)), "too few"))
        var forged = risk()
        forged.legitimate = 0
        #expect(isStay(try judge(ahead: forged), "None of your own mail"))
        #expect(isStay(try judge(.reject, days: 99), "no further step"))
        guard case .forward(.domain(.quarantineTest), _) = try judge(ahead: risk(), testDays: 7),
            case .forward(.domain(.quarantine), _) = try judge(
                .quarantineTest, days: 7, ahead: risk(), testDays: 7)
        else {
            Issue.record("A test was wanted first.")
            return
        }
    }

    @Test func `a domain goes back when a sender that was proved starts to fail`() throws {
        let before = risk()
        let failing = risk(atRisk: 300)
        guard
            case .back(let step, let reason) = try judge(
                .reject, days: 2, behind: failing, before: before)
        else {
            Issue.record("It stays.")
            return
        }
        #expect(step == .domain(.quarantine))
        for words in ["Service A", "300 of its 10,000 messages", "3 %", "agreed 1 %"] {
            #expect(reason.contains(words), "\(words): \(reason)")
        }
        // Nothing is refused or put aside in a test of quarantine: there is nothing to take back.
        #expect(
            isStay(
                try judge(.quarantineTest, days: 2, behind: failing, before: before),
                "No mail was reported"))
        #expect(isStay(try judge(.reject, behind: risk(atRisk: 100), before: before), "no further"))
        #expect(
            isStay(
                try judge(
                    .reject, behind: risk(messages: 20, atRisk: WayLimits.fewestFailing - 1),
                    before: before), "no further"))
        // It failed before: that was known when people agreed.
        #expect(
            isStay(try judge(.reject, behind: failing, before: risk(atRisk: 300)), "no further"))
        // Others send through the same service, and what is proved is as much as before.
        #expect(
            isStay(
                try judge(
                    .reject, behind: risk(messages: 20_000, atRisk: 10_000), before: before),
                "no further"))
        #expect(isStay(try judge(.reject, behind: failing, before: nil), "no further"))
    }

    @Test func `a risk is below a share only where there is mail, and hostile counts do not trap`()
    {
        #expect(risk().isBelow(hundredths: 0))
        #expect(!risk(messages: 0).isBelow(hundredths: 10_000))
        let huge = risk(messages: .max, atRisk: .max, undetermined: .max)
        #expect(!huge.isBelow(hundredths: 9_999))
        #expect(huge.sentence.contains("100 %"))
        #expect(risk(messages: 0).sentence.contains("nothing can be said"))
    }

    @Test func `in an emergency every danger is named, the gravest first`() {
        var survey = DomainSurvey(domain: Self.domain, takesMail: .yes)
        survey.record = "v=DMARC1; p=none; sp=none"
        let dangers = survey.dangers(of: "v=DMARC1; p=reject; sp=none", risk: nil)
        for (danger, words) in zip(
            dangers, ["No report about", "no SPF record", "mailing lists", "(rua)", "sp=none"])
        {
            #expect(danger.contains(words), "\(danger)")
        }
        #expect(dangers.count == 5)
        survey.spf = "v=spf1 -all"
        survey.takesMail = .no
        survey.record = nil
        let few = survey.dangers(
            of: "v=DMARC1; p=reject; rua=mailto:a@example.com",
            risk: risk(atRisk: 5, days: 3, of: 30))
        #expect(few.count == 2 && few[0].contains("5 (under 0.1 %)"), "\(few)")
    }
}
