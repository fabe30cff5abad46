import Gateway
import Identities
import MailAuthentication
import MailReports
import Testing

/// What a message says about its author's domain is told as RFC 9990 has it, and nothing else.
struct DMARCObservationTests {
    private static let reject = Decision(.reject, .policyReject, "no")

    @Test func `a spoofed message tells of its source and of what was done`() async throws {
        let workshop = try ReportWorkshop()
        let found = await workshop.authenticate("203.0.113.9", mailFrom: "x@bad.example")
        let observation = try #require(
            DMARCObservation(found, Self.reject, recipients: [try reportDomain("receiver.example")])
        )
        #expect(observation.domain.text == "acme.example")
        #expect(observation.organization.text == "acme.example")
        #expect(observation.record == ReportWorkshop.zone["_dmarc.acme.example"])
        #expect(observation.method == "treewalk")
        var row = AggregateRecord()
        row.source = IPAddress("203.0.113.9")
        row.sourceText = "203.0.113.9"
        row.count = 1
        row.disposition = "reject"
        row.headerFrom = "acme.example"
        row.envelopeFrom = "bad.example"
        row.envelopeTo = "receiver.example"
        row.spf = [.init(domain: "bad.example", scope: "mfrom", result: "none")]
        #expect(observation.row == row)
    }

    @Test func `a message that passes under a policy is told of as passed`() async throws {
        let workshop = try ReportWorkshop()
        let deliver = Decision(.deliver, .authenticated, "yes")
        var found = await workshop.authenticate("192.0.2.1")
        var row = try #require(DMARCObservation(found, deliver)?.row)
        #expect(row.disposition == "pass")
        #expect(row.spfEvaluated == "pass")
        #expect(row.dkimEvaluated == "fail")
        #expect(row.reasons.isEmpty)
        // What else made us refuse it is our business.
        #expect(DMARCObservation(found, Decision(.reject, .listedClient, ""))?.row == row)
        workshop.set("_dmarc.acme.example", "v=DMARC1; p=none; rua=mailto:dmarc@acme.example")
        found = await workshop.authenticate("192.0.2.1")
        row = try #require(DMARCObservation(found, deliver)?.row)
        #expect(row.disposition == "none")
    }

    @Test(arguments: [
        // Record, decision, disposition, reason.
        ("p=reject", Decision(.reject, .policyReject, ""), "reject", ""),
        ("p=quarantine", Decision(.hold, .policyQuarantine, ""), "quarantine", ""),
        ("p=none", Decision(.deliver, .policyNone, ""), "none", ""),
        ("p=reject; t=y", Decision(.hold, .policyQuarantine, ""), "quarantine", "policy_test_mode"),
        ("p=reject", Decision(.deliver, .trustedForwarder, ""), "none", "trusted_forwarder"),
        ("p=reject", Decision(.deliver, .ownNetwork, ""), "none", "local_policy"),
        ("p=reject", Decision(.hold, .overran, ""), "quarantine", "local_policy"),
        ("p=none", Decision(.hold, .ownDomainForged, ""), "quarantine", "local_policy"),
        // Stricter for reasons that have nothing to do with DMARC.
        ("p=none", Decision(.reject, .listedClient, ""), "none", ""),
    ])
    func `an exception from the policy has its reason`(
        policy: String, decision: Decision, disposition: String, reason: String
    ) async throws {
        let workshop = try ReportWorkshop()
        workshop.set("_dmarc.acme.example", "v=DMARC1; \(policy); rua=mailto:d@acme.example")
        let found = await workshop.authenticate("203.0.113.9")
        let row = try #require(DMARCObservation(found, decision)?.row)
        #expect(row.disposition == disposition)
        #expect(row.reasons.map(\.type) == (reason.isEmpty ? [] : [reason]))
    }

    @Test func `nothing is kept of mail that nobody asked about`() async throws {
        let workshop = try ReportWorkshop()
        let none = await workshop.authenticate("192.0.2.1", from: "a@unknown.example")
        #expect(DMARCObservation(none, Decision(.deliver, .noPolicy, "")) == nil)
        workshop.set("_dmarc.acme.example", "v=DMARC1; p=reject")
        let quiet = await workshop.authenticate("192.0.2.1")
        #expect(DMARCObservation(quiet, Decision(.deliver, .authenticated, "")) == nil)
        // What was put off comes again.
        let other = try await ReportWorkshop().authenticate("203.0.113.9")
        #expect(DMARCObservation(other, Decision(.defer, .dnsUnavailable, "")) == nil)
    }

    @Test func `the null sender is an empty one, and several recipients' domains are none`()
        async throws
    {
        let workshop = try ReportWorkshop()
        let found = await workshop.authenticate("203.0.113.9", mailFrom: "")
        let recipients = [try reportDomain("a.example"), try reportDomain("b.example")]
        let row = try #require(DMARCObservation(found, Self.reject, recipients: recipients)?.row)
        #expect(row.envelopeFrom == "")
        #expect(row.envelopeTo == nil)
        #expect(row.spf.first?.scope == "mfrom")
    }

    @Test func `signatures stand in the order of what they prove, and not too many`() async throws {
        let workshop = try ReportWorkshop()
        var found = await workshop.authenticate("203.0.113.9")
        func signature(_ result: DKIMResult, _ name: String, _ selector: String = "s") throws
            -> DKIMVerification
        {
            DKIMVerification(
                result, domain: try reportDomain(name), selector: selector,
                reason: String(repeating: "é", count: 500))
        }
        found.dkim =
            [
                try signature(.fail, "bad.example"), try signature(.pass, "other.example"),
                try signature(.pass, "mail.acme.example"), try signature(.pass, "acme.example"),
                try signature(.pass, "acme.example"),
                DKIMVerification(.permerror, reason: "cannot be read"),
            ]
            + (try (0..<30).map { try signature(.neutral, "n.example", "s\($0)") })
        found.dmarc?.alignment.dkim = IdentifierAlignment(
            .aligned, domain: try reportDomain("mail.acme.example"), mode: .relaxed, signature: 2)
        let row = try #require(DMARCObservation(found, Self.reject)?.row)
        #expect(row.dkimEvaluated == "pass")
        #expect(row.dkim.count == Limits.reportedSignatures)
        #expect(
            row.dkim.prefix(5).map(\.domain) == [
                "acme.example", "mail.acme.example", "other.example", "bad.example", "n.example",
            ])
        #expect(row.dkim[0].humanResult == nil)
        let words = try #require(row.dkim[3].humanResult)
        #expect(words.utf8.count == Limits.reportCommentOctets)
        #expect(words.allSatisfy { $0 == "é" })
    }
}
