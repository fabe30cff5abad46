import DomainAnalysis
import Identities
import Testing

@Suite("Sender identification")
struct IdentificationTests {
    typealias Confidence = SenderIdentification.Confidence
    typealias Kind = SenderIdentification.EvidenceKind

    struct Case: CustomTestStringConvertible, Sendable {
        var title: String
        var observation: SourceObservation
        var key: String
        var confidence: Confidence
        var first: Kind?
        var testDescription: String { title }

        init(
            _ title: String, _ observation: SourceObservation, _ key: String,
            _ confidence: Confidence, _ first: Kind?
        ) {
            self.title = title
            self.observation = observation
            self.key = key
            self.confidence = confidence
            self.first = first
        }
    }

    static let services: [Case] = [
        Case(
            "the key's alias leads to the service",
            Sample.observation(dkim: [
                Sample.signature(
                    "example.com", selector: "x9", alias: "x9.dkim.amazonses.com")
            ]), "service:amazon-ses", .certain, .dkimAlias),
        Case(
            "an alias beats the domain that signed",
            Sample.observation(dkim: [
                Sample.signature("sendgrid.net", selector: "s1"),
                Sample.signature("example.com", selector: "k2", alias: "dkim2.mcsv.net"),
            ]), "service:mailchimp", .certain, .dkimAlias),
        Case(
            "the service signs in its own name",
            Sample.observation(dkim: [Sample.signature("sendgrid.net", selector: "smtpapi")]),
            "service:sendgrid", .certain, .dkimDomain),
        Case(
            "a name below the service's domain",
            Sample.observation(dkim: [Sample.signature("bf1.hubspotemail.net")]),
            "service:hubspot", .certain, .dkimDomain),
        Case(
            "a wildcard row does not match its own apex",
            Sample.observation(dkim: [Sample.signature("onmicrosoft.com")]),
            "host:onmicrosoft.com", .strong, .dkimDomain),
        Case(
            "a domain that only ends alike",
            Sample.observation(dkim: [Sample.signature("notsendgrid.net")]),
            "host:notsendgrid.net", .strong, .dkimDomain),
        Case(
            "DKIM beats MAIL FROM",
            Sample.observation(
                mailFrom: "bounce.amazonses.com", spf: "pass",
                dkim: [Sample.signature("sendgrid.net")]), "service:sendgrid", .certain,
            .dkimDomain),
        Case(
            "MAIL FROM with an SPF pass",
            Sample.observation(mailFrom: "mail12.suw11.rsgsv.net", spf: "pass"),
            "service:mailchimp", .strong, .mailFrom),
        Case(
            "MAIL FROM without a pass is a claim",
            Sample.observation(mailFrom: "mail12.suw11.rsgsv.net", spf: "softfail"), "unknown",
            .none, nil),
        Case(
            "MAIL FROM beats the reverse name",
            Sample.observation(
                mailFrom: "pm.mtasv.net", spf: "pass",
                reverse: Sample.confirmed("o1.sendgrid.net")), "service:postmark", .strong,
            .mailFrom),
        Case(
            "a confirmed reverse name",
            Sample.observation(reverse: Sample.confirmed("o1.ptr12.sendgrid.net")),
            "service:sendgrid", .moderate, .reverseName),
        Case(
            "two kinds that agree count for more",
            Sample.observation(
                mailFrom: "bounces.sendgrid.net", spf: "pass",
                reverse: Sample.confirmed("o1.sendgrid.net")), "service:sendgrid", .certain,
            .mailFrom),
        Case(
            "a proved selector backs a reverse name",
            Sample.observation(
                dkim: [Sample.signature("example.com", selector: "mte1")],
                reverse: Sample.confirmed("mail1.mandrillapp.com")),
            "service:mailchimp-transactional", .strong, .reverseName),
        Case(
            "a failed selector backs nothing",
            Sample.observation(
                dkim: [Sample.signature("example.com", "fail", selector: "mte1")],
                reverse: Sample.confirmed("mail1.mandrillapp.com")),
            "service:mailchimp-transactional", .moderate, .reverseName),
        Case(
            "a selector name alone stays weak",
            Sample.observation(dkim: [Sample.signature("example.com", selector: "zendesk1")]),
            "service:zendesk", .weak, .selector),
        Case(
            "a selector that two services use names neither",
            Sample.observation(dkim: [Sample.signature("example.com", selector: "krs")]),
            "own:example.com", .strong, .dkimDomain),
        Case(
            "a label below the own domain is a weak custom",
            Sample.observation(mailFrom: "pm-bounces.example.com", spf: "pass"),
            "service:postmark/pm-bounces.example.com", .weak, .mailFrom),
        Case(
            "a failed signature of a service proves nothing",
            Sample.observation(dkim: [Sample.signature("sendgrid.net", "fail")]),
            "service:sendgrid", .weak, .dkimDomain),
        Case(
            "a passing signature beats a failed alias",
            Sample.observation(dkim: [
                Sample.signature(
                    "example.com", "fail", selector: "k2", alias: "dkim2.mcsv.net"),
                Sample.signature("pm.mtasv.net"),
            ]), "service:postmark", .certain, .dkimDomain),
    ]

    static let hosts: [Case] = [
        Case(
            "own signature, nothing else",
            Sample.observation(dkim: [Sample.signature("mail.example.com", selector: "a")]),
            "own:example.com", .strong, .dkimDomain),
        Case(
            "own signature and own confirmed host",
            Sample.observation(
                dkim: [Sample.signature("example.com")],
                reverse: Sample.confirmed("mx1.example.com")), "own:example.com", .certain,
            .dkimDomain),
        Case(
            "own confirmed host without proof",
            Sample.observation(reverse: Sample.confirmed("printer.example.com")),
            "own:example.com", .strong, .reverseName),
        Case(
            "own signature from a host of somebody else",
            Sample.observation(
                dkim: [Sample.signature("example.com")],
                reverse: Sample.confirmed("mail.university.co.uk")), "host:university.co.uk",
            .moderate, .dkimDomain),
        Case(
            "own MAIL FROM with a pass",
            Sample.observation(mailFrom: "bounces.example.com", spf: "pass"), "own:example.com",
            .strong, .mailFrom),
        Case(
            "somebody else's signature",
            Sample.observation(dkim: [Sample.signature("news.supplier.org")]),
            "host:supplier.org", .strong, .dkimDomain),
        Case(
            "somebody else's MAIL FROM",
            Sample.observation(mailFrom: "b.supplier.org", spf: "pass"), "host:supplier.org",
            .moderate, .mailFrom),
        Case(
            "a confirmed host",
            Sample.observation(reverse: Sample.confirmed("vps7.hosting.org")),
            "host:hosting.org", .moderate, .reverseName),
        Case(
            "only a network",
            Sample.observation(
                network: .init(number: 64500, organisation: "Example Telecom", country: "SE")),
            "network:AS64500", .weak, .network),
        Case(
            "a network beats the selector of a failed signature",
            Sample.observation(
                dkim: [Sample.signature("example.com", "fail", selector: "mte1")],
                network: .init(number: 64500, organisation: "Example Telecom", country: nil)),
            "network:AS64500", .weak, .network),
        Case(
            "a network without a name is called by its number",
            Sample.observation(network: .init(number: 64500, organisation: nil, country: nil)),
            "network:AS64500", .weak, .network),
        Case(
            "a country alone names nobody",
            Sample.observation(network: .init(number: nil, organisation: nil, country: "SE")),
            "unknown", .none, .network),
        Case("nothing at all", Sample.observation(), "unknown", .none, nil),
    ]

    static let hostile: [Case] = [
        Case(
            "a reverse name that pretends to be a service",
            Sample.observation(reverse: Sample.unconfirmed("o1.ptr1.sendgrid.net")), "unknown",
            .none, nil),
        Case(
            "a confirmed name that has a service's name inside",
            Sample.observation(reverse: Sample.confirmed("sendgrid.net.evil.org")),
            "host:evil.org", .moderate, .reverseName),
        Case(
            "an SPF pass without MAIL FROM, as for a HELO name",
            Sample.observation(mailFrom: nil, spf: "pass"), "unknown", .none, nil),
        Case(
            "a label of a service below a foreign domain",
            Sample.observation(mailFrom: "pm-bounces.evil.org", spf: "pass"), "host:evil.org",
            .moderate, .mailFrom),
        Case(
            "an alias that only begins like a service",
            Sample.observation(dkim: [
                Sample.signature(
                    "evil.org", selector: "s", alias: "dkim.amazonses.com.evil.org")
            ]), "host:evil.org", .strong, .dkimDomain),
        Case(
            "a signature whose result is not pass",
            Sample.observation(dkim: [Sample.signature("example.com", "policy")]), "unknown",
            .none, nil),
    ]

    static let shared: [Case] = [
        Case(
            "a MAIL FROM set up for one system",
            Sample.observation(
                mailFrom: "bounce.hr.example.com", spf: "pass",
                dkim: [
                    Sample.signature("amazonses.com"), Sample.signature("hr.example.com"),
                ]), "service:amazon-ses/bounce.hr.example.com", .certain, .dkimDomain),
        Case(
            "a subdomain that signs",
            Sample.observation(
                mailFrom: "eu-west-1.amazonses.com", spf: "pass",
                dkim: [
                    Sample.signature("amazonses.com"),
                    Sample.signature("shop.example.com", selector: "a2bcdefghijklmnopqrstuvwxyz23"),
                ]), "service:amazon-ses/shop.example.com", .certain, .dkimDomain),
        Case(
            "the usual selectors tell nothing apart",
            Sample.observation(dkim: [
                Sample.signature("sendgrid.net"),
                Sample.signature("example.com", selector: "s2"),
            ]), "service:sendgrid", .certain, .dkimDomain),
        Case(
            "a selector of its own, whatever its counter",
            Sample.observation(dkim: [
                Sample.signature("sendgrid.net"),
                Sample.signature("example.com", selector: "invoices2"),
            ]), "service:sendgrid/s=invoices", .certain, .dkimDomain),
        Case(
            "a supplier that sends through the service",
            Sample.observation(dkim: [
                Sample.signature("amazonses.com"), Sample.signature("mail.hr-supplier.org"),
            ]), "service:amazon-ses/hr-supplier.org", .certain, .dkimDomain),
    ]

    @Test("Evidence leads to the sender", arguments: services + hosts + hostile + shared)
    func identifies(_ test: Case) {
        let result = Sample.identify(test.observation)
        #expect(result.key == test.key)
        #expect(result.confidence == test.confidence)
        #expect(result.evidence.first?.kind == test.first)
        if let id = result.serviceID { #expect(result.key.hasPrefix("service:\(id)")) }
        #expect(result.evidence.allSatisfy { !$0.observation.isEmpty && !$0.match.isEmpty })
    }

    @Test func `Domains of the owner beside the author's count as own`() {
        let identifier = SenderIdentifier(ownDomains: [Sample.name("example.net")])
        let seen = Sample.observation(dkim: [Sample.signature("mail.example.net")])
        let result = identifier.identify(seen, organizationalDomain: Sample.organization)
        #expect(result.key == "own:example.net")
    }

    @Test func `Evidence for another service is kept and comes last`() throws {
        let result = Sample.identify(
            Sample.observation(
                mailFrom: "mg.mailgun.org", spf: "pass",
                dkim: [Sample.signature("sendgrid.net")],
                reverse: Sample.confirmed("o1.mailgun.net")))
        #expect(result.serviceID == "sendgrid")
        #expect(result.evidence.map(\.kind) == [.dkimDomain, .reverseName])
        #expect(try #require(result.evidence.last).match.contains("Mailgun"))
    }

    @Test func `Signatures beyond the limit are not looked at`() {
        var signatures = (0..<SourceLimits.signatures).map {
            Sample.signature("d\($0).example.org", "fail")
        }
        signatures.append(Sample.signature("sendgrid.net"))
        let result = Sample.identify(Sample.observation(dkim: signatures))
        #expect(result.key == "unknown")
        let tokens = Sample.observation(dkim: [
            Sample.signature("sendgrid.net"),
            Sample.signature(
                "example.com",
                selector: String(repeating: "q", count: SourceLimits.selectorNameLength)),
        ])
        #expect(Sample.identify(tokens).key == "service:sendgrid")
        let long = Sample.observation(
            network: .init(
                number: 1,
                organisation: String(repeating: "o", count: SourceLimits.quotedLength + 1),
                country: nil))
        #expect(Sample.identify(long).name.count == SourceLimits.quotedLength)
    }
}
