import DomainAnalysis
import Identities
import Testing

@Suite("Classes of sources")
struct ClassificationTests {
    typealias Code = Classification.ReasonCode

    struct Case: CustomTestStringConvertible, Sendable {
        var title: String
        var observation: SourceObservation
        var sourceClass: SourceClass
        var reason: Code
        var isAligned = false
        var testDescription: String { title }

        init(
            _ title: String, _ observation: SourceObservation, _ sourceClass: SourceClass,
            _ reason: Code, isAligned: Bool = false
        ) {
            self.title = title
            self.observation = observation
            self.sourceClass = sourceClass
            self.reason = reason
            self.isAligned = isAligned
        }
    }

    static let brokenOwn = Sample.signature("example.com", "fail", selector: "a")

    static let cases: [Case] = [
        Case(
            "an aligned pass beats everything",
            Sample.observation(
                reverse: Sample.unconfirmed("x.sendgrid.net"), overrides: [("forwarded", nil)],
                blocklists: ["zen.example"]), .compliant, .alignedPass, isAligned: true),
        Case(
            "a reverse name that does not lead back",
            Sample.observation(reverse: Sample.unconfirmed("mail.example.com")), .spoofing,
            .reverseNameMismatch),
        Case(
            "a false reverse name comes before a blocklist and a forwarder's override",
            Sample.observation(
                reverse: Sample.unconfirmed("mx.example.org"), overrides: [("forwarded", nil)],
                blocklists: ["zen.example"]), .spoofing, .reverseNameMismatch),
        Case(
            "a false reverse name with proof for somebody",
            Sample.observation(
                dkim: [Sample.signature("sendgrid.net")],
                reverse: Sample.unconfirmed("mx.example.org")), .misconfigured,
            .serviceUnaligned),
        Case(
            "a receiver's trust outweighs a false reverse name",
            Sample.observation(
                reverse: Sample.unconfirmed("mx.example.org"),
                overrides: [("trusted_forwarder", nil)]), .forwarded, .receiverTrustedForwarder),
        Case(
            "a blocklisted address",
            Sample.observation(
                reverse: Sample.confirmed("mx.example.org"), blocklists: ["zen.example"]),
            .blocklisted, .blocklisted),
        Case(
            "a blocklisted address with proof",
            Sample.observation(
                dkim: [Sample.signature("sendgrid.net")], blocklists: ["zen.example"]),
            .misconfigured, .serviceUnaligned),
        Case(
            "blocklisted comes before forwarded",
            Sample.observation(
                overrides: [("mailing_list", nil)], blocklists: ["zen.example"]), .blocklisted,
            .blocklisted),
        Case(
            "override: forwarded", Sample.observation(overrides: [("forwarded", nil)]),
            .forwarded, .receiverForwarded),
        Case(
            "override: mailing list", Sample.observation(overrides: [("mailing_list", "x")]),
            .forwarded, .receiverMailingList),
        Case(
            "override: trusted forwarder, misspelt",
            Sample.observation(overrides: [("trusted_forwarded", nil)]), .forwarded,
            .receiverTrustedForwarder),
        Case(
            "override: ARC passed",
            Sample.observation(overrides: [("local_policy", "ARC=pass as[1].d=example.org")]),
            .forwarded, .receiverTrustedChain),
        Case(
            "override: ARC failed says nothing",
            Sample.observation(
                reverse: .none, overrides: [("local_policy", "arc=fail")]), .spoofing,
            .noReverseName),
        Case(
            "override: sampled out says nothing",
            Sample.observation(reverse: .none, overrides: [("sampled_out", nil)]), .spoofing,
            .noReverseName),
        Case(
            "a known forwarder",
            Sample.observation(
                mailFrom: "x.example.net", spf: "fail",
                reverse: Sample.confirmed("mx1.forwardemail.net")), .forwarded, .knownForwarder),
        Case(
            "a known host of mailing lists",
            Sample.observation(reverse: Sample.confirmed("web01.groups.io")), .forwarded,
            .knownMailingList),
        Case(
            "a list's return path",
            Sample.observation(mailFrom: "lists.example.org", spf: "pass"), .forwarded,
            .listMailFrom),
        Case(
            "a list's return path without a pass costs nothing to claim",
            Sample.observation(mailFrom: "lists.example.org", spf: "fail", reverse: .none),
            .spoofing, .noReverseName),
        Case(
            "a rewritten return path",
            Sample.observation(mailFrom: "srs.mailer.example.org", spf: "pass"), .forwarded,
            .forwarderMailFrom),
        Case(
            "an own signature broken on the way, return path of somebody else",
            Sample.observation(mailFrom: "college.org", spf: "pass", dkim: [brokenOwn]),
            .forwarded, .brokenOwnSignature),
        Case(
            "an own signature broken on the way, from a real host",
            Sample.observation(
                mailFrom: "example.com", spf: "fail", dkim: [brokenOwn],
                reverse: Sample.confirmed("mail.college.org")), .forwarded, .brokenOwnSignature),
        Case(
            "a made-up own signature from a dial-up line",
            Sample.observation(
                mailFrom: "example.com", spf: "fail", dkim: [brokenOwn],
                reverse: Sample.confirmed("198-51-100-7.dsl.isp.net")), .spoofing,
            .genericReverseName),
        Case(
            "a made-up own signature from an address without name",
            Sample.observation(dkim: [brokenOwn], reverse: .none), .spoofing, .noReverseName),
        Case(
            "an own signature that fails at a service of the owner is work, not forwarding",
            Sample.observation(
                mailFrom: "bounces.sendgrid.net", spf: "pass",
                dkim: [brokenOwn, Sample.signature("sendgrid.net")]), .misconfigured,
            .serviceUnaligned),
        Case(
            "a mailbox service that forwards",
            Sample.observation(
                mailFrom: "tenant.onmicrosoft.com", spf: "pass", dkim: [brokenOwn],
                reverse: Sample.confirmed("mail-db8.outbound.protection.outlook.com")),
            .forwarded, .brokenOwnSignature),
        Case(
            "a service that passes in its own name",
            Sample.observation(mailFrom: "mail1.atl1.rsgsv.net", spf: "pass"), .misconfigured,
            .serviceUnaligned),
        Case(
            "a service's host without any pass",
            Sample.observation(
                mailFrom: "example.com", spf: "softfail",
                reverse: Sample.confirmed("mail1.atl1.rsgsv.net")), .misconfigured,
            .serviceUnproved),
        Case(
            "an own host without any pass",
            Sample.observation(
                mailFrom: "example.com", spf: "fail",
                reverse: Sample.confirmed("printer.example.com")), .misconfigured,
            .ownHostUnproved),
        Case(
            "an own host whose name does not lead back",
            Sample.observation(
                mailFrom: "example.com", spf: "fail",
                reverse: Sample.unconfirmed("printer.example.com")), .spoofing,
            .reverseNameMismatch),
        Case(
            "a free mailbox",
            Sample.observation(
                mailFrom: "gmail.com", spf: "pass", dkim: [Sample.signature("gmail.com")]),
            .unknown, .consumerMailbox),
        Case(
            "a shared host without any pass",
            Sample.observation(reverse: Sample.confirmed("mail-1.google.com")), .unknown,
            .sharedHostUnproved),
        Case(
            "a pass of one's own that the receiver did not count",
            Sample.observation(
                mailFrom: "mail.example.com", spf: "pass",
                dkim: [Sample.signature("news.example.com")]),
            .misconfigured, .ownPassNotCounted),
        Case(
            "a pass of a stranger",
            Sample.observation(
                mailFrom: "evil.org", spf: "pass", dkim: [Sample.signature("evil.org")]),
            .unknown, .foreignPass),
        Case(
            "a look-up that failed",
            Sample.observation(mailFrom: "example.com", spf: "temperror", reverse: .none),
            .unknown, .temporaryFailure),
        Case(
            "no reverse name", Sample.observation(spf: "softfail", reverse: .none), .spoofing,
            .noReverseName),
        Case(
            "a customer line",
            Sample.observation(reverse: Sample.confirmed("host7.dynamic.isp.net")), .spoofing,
            .genericReverseName),
        Case(
            "excluded by the own SPF record, name not asked",
            Sample.observation(mailFrom: "example.com", spf: "softfail"), .spoofing,
            .excludedBySPF),
        Case(
            "a named host that nothing ties to the owner",
            Sample.observation(spf: "softfail", reverse: Sample.confirmed("mx.company.org")),
            .unknown, .unprovedHost),
        Case(
            "nothing known", Sample.observation(spf: "neutral"), .unknown, .notEnoughEvidence),
        Case(
            "a failed signature of a service makes no service",
            Sample.observation(
                dkim: [Sample.signature("sendgrid.net", "fail")], reverse: .none), .spoofing,
            .noReverseName),
    ]

    @Test("What was seen leads to the class", arguments: cases)
    func classifies(_ test: Case) {
        let identification = Sample.identify(test.observation)
        let result = SourceClassifier().classify(
            test.observation, identification, isAligned: test.isAligned)
        #expect(result.sourceClass == test.sourceClass, "\(result)")
        #expect(result.reason == test.reason, "\(result)")
        #expect(result.sentence.hasSuffix("."))
    }

    @Test func `Every reason is reached by some case`() {
        #expect(Set(Self.cases.map(\.reason)) == Set(Code.allCases))
    }

    @Test func `Every class is reached by some case`() {
        #expect(Set(Self.cases.map(\.sourceClass)) == Set(SourceClass.allCases))
    }

    @Test(
        "Names of customer lines are told from names of servers",
        arguments: [
            ("198-51-100-7.isp.net", true), ("7.100.51.198.static.isp.net", true),
            ("host-c6336407.isp.net", true), ("p5dc.dip0.t-ipconnect.de", true),
            ("cpe-12.res.provider.com", true), ("mail.example.org", false),
            ("mx198.example.org", false), ("smtp-51-100.mail.example.org", false),
            ("pool.org", false), ("carpool.mail.example.org", false),
        ])
    func shapes(_ name: String, _ isGeneric: Bool) {
        let result = ReverseNameShape.isGeneric(
            Sample.name(name), address: IPAddress("198.51.100.7"))
        #expect(result == isGeneric)
    }
}
