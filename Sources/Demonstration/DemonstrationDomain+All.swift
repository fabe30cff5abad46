/// The five domains: a bank under attack, a brand with twenty senders, a parked domain, a domain
/// at reject, and one whose people write to mailing lists. Names and addresses are those reserved
/// for documentation and benchmarks (RFC 2606, RFC 5737, RFC 2544).
extension DemonstrationDomain {
    static var all: [DemonstrationDomain] { [bank, brand, parked, rejecting, lists] }

    /// Some tens of thousands of messages a week, and an attack that makes 84 % of a month's mail:
    /// its own servers and two services prove themselves, three services that it uses do not.
    static var bank: DemonstrationDomain {
        let domain = "harbour-bank.example"
        return DemonstrationDomain(
            name: domain,
            records: [(400, "v=DMARC1; p=none; rua=mailto:dmarc@\(domain)")],
            spf: "v=spf1 ip4:192.0.2.8/30 include:spf.protection.outlook.com ~all",
            mx: ["harbourbank.mail.protection.outlook.com"],
            senders: [
                .init(
                    name: "own servers", manner: .aligned, dkimDomain: domain, selector: "hb1",
                    mailFrom: domain, network: "192.0.2.", firstHost: 8, hosts: 3,
                    reverseName: "mx#.\(domain)", daily: 2_400),
                microsoft(domain, hosts: 12, first: 20, daily: 3_800),
                .init(
                    name: "statements by SendGrid", manner: .aligned,
                    dkimDomain: domain, selector: "s1",
                    mailFrom: "em1234.\(domain)", network: "192.0.2.", firstHost: 60, hosts: 3,
                    reverseName: "o#.ptr1234.sendgrid.net", daily: 640),
                .init(
                    name: "service desk by Zendesk", manner: .unaligned,
                    dkimDomain: "zendesk.com", selector: "zendesk1",
                    mailFrom: "mail.zendesk.com", network: "192.0.2.", firstHost: 70, hosts: 2,
                    reverseName: "outbyoip#.pod17.use1.zdsys.com", daily: 380,
                    keys: ["zendesk1._domainkey", "zendesk2._domainkey"]),
                .init(
                    name: "newsletter by Mailchimp", manner: .unaligned, dkimDomain: "mcsv.net",
                    selector: "k2", mailFrom: "mail21.atl11.rsgsv.net", network: "192.0.2.",
                    firstHost: 80, hosts: 2, reverseName: "mail#.atl11.rsgsv.net", daily: 210,
                    keys: ["k2._domainkey", "k3._domainkey"]),
                .init(
                    name: "events by MailerLite", manner: .unaligned, dkimDomain: "mlsend.com",
                    selector: "litesrv", mailFrom: "bounce.mlsend.com", network: "192.0.2.",
                    firstHost: 90, hosts: 2, reverseName: "mta#.mlsend.com", daily: 120,
                    keys: ["litesrv._domainkey"]),
                .init(
                    name: "branch scanner", manner: .spfOnly, mailFrom: domain,
                    network: "192.0.2.", firstHost: 11, hosts: 1,
                    reverseName: "scan.branch.\(domain)", daily: 22),
                .init(
                    name: "the attack", manner: .forged, mailFrom: domain, network: "198.18.",
                    firstHost: 0, hosts: 60_000, reverseName: nil, daily: 79_000,
                    fromDaysAgo: 11, rows: 90, givesUp: true),
                .init(
                    name: "small fry before it", manner: .forged, mailFrom: "spam.invalid",
                    network: "198.19.", firstHost: 0, hosts: 900, reverseName: nil, daily: 310,
                    rows: 6),
            ],
            zone: """
                hb1._domainkey.\(domain). 3600 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
                s1._domainkey.\(domain). 3600 IN CNAME s1.domainkey.u1234.wl.sendgrid.net.
                em1234.\(domain). 3600 IN CNAME u1234.wl.sendgrid.net.
                """)
    }

    /// A food brand in twenty countries with a service for everything.
    static var brand: DemonstrationDomain {
        let domain = "north-oats.example"
        var senders = [
            google(domain, daily: 5_200),
            DemonstrationSender(
                name: "shop by Amazon SES", manner: .aligned, dkimDomain: domain,
                selector: "a7xw3", mailFrom: "bounce.shop.\(domain)", network: "203.0.113.",
                firstHost: 30, hosts: 4, reverseName: "a8-#.smtp-out.amazonses.com",
                daily: 7_900, subdomain: "shop"),
            DemonstrationSender(
                name: "support by Zendesk", manner: .flaky, dkimDomain: domain,
                selector: "zendesk1", mailFrom: "mail.zendesk.com", network: "203.0.113.",
                firstHost: 40, hosts: 2, reverseName: "outbyoip#.pod17.use1.zdsys.com",
                daily: 860),
        ]
        let services: [(String, String, String, String, String, Double)] = [
            (
                "Mailchimp", "mcsv.net", "k2", "mail77.suw11.mcdlv.net", "mail#.suw11.mcdlv.net",
                2_300
            ),
            (
                "HubSpot", "hubspotemail.net", "hs1", "bf07x.hubspotemail.net",
                "bid#.hubspotemail.net", 740
            ),
            (
                "Salesforce", "salesforce.com", "sf1", "bnc.salesforce.com",
                "smtp#.mta.salesforce.com", 510
            ),
            ("Mailgun", "mailgun.org", "k1", "mg.mailgun.org", "m#.mailgun.net", 330),
            ("Postmark", "pm.mtasv.net", "pm", "pm-bounces.mtasv.net", "mta#.pstmrk.it", 280),
            (
                "SparkPost", "sparkpostmail.com", "scph1", "sparkpostmail.com",
                "mta#.sparkpostmail.com", 260
            ),
            (
                "Brevo", "sendinblue.com", "mail", "bounce.sendinblue.com",
                "ab#.mta.sendinblue.com", 240
            ),
            ("Klaviyo", "klaviyomail.com", "kl", "klaviyomail.com", "o#.klaviyomail.com", 420),
            (
                "Freshdesk", "freshdesk.com", "fd", "emailsf.freshdesk.com", "fwd#.freshdesk.com",
                130
            ),
            ("DocuSign", "docusign.net", "s1", "docusign.net", "mailda#.docusign.net", 60),
            (
                "Atlassian", "atlassian.net", "s1", "bounce.atlassian.net", "smtp#.atlassian.net",
                190
            ),
            (
                "SurveyMonkey", "surveymonkey.com", "s1", "surveymonkeyuser.com",
                "mail#.surveymonkey.com", 55
            ),
            ("Eventbrite", "eventbrite.com", "s1", "eventbrite.com", "mail#.eventbrite.com", 35),
            ("Workday", "myworkday.com", "wd", "myworkday.com", "mail#.myworkday.com", 85),
        ]
        for (index, service) in services.enumerated() {
            let keys = service.0 == "Mailchimp" ? ["k2._domainkey", "k3._domainkey"] : []
            senders.append(
                DemonstrationSender(
                    name: service.0, manner: .unaligned, dkimDomain: service.1,
                    selector: service.2, mailFrom: service.3, network: "203.0.113.",
                    firstHost: 60 + index * 4, hosts: 2, reverseName: service.4,
                    daily: service.5, keys: keys))
        }
        senders += [
            DemonstrationSender(
                name: "factory in Malmö", manner: .spfOnly, mailFrom: "mail.\(domain)",
                network: "192.0.2.", firstHost: 130, hosts: 2,
                reverseName: "out#.mail.\(domain)", daily: 150),
            DemonstrationSender(
                name: "invoices from the old ERP", manner: .forged, mailFrom: domain,
                network: "192.0.2.", firstHost: 140, hosts: 1, reverseName: "erp.\(domain)",
                daily: 44),
            DemonstrationSender(
                name: "people's forwarding", manner: .forwarded, dkimDomain: domain,
                selector: "google", mailFrom: "srs.forward.example", network: "192.0.2.",
                firstHost: 150, hosts: 3, reverseName: "fwd#.forward.example", daily: 120),
            DemonstrationSender(
                name: "prize fraud", manner: .forged, mailFrom: "prizes.invalid",
                network: "198.19.", firstHost: 2_000, hosts: 700, reverseName: nil,
                daily: 3_400, rows: 12),
        ]
        return DemonstrationDomain(
            name: domain,
            records: [
                (
                    400,
                    "v=DMARC1; p=none; pct=100; rua=mailto:dmarc@\(domain); "
                        + "ruf=mailto:ruf@\(domain)"
                )
            ],
            spf: "v=spf1 include:_spf.google.com include:amazonses.com "
                + "include:servers.mcsv.net ip4:192.0.2.128/29 ~all",
            mx: ["smtp.google.com"], senders: senders,
            zone: """
                shop.\(domain). 3600 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.
                zendesk1._domainkey.\(domain). 3600 IN CNAME zendesk1._domainkey.zendesk.com.
                mail.\(domain). 3600 IN TXT "v=spf1 ip4:192.0.2.128/29 -all"
                """)
    }

    /// Bought years ago, never used: every message in its name is forged.
    static var parked: DemonstrationDomain {
        DemonstrationDomain(
            name: "north-oat-drinks.example",
            records: [(400, "v=DMARC1; p=none; rua=mailto:dmarc@north-oats.example")],
            spf: nil, mx: [],
            senders: [
                .init(
                    name: "whoever finds it", manner: .forged,
                    mailFrom: "north-oat-drinks.example", network: "198.19.", firstHost: 5_000,
                    hosts: 300, reverseName: nil, daily: 190, rows: 5)
            ],
            zone: """
                _report._dmarc.north-oats.example. 3600 IN TXT "v=DMARC1"
                """)
    }

    /// Everything done: full rejection, and quiet.
    static var rejecting: DemonstrationDomain {
        let domain = "ledger-pay.example"
        return DemonstrationDomain(
            name: domain,
            records: [
                (
                    20,
                    "v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; rua=mailto:dmarc@\(domain)"
                ),
                (400, "v=DMARC1; p=quarantine; rua=mailto:dmarc@\(domain)"),
            ],
            spf: "v=spf1 include:spf.protection.outlook.com -all",
            mx: ["ledgerpay.mail.protection.outlook.com"],
            senders: [
                microsoft(domain, hosts: 6, first: 170, daily: 2_100),
                .init(
                    name: "receipts by Postmark", manner: .aligned, dkimDomain: domain,
                    selector: "20230817pm", mailFrom: "pm-bounces.\(domain)",
                    network: "192.0.2.", firstHost: 190, hosts: 2,
                    reverseName: "mta#.pstmrk.it", daily: 9_400),
                .init(
                    name: "forgers who have not noticed", manner: .forged, mailFrom: domain,
                    network: "198.19.", firstHost: 9_000, hosts: 120, reverseName: nil,
                    daily: 38, rows: 3),
            ],
            zone: """
                20230817pm._domainkey.\(domain). 3600 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
                pm-bounces.\(domain). 3600 IN CNAME pm.mtasv.net.
                """)
    }

    /// An association: half of what it writes goes through mailing lists.
    static var lists: DemonstrationDomain {
        let domain = "letterpress-guild.example"
        return DemonstrationDomain(
            name: domain,
            records: [(400, "v=DMARC1; p=quarantine; sp=none; rua=mailto:dmarc@\(domain)")],
            spf: "v=spf1 include:_spf.google.com ~all", mx: ["smtp.google.com"],
            senders: [
                google(domain, daily: 420),
                .init(
                    name: "the members' list", manner: .mailingList, dkimDomain: domain,
                    selector: "google", mailFrom: "lists.craft.example", network: "192.0.2.",
                    firstHost: 200, hosts: 1, reverseName: "lists.craft.example", daily: 510),
                .init(
                    name: "university forwarding", manner: .forwarded, dkimDomain: domain,
                    selector: "google", mailFrom: domain, network: "192.0.2.", firstHost: 210,
                    hosts: 2, reverseName: "mx#.university.example", daily: 75),
                .init(
                    name: "forged", manner: .forged, mailFrom: domain, network: "198.19.",
                    firstHost: 12_000, hosts: 40, reverseName: nil, daily: 9),
            ])
    }

    private static func microsoft(
        _ domain: String, hosts: Int, first: Int, daily: Double
    ) -> DemonstrationSender {
        DemonstrationSender(
            name: "Microsoft 365", manner: .aligned, dkimDomain: domain, selector: "selector1",
            mailFrom: domain, network: "192.0.2.", firstHost: first, hosts: hosts,
            reverseName: "mail-db#.outbound.protection.outlook.com", daily: daily)
    }

    private static func google(_ domain: String, daily: Double) -> DemonstrationSender {
        DemonstrationSender(
            name: "Google Workspace", manner: .aligned, dkimDomain: domain, selector: "google",
            mailFrom: domain, network: "203.0.113.", firstHost: 1, hosts: 20,
            reverseName: "mail-ej1-f#.google.com", daily: daily)
    }
}
