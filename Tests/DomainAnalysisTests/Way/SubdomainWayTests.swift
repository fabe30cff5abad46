import DNS
import DomainAnalysis
import FoundationEssentials
import Identities
import MailAuthentication
import MailReports
import Testing

/// What records ask for names below a domain, on the way to reject.
@Suite struct SubdomainWayTests {
    private static func name(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    // MARK: Steps

    @Test(arguments: [
        (nil, [], []), ("v=DMARC1; p=reject", [], []), ("v=DMARC1; p=none; sp=none", [], []),
        ("v=DMARC1; p=quarantine; sp=reject; np=reject", [], []),
        (
            "v=DMARC1; p=reject; sp=none", ["np=none", "sp=none"],
            ["np=reject", "sp=quarantine"]
        ),
        ("v=DMARC1; p=reject; sp=quarantine; np=reject", ["sp=quarantine"], ["sp=reject"]),
        ("v=DMARC1; p=reject; np=none", ["np=none"], ["np=reject"]),
        (
            "v=DMARC1; p=quarantine; sp=none; np=none", ["np=none", "sp=none"],
            ["np=quarantine", "sp=quarantine"]
        ),
        ("v=DMARC1; p=reject; t=y; sp=none; np=reject", ["sp=none"], []),
        ("v=DMARC1; p=reject; sp=what; rua=mailto:a@b.example", [], []), ("v=spf1 -all", [], []),
    ])
    func `what a record asks less of names below is open, and closed by np first`(
        text: String?, open: [String], moves: [String]
    ) {
        let below = SubdomainPolicies(record: text)
        #expect(below.open.map(\.tags) == open)
        #expect(below.moves.map(\.tags) == moves)
    }

    @Test func `without tags of their own names below are asked what the domain is`() throws {
        let plain = SubdomainPolicies(record: "v=DMARC1; p=reject")
        #expect(SubdomainNames.allCases.allSatisfy { plain.asked(of: $0) == .reject })
        let domain = try Self.name("example.com")
        #expect(!plain.hasBack && plain.sentence(domain) == nil)
        let below = SubdomainPolicies(record: "v=DMARC1; p=none; sp=reject; np=none")
        #expect(below.back(.existing)?.tags == "sp=quarantine" && below.back(.missing) == nil)
        #expect(SubdomainPolicies(record: "v=DMARC1; p=none; t=y; sp=quarantine").hasBack == false)
    }

    @Test func `a weaker policy below is said in a sentence, as the record says it`() throws {
        let domain = try Self.name("example.com")
        func sentence(_ record: String) -> String {
            SubdomainPolicies(record: record).sentence(domain) ?? ""
        }
        let open = sentence("v=DMARC1; p=reject; sp=none")
        #expect(open.contains("sp=none asks for less than p=reject"), "\(open)")
        #expect(open.contains("anybody can write in the name of a subdomain"))
        let both = sentence("v=DMARC1; p=reject; sp=quarantine; np=quarantine")
        #expect(both.contains("sp=quarantine and np=quarantine ask"), "\(both)")
        #expect(both.contains("spam folders"))
    }

    @Test func `a step below changes its own tag alone`() {
        let published = "v=DMARC1; p=reject; sp=none; pct=50; rua=mailto:a@example.com"
        #expect(
            SubdomainStep(.missing, .reject).record(from: published)
                == "v=DMARC1; p=reject; sp=none; np=reject; pct=50; rua=mailto:a@example.com")
        #expect(
            SubdomainStep(.existing, .quarantine).record(from: published)
                == "v=DMARC1; p=reject; sp=quarantine; pct=50; rua=mailto:a@example.com")
        #expect(
            SubdomainStep(.missing, .reject).record(from: "v=DMARC1; p=reject; np=none; t=y")
                == "v=DMARC1; p=reject; np=reject; t=y")
        #expect(
            SubdomainStep(.existing, .reject).record(from: nil) == "v=DMARC1; p=none; sp=reject")
    }

    @Test func `steps and places are written in one way and read again`() throws {
        #expect(Set(WayMove.allCases.map(\.rawValue)).count == 11)
        for move in WayMove.allCases { #expect(WayMove(rawValue: move.rawValue) == move) }
        #expect(WayMove(rawValue: "np-reject") == .below(SubdomainStep(.missing, .reject)))
        #expect(WayMove(rawValue: "p-reject") == nil && WayMove(rawValue: "") == nil)
        let place = WayPosition(
            .reject, open: SubdomainPolicies(record: "v=DMARC1; p=reject; sp=none").open)
        #expect(place.rawValue == "reject;np-none;sp-none")
        #expect(WayPosition(rawValue: place.rawValue) == place)
        #expect(WayPosition(rawValue: "quarantine-test") == WayPosition(.quarantineTest))
        for bad in ["", "reject;", "reject;quarantine", "x", "reject;np-x"] {
            #expect(WayPosition(rawValue: bad) == nil, "\(bad)")
        }
    }

    @Test func `a proposal is about the names whose tags alone it changes`() {
        let old = "v=DMARC1; p=reject; sp=none"
        func names(_ new: String) -> [SubdomainNames]? { WayMove.names(from: old, to: new) }
        #expect(names("v=DMARC1; p=reject; sp=none; np=reject") == [.missing])
        #expect(names("v=DMARC1; sp=reject; p=reject") == [.existing])
        #expect(names("v=DMARC1; p=reject; sp=reject; np=reject") == [.missing, .existing])
        // More than that, or mail that falls under another tag from then on.
        for other in [
            "v=DMARC1; p=quarantine; sp=reject", "v=DMARC1; p=reject", old,
            "v=DMARC1; p=reject; sp=reject; adkim=s", "nonsense",
        ] {
            #expect(names(other) == nil, "\(other)")
        }
        #expect(WayMove.names(from: nil, to: old) == nil)
        #expect(
            WayMove.tags(from: old, to: "v=DMARC1; p=reject; sp=none; np=reject") == "np=reject")
        #expect(WayMove.tags(from: old, to: "v=DMARC1; p=quarantine") == "p=quarantine")
    }

    @Test func `only the record of the Organizational Domain is heeded below it`() throws {
        var survey = DomainSurvey(
            domain: try Self.name("shop.example.com"), record: "v=DMARC1; p=quarantine; sp=none")
        #expect(
            survey.moves(testing: false).map(\.rawValue) == [
                "np-quarantine", "sp-quarantine", "reject",
            ])
        survey.organizationalDomain = try Self.name("example.com")
        #expect(survey.below.open.isEmpty)
        #expect(survey.moves(testing: true).map(\.rawValue) == ["reject-test"])
        survey.organizationalDomain = survey.domain
        #expect(survey.position(by: try WayRules(subdomains: true)).open.count == 2)
        #expect(survey.position(by: try WayRules()) == WayPosition(.quarantine))
        survey.record = "v=DMARC1; p=none; np=none"
        let dangers = survey.dangers(of: "v=DMARC1; p=reject; np=none", risk: nil)
        #expect(dangers.contains { $0.contains("np=none: forgers can make names up") })
    }

    // MARK: Risk

    private func row(
        _ from: String, _ messages: Int64, _ sourceClass: SourceClass, sender: String = "a",
        dkim: String? = nil
    ) throws -> ReplayRow {
        ReplayRow(
            headerFrom: try Self.name(from), messages: messages,
            dkimPasses: try dkim.map { [try Self.name($0)] } ?? [], spfPass: nil,
            senderKey: sender, senderName: "Sender \(sender)", sourceClass: sourceClass,
            observedDisposition: "none")
    }

    private func risk(
        _ record: String, _ names: [SubdomainNames]?, _ rows: [ReplayRow],
        failing: Set<String> = [], nameless: Int64 = 0
    ) async throws -> PolicyRisk {
        let day = UTCDay(number: 20_000)
        let result = try await Replay(
            domain: try Self.name("example.com"), proposal: record,
            lookup: try CountingDNS(
                """
                www.example.com. A 192.0.2.1
                own.example.com. A 192.0.2.1
                _dmarc.own.example.com. TXT "v=DMARC1; p=none"
                """, failing: failing)
        ).run(rows)
        return PolicyRisk(
            result,
            coverage: ReportCoverage(
                first: day, last: day, reporters: [.init(name: "r", messages: 100, days: 1)],
                messages: 100, days: [day]), names: names, nameless: nameless)
    }

    private var mail: [ReplayRow] {
        get throws {
            [
                try row("example.com", 1_000, .misconfigured),
                try row("www.example.com", 40, .misconfigured),
                try row("www.example.com", 60, .compliant, dkim: "example.com"),
                try row("ghost.example.com", 7, .unknown, sender: "b"),
                try row("ghost.example.com", 500, .spoofing, sender: "c"),
                // Its own record applies to it.
                try row("own.example.com", 300, .misconfigured, sender: "d"),
                try row("other.example", 900, .unknown, sender: "e"),
            ]
        }
    }

    @Test
    func `a step of np counts mail from names that do not exist, one of sp that of the others`()
        async throws
    {
        let np = try await risk(
            "v=DMARC1; p=reject; sp=none; np=reject", [.missing], try mail)
        #expect(np.messages == 507 && np.legitimate == 7 && np.atRisk == 7)
        #expect(np.forgedStopped == 500 && np.senders.map(\.key) == ["b"])
        #expect(np.sentence.contains("names below example.com that do not exist"), "\(np.sentence)")
        #expect(np.remarks.contains { $0.contains("do not say whether a name existed") })

        let sp = try await risk(
            "v=DMARC1; p=reject; sp=quarantine; np=reject", [.existing], try mail)
        #expect(sp.messages == 100 && sp.legitimate == 100 && sp.atRisk == 40)
        #expect(sp.senders.map(\.key) == ["a"] && sp.forgedStopped == 0)
        #expect(sp.senders[0].own == 100 && sp.senders[0].failingBelow == ["sp": 40])
        #expect(sp.sentence.contains("without a DMARC record of their own"))
        #expect(sp.remarks.contains { $0.contains("Which names have a DMARC record") })

        // Where there is no np, names that do not exist fall under sp.
        let all = try await risk("v=DMARC1; p=reject; sp=quarantine", [.existing], try mail)
        #expect(all.messages == 607 && all.atRisk == 47 && all.forgedStopped == 500)
        let both = try await risk(
            "v=DMARC1; p=reject; sp=reject; np=reject", [.missing, .existing], try mail)
        #expect(both.messages == 607 && both.remarks.count >= 2)
        // All mail is counted as it was, and its failing says under which tag it falls.
        let whole = try await risk("v=DMARC1; p=reject; sp=reject; np=reject", nil, try mail)
        #expect(whole.messages == 2_807 && whole.names == nil)
        #expect(whole.senders.first { $0.key == "a" }?.failingBelow == ["sp": 40])
        let again = try JSONDecoder().decode(PolicyRisk.self, from: JSONEncoder().encode(np))
        #expect(again == np)
    }

    @Test func `what cannot be told apart is said and not guessed`() async throws {
        let unknown = try await risk(
            "v=DMARC1; p=reject; sp=none; np=reject", [.missing],
            [
                try row("ghost.example.com", 9, .unknown),
                try row("ghost.example.com", 5, .spoofing),
            ], failing: ["_dmarc.ghost.example.com", "ghost.example.com"], nameless: 3)
        #expect(unknown.undetermined == 9 && unknown.atRisk == 0, "\(unknown)")
        #expect(!unknown.isBelow(hundredths: 9_999))
        #expect(unknown.remarks.contains { $0.contains("3 messages the reports do not tell") })
        #expect(unknown.remarks.contains { $0.contains("The DNS did not answer for") })

        let none = try await risk(
            "v=DMARC1; p=reject; sp=none; np=reject", [.missing],
            [try row("example.com", 100, .misconfigured)])
        #expect(none.messages == 0 && none.isBelow(hundredths: 0))
        #expect(none.sentence.hasPrefix("None of the 100 messages"), "\(none.sentence)")
        let forged = try await risk(
            "v=DMARC1; p=reject; sp=none; np=reject", [.missing],
            [try row("ghost.example.com", 5, .spoofing)])
        #expect(forged.isBelow(hundredths: 0) && forged.sentence.contains("are forged"))
        var silent = none
        silent.coverage = ReportCoverage(first: none.coverage.first, last: none.coverage.last)
        #expect(!silent.isBelow(hundredths: 10_000) && !silent.hasReports)
        #expect(silent.sentence.contains("nothing can be said"))
    }

    // MARK: Rules

    private func judge(
        _ record: String, days: Int = 14, subdomains: Bool = true, testDays: Int = 0,
        ahead: [String: PolicyRisk] = [:], behind: PolicyRisk? = nil, before: PolicyRisk? = nil
    ) throws -> WayJudgement {
        var facts = WayJudgement.Facts(
            step: WayStep(record: record), below: SubdomainPolicies(record: record),
            daysInStep: days, rules: try WayRules(testDays: testDays, subdomains: subdomains),
            behind: behind, before: before)
        for (text, risk) in ahead {
            facts.ahead[try #require(WayMove(rawValue: text))] = risk
        }
        return WayJudgement(facts)
    }

    private func known(
        _ names: [SubdomainNames]?, messages: Int64 = 1_000, atRisk: Int64 = 0
    ) throws -> PolicyRisk {
        let first = UTCDay(number: 20_000)
        var risk = PolicyRisk(
            domain: try Self.name("example.com"), record: "",
            coverage: ReportCoverage(
                first: first, last: first.advanced(by: 13),
                reporters: [.init(name: "r", messages: 5_000, days: 14)], messages: 5_000,
                days: Set((0..<14).map { first.advanced(by: $0) })))
        (risk.names, risk.messages, risk.legitimate) = (names, messages, messages)
        risk.atRisk = atRisk
        return risk
    }

    private func reason(_ judgement: WayJudgement) -> String {
        guard case .stay(let reason) = judgement else { return "\(judgement)" }
        return reason
    }

    @Test func `rules raise np and then sp where that was agreed, and else say what is open`()
        throws
    {
        let open = "v=DMARC1; p=reject; sp=none"
        let left = reason(try judge(open, days: 99, subdomains: false))
        #expect(left.contains("no further step") && left.contains("np=none and sp=none"), "\(left)")
        #expect(reason(try judge(open, days: 13)).contains("13 days of 14 at p=reject; np=none"))
        // No mail at all from names that do not exist is no reason to wait.
        guard
            case .forward(let move, let why) = try judge(
                open, ahead: ["np-reject": try known([.missing], messages: 0)])
        else {
            Issue.record("It stays.")
            return
        }
        #expect(move.rawValue == "np-reject" && why.contains("None of the 5,000"), "\(why)")
        let closed = "v=DMARC1; p=reject; sp=none; np=reject"
        guard
            case .forward(.below(SubdomainStep(.existing, .quarantine)), _) = try judge(
                closed, ahead: ["sp-quarantine": try known([.existing], atRisk: 4)])
        else {
            Issue.record("It stays.")
            return
        }
        let risky = try judge(
            closed, ahead: ["sp-quarantine": try known([.existing], atRisk: 5)])
        #expect(reason(risky).contains("Too much legitimate mail is at risk for sp=quarantine"))
        #expect(reason(try judge(closed)).contains("No mail was reported"))
    }

    @Test func `mail at risk below keeps the domain itself from nothing`() throws {
        let judgement = try judge(
            "v=DMARC1; p=quarantine; sp=none; np=quarantine",
            ahead: [
                "sp-quarantine": try known([.existing], atRisk: 900), "reject": try known(nil),
            ])
        guard case .forward(.domain(.reject), _) = judgement else {
            Issue.record("\(judgement)")
            return
        }
        // While a policy is tested t=y holds for all names: nothing is raised below.
        let testing = try judge(
            "v=DMARC1; p=reject; t=y; sp=none", testDays: 7, ahead: ["reject": try known(nil)])
        guard case .forward(.domain(.reject), _) = testing else {
            Issue.record("\(testing)")
            return
        }
    }

    @Test func `a sender that fails below takes back the policy for names below`() throws {
        var (before, behind) = (try known(nil), try known(nil))
        var sender = PolicyRisk.Sender(key: "a", name: "Shop")
        (sender.messages, sender.own, sender.ownPassing) = (1_000, 1_000, 1_000)
        before.senders = [sender]
        (sender.ownPassing, sender.failingBelow) = (700, ["sp": 280, "np": 5])
        behind.senders = [sender]
        guard
            case .back(let move, let why) = try judge(
                "v=DMARC1; p=reject; sp=reject", behind: behind, before: before)
        else {
            Issue.record("It stays.")
            return
        }
        #expect(move.rawValue == "sp-quarantine" && why.contains("Shop"))
        // Nothing is stopped by sp=none, and a lower p would help nobody.
        #expect(
            reason(
                try judge(
                    "v=DMARC1; p=reject; sp=none; np=reject", days: 1, behind: behind,
                    before: before)
            ).contains("1 day of 14"))
        behind.senders[0].failingBelow = ["sp": 100]
        guard
            case .back(.domain(.quarantine), _) = try judge(
                "v=DMARC1; p=reject; sp=reject", behind: behind, before: before)
        else {
            Issue.record("Most of it fails in the domain's own name.")
            return
        }
    }

    @Test func `rules of before say nothing of subdomains`() throws {
        let old = """
            {"backShare":100,"quarantineAfter":14,"rejectAfter":14,"share":50,"testDays":0}
            """
        let rules = try JSONDecoder().decode(WayRules.self, from: Data(old.utf8))
        let usual = try WayRules()
        #expect(rules == usual && !rules.sentence.contains("np"))
        let new = try WayRules(subdomains: true)
        #expect(new.sentence.contains("np, then sp"))
        #expect(
            try JSONDecoder().decode(WayRules.self, from: JSONEncoder().encode(new)) == new)
        #expect(new.days(before: .below(SubdomainStep(.missing, .reject)), in: .reject) == 14)
    }

    // MARK: Changes

    @Test func `a change of policies for names below has its consequences`() throws {
        func consequences(
            _ before: String, _ after: String, mail: ChangeConsequences.Mail? = nil
        ) throws -> [String] {
            func set(_ text: String) -> RecordSet? {
                RecordSet(timeToLive: 300, data: [.text(text), .text("another")])
            }
            return ChangeConsequences.of(
                [
                    RecordSetChange(
                        name: try #require(DNSName("_dmarc.example.com")), type: .txt,
                        before: set(before), after: set(after))
                ], mail: mail)
        }
        let (open, closed) = ("v=DMARC1; p=reject; sp=none", "v=DMARC1; p=reject; sp=reject")
        let lower = try consequences(closed, open)
        #expect(lower.count == 1 && lower[0].contains("names below example.com"), "\(lower)")
        let raised = try consequences(open, closed, mail: .init(days: 30, failing: 12))
        #expect(raised.count == 1 && raised[0].contains("12 messages of yours"), "\(raised)")
        #expect(try consequences(open, closed, mail: .init(days: 30, failing: 0)).isEmpty)
        #expect(try consequences(open, closed).first?.contains("no reports tell") == true)
        #expect(try consequences(closed, closed + "; rua=mailto:a@example.com").isEmpty)
        #expect(
            try consequences(open, "v=DMARC1; p=quarantine; sp=none").first?.hasPrefix("Forged")
                == true)
    }
}
