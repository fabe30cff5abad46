import DomainAnalysis
import Identities
import Testing

/// What a decision makes of a sender's mail, and what the DNS needs for it.
@Suite struct SenderAuthorisationTests {
    private static let domain: DomainName = {
        guard let name = DomainName("one.example") else { preconditionFailure("not a name") }
        return name
    }()

    private static func sender(
        _ service: String?, _ counts: [SourceClass: Int64] = [.misconfigured: 10],
        spfAligned: Int64 = 0, verdict: SenderVerdict? = nil
    ) -> PlanSender {
        PlanSender(
            key: service.map { "service:\($0)" } ?? "host:mail.other.example", name: "A sender",
            serviceID: service, confidence: .strong, messages: counts.values.reduce(0, +),
            byClass: counts, dkimAligned: 0, spfAligned: spfAligned, verdict: verdict)
    }

    @Test func `a decision moves what is not proved, and nothing that was seen`() {
        for sourceClass in SourceClass.allCases {
            #expect(sourceClass.decided(nil) == sourceClass)
        }
        for verdict in SenderVerdict.allCases {
            #expect(SourceClass.compliant.decided(verdict) == .compliant)
            #expect(SourceClass.forwarded.decided(verdict) == .forwarded)
            for sourceClass in SourceClass.allCases {
                let once = sourceClass.decided(verdict)
                #expect(once.decided(verdict) == once)
            }
        }
        for lost in [SourceClass.unknown, .spoofing, .blocklisted, .misconfigured] {
            #expect(lost.decided(.authorised) == .misconfigured)
            #expect(lost.decided(.rejected).fate == .forged)
        }
    }

    @Test func `a service with the same aliases for everybody gets them and its include`() {
        let needed = SenderAuthorisation(
            of: Self.sender("zendesk"), domain: Self.domain, spf: "v=spf1 mx ~all")
        #expect(
            needed.changes == [
                DNSChange(
                    name: "zendesk1._domainkey.one.example", type: "CNAME",
                    add: ["zendesk1._domainkey.zendesk.com."]),
                DNSChange(
                    name: "zendesk2._domainkey.one.example", type: "CNAME",
                    add: ["zendesk2._domainkey.zendesk.com."]),
                DNSChange(
                    name: "one.example", type: "TXT", remove: ["v=spf1 mx ~all"],
                    add: ["v=spf1 mx include:mail.zendesk.com ~all"]),
            ])
        #expect(needed.sentence.contains("sign with DKIM as one.example"))
        #expect(needed.instructions.count == 1)
        // What is published is not proposed again, and an unknown record is not changed.
        let rest = SenderAuthorisation(
            of: Self.sender("zendesk"), domain: Self.domain, spf: nil, isSPFKnown: false,
            publishedKeys: ["zendesk1._domainkey.one.example"])
        #expect(rest.changes.map(\.name) == ["zendesk2._domainkey.one.example"])
        #expect(rest.sentence.contains("could not be looked up"))
        let done = SenderAuthorisation(
            of: Self.sender("zendesk", spfAligned: 3), domain: Self.domain, spf: nil,
            publishedKeys: [
                "zendesk1._domainkey.one.example", "zendesk2._domainkey.one.example",
            ])
        #expect(done.changes.isEmpty)
        #expect(done.sentence.contains("the keys of Zendesk are published"))
    }

    @Test func `where nothing is to be changed it says so`() {
        let proved = SenderAuthorisation(
            of: Self.sender("zendesk", [.compliant: 5, .forwarded: 1]), domain: Self.domain,
            spf: nil)
        #expect(proved.changes.isEmpty && proved.instructions.isEmpty)
        #expect(proved.sentence.contains("Nothing has to change in your DNS"))
        let strange = SenderAuthorisation(of: Self.sender(nil), domain: Self.domain, spf: nil)
        #expect(strange.changes.isEmpty)
        #expect(strange.sentence.contains("the catalogue does not know"))
        // Mailchimp's own return path: an include would do nothing.
        let mailchimp = SenderAuthorisation(
            of: Self.sender("mailchimp"), domain: Self.domain, spf: "v=spf1 -all")
        #expect(mailchimp.changes.map(\.type) == ["CNAME", "CNAME"])
    }

    @Test func `every service with known aliases is a row of the catalogue that signs`() {
        for service in SenderCatalogue.embedded.services {
            let names = ServiceAdvice.keyNames(serviceID: service.id, domain: Self.domain)
            guard !names.isEmpty else { continue }
            #expect(service.signsAsCustomer, "\(service.id)")
            for name in names {
                let selector = String(name.text.prefix { $0 != "." })
                #expect(service.dkimSelectors.contains(selector), "\(name)")
            }
        }
        #expect(!ServiceAdvice.keyNames(serviceID: "fastmail", domain: Self.domain).isEmpty)
        #expect(ServiceAdvice.keyNames(serviceID: "nonsense", domain: Self.domain).isEmpty)
        #expect(!ServiceAdvice.text(serviceID: nil, domain: Self.domain).isEmpty)
    }

    @Test func `the plan takes back what lets a rejected sender pass`() throws {
        var facts = PlanFacts(domain: Self.domain, recordText: "v=DMARC1; p=none; rua=mailto:a@b")
        facts.spfText = "v=spf1 include:mail.zendesk.com mx ~all"
        facts.senders = [
            Self.sender("zendesk", [.compliant: 40, .spoofing: 5], verdict: .rejected),
            Self.sender("mailchimp", [.misconfigured: 9], verdict: .authorised),
        ]
        let plan = EnforcementPlanner().plan(facts)
        let step = try #require(plan.steps.first { $0.kind == .revokeSender })
        #expect(step.senderKey == "service:zendesk" && step.messages == 40)
        #expect(step.changes.map(\.add) == [["v=spf1 mx ~all"]])
        #expect(!plan.steps.contains { $0.kind == .addDKIM && $0.senderKey == "service:zendesk" })
        let fix = try #require(plan.steps.first { $0.kind == .fixSender })
        // Nobody is asked again whether it is theirs.
        #expect(!fix.instructions.contains { $0.contains("If nobody of yours") })
    }
}
