import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
import Testing

@Suite("Enforcement plan")
struct PlanTests {
    static func plan(_ facts: PlanFacts) -> EnforcementPlan { EnforcementPlanner().plan(facts) }

    static func json(_ plan: EnforcementPlan) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(plan), as: UTF8.self) + "\n"
    }

    /// Compares with a kept file; UPDATE_GOLDEN=1 writes it anew.
    static func check(_ text: String, _ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures")
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            return
        }
        let kept = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == kept, "\(name) differs; look, then run with UPDATE_GOLDEN=1")
    }

    @Test("The plan is the one that was kept", arguments: PlanCases.names)
    func golden(_ name: String) throws {
        let plan = Self.plan(PlanCases.facts(name))
        try Self.check(PlanText.render(plan), name + ".txt")
        try Self.check(try Self.json(plan), name + ".json")
    }

    @Test("A plan survives its own JSON", arguments: PlanCases.names)
    func codable(_ name: String) throws {
        let plan = Self.plan(PlanCases.facts(name))
        let text = try Self.json(plan)
        #expect(try JSONDecoder().decode(EnforcementPlan.self, from: Data(text.utf8)) == plan)
        #expect(plan.steps.map(\.order) == Array(1...max(1, plan.steps.count)))
    }

    @Test("Sentences keep within the width", arguments: PlanCases.names, [40, 80])
    func width(_ name: String, _ width: Int) {
        let text = PlanText.render(Self.plan(PlanCases.facts(name)), width: width)
        for line in text.split(separator: "\n") {
            let bare = line.drop { $0 == " " }
            let isRecord = bare.hasPrefix("+ ") || bare.hasPrefix("- ")
            #expect(line.count <= width || isRecord || !bare.contains(" "), "\(line)")
        }
    }

    @Test("The stage follows what is published and what is sent")
    func stages() {
        let expected: [(String, EnforcementPlan.Stage)] = [
            ("bank-under-attack", .monitoring), ("brand-with-many-senders", .monitoring),
            ("parked", .parked), ("parked-and-closed", .parked), ("at-reject", .rejecting),
            ("behind-a-mailing-list", .quarantine), ("no-record", .unprotected),
            ("broken-record", .unprotected), ("testing-quarantine", .monitoring),
            ("old-tags-at-reject", .rejecting),
        ]
        for (name, stage) in expected {
            #expect(Self.plan(PlanCases.facts(name)).stage == stage, "\(name)")
        }
    }

    @Test func `Nothing stands between the bank and reject but time`() {
        let plan = Self.plan(PlanCases.bank)
        #expect(plan.milestone.blockingSteps == 0)
        #expect(plan.readiness.share == 1)
        #expect(plan.milestone.daysRemaining == 26)
        #expect(plan.milestone.earliestDay == "2026-12-17")
        #expect(plan.steps.last?.kind == .reject)
        #expect(
            plan.steps.last?.changes == [
                DNSChange(
                    name: "_dmarc.firstbank.example", type: "TXT",
                    remove: ["v=DMARC1; p=quarantine; rua=mailto:dmarc@firstbank.example"],
                    add: ["v=DMARC1; p=reject; rua=mailto:dmarc@firstbank.example"])
            ])
    }

    @Test func `Each step changes the record that the step before it left`() {
        for name in PlanCases.names {
            var published: [String: String] = [:]
            for change in Self.plan(PlanCases.facts(name)).steps.flatMap(\.changes)
            where change.type == "TXT" {
                let key = change.name
                if let last = published[key] { #expect(change.remove == [last], "\(name)") }
                published[key] = change.add.first
            }
        }
    }

    @Test func `A parked domain is closed in one step, and its reports keep their address`() throws
    {
        let plan = Self.plan(PlanCases.parked)
        let step = try #require(plan.steps.first)
        #expect(step.kind == .lockDown)
        #expect(
            step.changes == [
                DNSChange(name: "brand-shop.example", type: "TXT", add: ["v=spf1 -all"]),
                DNSChange(
                    name: "*._domainkey.brand-shop.example", type: "TXT", add: ["v=DKIM1; p="]),
                DNSChange(name: "brand-shop.example", type: "MX", add: ["0 ."]),
                DNSChange(
                    name: "_dmarc.brand-shop.example", type: "TXT",
                    remove: ["v=DMARC1; p=none; rua=mailto:r@brand.example"],
                    add: [
                        "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:r@brand.example"
                    ]),
            ])
    }

    @Test func `A parked domain below another gets a record of its own, and the other keeps its`() {
        let domain = PlanCases.parked.domain
        guard let below = DomainName("old.\(domain.text)") else { return }
        for (policy, count) in [("none", 1), ("reject", 0)] {
            var facts = PlanFacts(
                domain: below, recordText: "v=DMARC1; p=\(policy); rua=mailto:r@brand.example",
                recordDomain: domain)
            facts.purpose = .parked
            let changes = Self.plan(facts).steps.flatMap(\.changes)
            #expect(!changes.contains { $0.name == "_dmarc.\(domain.text)" })
            let own = changes.filter { $0.name == "_dmarc.old.\(domain.text)" }
            #expect(own.count == count)
            let wanted = "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:r@brand.example"
            #expect(own.allSatisfy { $0.remove.isEmpty && $0.add == [wanted] })
        }
    }

    @Test func `A domain is parked only on evidence`() {
        var facts = PlanCases.parked
        facts.mailExchange = .notAsked
        #expect(Self.plan(facts).stage == .monitoring)
        facts.spfText = "v=spf1   -ALL"
        #expect(Self.plan(facts).stage == .parked)
        facts.purpose = .sending
        #expect(Self.plan(facts).stage == .monitoring)
        facts = PlanCases.parked
        facts.daysObserved = PlanLimits.daysUntilParked - 1
        #expect(Self.plan(facts).stage == .monitoring)
        facts.daysObserved = PlanLimits.daysUntilParked
        #expect(Self.plan(facts).stage == .parked)
        // Proved mail outweighs what somebody once wrote down.
        facts = PlanCases.rejecting
        facts.purpose = .parked
        #expect(Self.plan(facts).stage == .rejecting)
        facts = PlanCases.parked
        facts.purpose = .parked
        facts.mailExchange = .hosts(["10 mx.brand-shop.example."])
        let step = Self.plan(facts).steps.first
        #expect(step?.changes.contains { $0.remove == ["10 mx.brand-shop.example."] } == true)
        #expect(step?.instructions.isEmpty == false)
    }

    @Test func `The thresholds of blocking are the named ones`() {
        var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
        func blocks(_ misconfigured: Int64, _ unknown: Int64) -> Int {
            facts.senders = [
                PlanCases.sender(
                    "own:t.example", "Servers of t.example", [.compliant: 100_000 - misconfigured],
                    dkim: 100_000 - misconfigured, spf: 0),
                PlanCases.sender(
                    "service:mailchimp", "Mailchimp", [.misconfigured: misconfigured], dkim: 0,
                    spf: 0),
                PlanCases.sender(
                    "host:x.example", "x.example", [.unknown: unknown], dkim: 0, spf: 0),
            ]
            return Self.plan(facts).milestone.blockingSteps
        }
        #expect(blocks(99, 499) == 0)
        #expect(blocks(100, 499) == 1)
        #expect(blocks(99, 500) == 1)
        #expect(blocks(100, 500) == 2)
    }

    @Test func `The risk of a policy follows what it would cost`() {
        func risk(_ misconfigured: Int64, _ forwarded: Int64, _ compliant: Int64) -> PlanStep.Risk?
        {
            var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
            facts.senders = [
                PlanCases.sender(
                    "own:t.example", "Servers of t.example",
                    [
                        .compliant: compliant, .misconfigured: misconfigured,
                        .forwarded: forwarded,
                    ], dkim: compliant, spf: 0)
            ]
            return Self.plan(facts).steps.first { $0.kind == .reject }?.risk
        }
        #expect(risk(0, 0, 0)?.level == .high)
        #expect(risk(0, 0, 1_000)?.level == .low)
        #expect(risk(0, 19, 981)?.level == .low)
        #expect(risk(0, 20, 980)?.level == .medium)
        #expect(risk(9, 0, 991)?.level == .medium)
        #expect(risk(10, 0, 990)?.level == .high)
    }

    /// A second SPF record beside one that DNS did not tell would make both an error.
    @Test func `No SPF or MX record is proposed where DNS did not say what there is`() {
        var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
        facts.spfText = nil
        facts.isSPFKnown = false
        facts.senders = [
            PlanCases.sender(
                "service:google-workspace", "Google", [.misconfigured: 5], dkim: 0, spf: 0)
        ]
        let fix = Self.plan(facts).steps.first { $0.kind == .fixSender }
        #expect(fix?.changes == [])
        #expect(fix?.instructions.contains { $0.contains("could not be looked up") } == true)

        var parked = PlanCases.parked
        parked.purpose = .parked
        parked.mailExchange = .notAsked
        parked.isSPFKnown = false
        let close = Self.plan(parked).steps.first { $0.kind == .lockDown }
        #expect(close?.changes.map(\.name).contains("brand-shop.example") == false)
        #expect(close?.changes.isEmpty == false)
        #expect(close?.instructions.filter { $0.contains("could not be looked up") }.count == 2)
    }

    @Test func `An SPF record that leads to an error is named, with whom to ask`() {
        var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
        facts.spfText = "v=spf1 include:spf.vendor.example -all"
        facts.spfFault = "t.example → spf.vendor.example: No SPF record is published there."
        let step = Self.plan(facts).steps.first { $0.kind == .repairSPF }
        #expect(step?.changes == [])
        #expect(step?.why.contains("spf.vendor.example: No SPF record") == true)
        #expect(step?.evidence.first?.contains("include:spf.vendor.example") == true)
        facts.spfFault = nil
        #expect(Self.plan(facts).steps.allSatisfy { $0.kind != .repairSPF })
    }

    @Test func `An SPF include is only added where it counts and fits`() {
        func change(_ spf: String?, _ id: String) -> [DNSChange] {
            var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
            facts.spfText = spf
            facts.senders = [
                PlanCases.sender(
                    "service:\(id)", id, [.misconfigured: 5], dkim: 0, spf: 0)
            ]
            return Self.plan(facts).steps.first { $0.kind == .fixSender }?.changes ?? []
        }
        #expect(
            change("v=spf1 mx ~all", "google-workspace").first?.add == [
                "v=spf1 mx include:_spf.google.com ~all"
            ])
        #expect(
            change(nil, "google-workspace").first?.add == [
                "v=spf1 include:_spf.google.com ~all"
            ])
        #expect(
            change("v=spf1 redirect=_spf.t.example", "google-workspace").first?.add == [
                "v=spf1 include:_spf.google.com redirect=_spf.t.example"
            ])
        #expect(change("v=spf1 include:_spf.google.com -all", "google-workspace").isEmpty)
        #expect(change("v=spf1 mx ~all", "sendgrid").isEmpty)
        let full = (0..<PlanLimits.spfLookups).map { "include:s\($0).example" }
        #expect(
            change("v=spf1 \(full.joined(separator: " ")) ~all", "google-workspace").isEmpty)
    }

    @Test func `Senders and evidence beyond their limits are folded together`() {
        var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
        facts.senders = (0..<(PlanLimits.senderSteps + 5)).map { index in
            PlanCases.sender(
                "host:m\(index).example", "m\(index).example", [.misconfigured: 1], dkim: 0,
                spf: 0, selectors: ["a", "b", "c", "d", "e", "f"])
        }
        let fixes = Self.plan(facts).steps.filter { $0.kind == .fixSender }
        #expect(fixes.count == PlanLimits.senderSteps)
        facts.senders = (0..<40).map { index in
            PlanCases.sender(
                "host:u\(index).example", "u\(index).example",
                [.unknown: Int64(index + 1), .forwarded: 1, .compliant: 10], dkim: 10, spf: 0)
        }
        let steps = Self.plan(facts).steps
        #expect(steps.count { $0.kind == .decideSender } == PlanLimits.undecidedSteps + 1)
        #expect(steps.allSatisfy { $0.evidence.count <= PlanLimits.evidenceLines })
    }

    @Test func `Counts that no mail can have do not trap`() {
        var facts = PlanCases.base("t.example", "v=DMARC1; p=none; rua=mailto:d@t.example")
        facts.daysObserved = .max
        facts.reporters = .max
        facts.totalMessages = .max
        for _ in 0..<3 {
            facts.senders.append(
                PlanSender(
                    key: "service:mailchimp", name: "x\u{1B}[31m\u{202E}", serviceID: "mailchimp",
                    confidence: .certain, messages: .max,
                    byClass: [
                        .compliant: .max, .misconfigured: .min, .spoofing: .max, .unknown: .max,
                        .forwarded: .max,
                    ], dkimAligned: .min, spfAligned: -1, sources: .max))
        }
        facts.atReject = .init(
            legitimate: .max, legitimateRejected: .min, forwardedRejected: .min,
            undecidedRejected: .min, forgedRejected: .min)
        let text = PlanText.render(Self.plan(facts))
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }
}
