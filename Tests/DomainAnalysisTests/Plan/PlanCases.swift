import DomainAnalysis
import Identities
import MailReports

/// The domains whose plans are kept as files.
enum PlanCases {
    static let today = UTCDay("2026-11-21")
    static let names = [
        "bank-under-attack", "brand-with-many-senders", "parked", "parked-and-closed",
        "at-reject", "behind-a-mailing-list", "no-record", "broken-record", "testing-quarantine",
        "old-tags-at-reject",
    ]

    static func facts(_ name: String) -> PlanFacts {
        switch name {
        case "bank-under-attack": bank
        case "brand-with-many-senders": brand
        case "parked": parked
        case "parked-and-closed": closed
        case "at-reject": rejecting
        case "behind-a-mailing-list": list
        case "no-record": noRecord
        case "broken-record": brokenRecord
        case "testing-quarantine": testing
        default: oldTags
        }
    }

    static func base(_ domain: String, _ record: String?, days: Int = 30) -> PlanFacts {
        var facts = PlanFacts(domain: Sample.name(domain), recordText: record)
        facts.daysObserved = days
        facts.reporters = 6
        facts.today = today
        facts.policySince = today.map { $0.advanced(by: -days) }
        facts.mailExchange = .hosts(["10 mx.\(domain)."])
        facts.spfText = "v=spf1 mx -all"
        return facts
    }

    static func finish(_ facts: PlanFacts) -> PlanFacts {
        var facts = facts
        facts.totalMessages = facts.senders.reduce(0) { $0 + $1.messages }
        return facts
    }

    static func sender(
        _ key: String, _ name: String, _ byClass: [SourceClass: Int64], dkim: Int64, spf: Int64,
        confidence: SenderIdentification.Confidence = .certain, sources: Int = 3,
        selectors: [String] = [], mailFroms: [String] = []
    ) -> PlanSender {
        let id = key.hasPrefix("service:") ? key.dropFirst(8).prefix { $0 != "/" } : nil
        return PlanSender(
            key: key, name: name, serviceID: id.map(String.init), confidence: confidence,
            messages: byClass.values.reduce(0, +), byClass: byClass, dkimAligned: dkim,
            spfAligned: spf, sampleSelectors: selectors, sampleMailFroms: mailFroms,
            sources: sources, firstDay: today.map { $0.advanced(by: -29) }, lastDay: today)
    }

    static var bank: PlanFacts {
        var facts = base(
            "firstbank.example", "v=DMARC1; p=none; rua=mailto:dmarc@firstbank.example", days: 4)
        facts.spfText = "v=spf1 include:spf.protection.outlook.com -all"
        facts.senders = [
            sender(
                "service:microsoft-365", "Microsoft 365 / Exchange Online",
                [.compliant: 41_220, .forwarded: 310], dkim: 41_220, spf: 41_000,
                selectors: ["selector1"], mailFroms: ["firstbank.example"]),
            sender(
                "own:firstbank.example", "Servers of firstbank.example", [.compliant: 9_114],
                dkim: 9_114, spf: 9_114),
            sender(
                "unknown", "Unknown source", [.spoofing: 78_400_000, .blocklisted: 1_204_551],
                dkim: 0, spf: 0, confidence: .none, sources: 412_388),
        ]
        facts.atReject = .init(
            legitimate: 50_334, legitimateRejected: 0, forwardedRejected: 310,
            undecidedRejected: 0, forgedRejected: 79_604_551)
        return finish(facts)
    }

    static var brand: PlanFacts {
        var facts = base(
            "brand.example",
            "v=DMARC1; p=none; sp=none; pct=100; rua=mailto:r@brand.example,mailto:x@reports.example"
        )
        facts.spfText =
            "v=spf1 include:_spf.google.com include:servers.mcsv.net include:_spf.mimecast.com ~all"
        facts.senders = [
            sender(
                "service:google-workspace", "Google Workspace", [.compliant: 60_000],
                dkim: 60_000, spf: 60_000, selectors: ["google"], mailFroms: ["brand.example"]),
            sender(
                "service:mailchimp", "Mailchimp", [.misconfigured: 21_000], dkim: 0, spf: 0,
                selectors: ["k2"], mailFroms: ["mail12.suw11.rsgsv.net"]),
            sender(
                "service:sendgrid/em77.brand.example",
                "Twilio SendGrid for em77.brand.example", [.compliant: 12_000], dkim: 0,
                spf: 12_000, mailFroms: ["em77.brand.example"]),
            sender(
                "service:zendesk", "Zendesk", [.misconfigured: 3_000], dkim: 0, spf: 0,
                confidence: .strong, mailFroms: ["brand.example"]),
            sender(
                "own:brand.example", "Servers of brand.example", [.misconfigured: 640], dkim: 0,
                spf: 0, confidence: .strong, sources: 1),
            sender(
                "service:jetemail", "JetEmail", [.misconfigured: 12], dkim: 0, spf: 0,
                confidence: .strong),
            sender(
                "host:supplier.example", "supplier.example", [.unknown: 900], dkim: 0, spf: 0,
                confidence: .strong),
            sender(
                "unknown", "Unknown source", [.spoofing: 5_200, .unknown: 40], dkim: 0, spf: 0,
                confidence: .none, sources: 310),
        ]
        for index in 1...6 {
            facts.senders.append(
                sender(
                    "host:small\(index).example", "small\(index).example",
                    [.unknown: Int64(10 * index)], dkim: 0, spf: 0, confidence: .moderate,
                    sources: 1))
        }
        return finish(facts)
    }

    static var parked: PlanFacts {
        var facts = base("brand-shop.example", "v=DMARC1; p=none; rua=mailto:r@brand.example")
        facts.mailExchange = .none
        facts.spfText = nil
        facts.senders = [
            sender(
                "unknown", "Unknown source", [.spoofing: 1_412], dkim: 0, spf: 0,
                confidence: .none, sources: 377)
        ]
        return finish(facts)
    }

    static var closed: PlanFacts {
        var facts = base(
            "brand-old.example",
            "v=DMARC1;p=reject;sp=reject;np=reject;rua=mailto:r@brand.example")
        facts.mailExchange = .null
        facts.spfText = "v=spf1 -all"
        facts.wildcardKeyIsRevoked = true
        return finish(facts)
    }

    static var rejecting: PlanFacts {
        var facts = base(
            "calm.example", "v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@calm.example",
            days: 90)
        facts.senders = [
            sender(
                "own:calm.example", "Servers of calm.example", [.compliant: 30_000],
                dkim: 29_990, spf: 30_000),
            sender(
                "unknown", "Unknown source", [.spoofing: 88], dkim: 0, spf: 0,
                confidence: .none, sources: 80),
        ]
        return finish(facts)
    }

    static var list: PlanFacts {
        var facts = base(
            "society.example", "v=DMARC1; p=quarantine; rua=mailto:d@society.example", days: 12)
        facts.senders = [
            sender(
                "service:fastmail", "Fastmail", [.compliant: 8_000], dkim: 8_000, spf: 7_900,
                selectors: ["fm1", "fm2"]),
            sender(
                "service:groups-io", "Groups.io", [.forwarded: 1_500], dkim: 0, spf: 0,
                confidence: .moderate),
            sender(
                "host:lists.example", "lists.example", [.forwarded: 700], dkim: 0, spf: 0,
                confidence: .moderate, sources: 2),
        ]
        return finish(facts)
    }

    static var noRecord: PlanFacts {
        var facts = base("fresh.example", nil, days: 0)
        facts.policySince = nil
        facts.reporters = 0
        facts.reportAddress = "reports@collector.example"
        return finish(facts)
    }

    static var brokenRecord: PlanFacts {
        var facts = base("typo.example", "v=DMARC1; p=rejct", days: 0)
        facts.policySince = nil
        facts.reporters = 0
        return finish(facts)
    }

    static var testing: PlanFacts {
        var facts = base(
            "almost.example",
            "v=DMARC1; p=quarantine; t=y; adkim=s; x-own=kept; rua=mailto:d@almost.example",
            days: 45)
        facts.senders = [
            sender(
                "own:almost.example", "Servers of almost.example", [.compliant: 500], dkim: 500,
                spf: 0)
        ]
        return finish(facts)
    }

    static var oldTags: PlanFacts {
        var facts = base(
            "aged.example",
            "v=DMARC1; p=reject; pct=50; rf=afrf; ri=86400; ruf=mailto:f@aged.example",
            days: 60)
        facts.senders = [
            sender(
                "own:aged.example", "Servers of aged.example", [.compliant: 900], dkim: 900,
                spf: 900),
            sender(
                "service:amazon-ses/hr-supplier.example", "Amazon SES for hr-supplier.example",
                [.misconfigured: 100], dkim: 0, spf: 0),
        ]
        return finish(facts)
    }
}
