import FoundationEssentials
public import Identities
public import MailReports

/// Five made-up domains, their reports of the last weeks in the forms and with the quirks of real
/// reporters, and a zone file that answers for all their names: the same on every machine.
public struct DemonstrationPortfolio: Sendable {
    /// Days that are reported.
    public static let dayCount = 45
    let lastDay: UTCDay
    let seed: UInt64

    public init(lastDay: UTCDay, seed: UInt64 = 20_260_501) {
        self.lastDay = lastDay
        self.seed = seed
    }

    /// The blocklist that the zone file answers for.
    public var blocklists: [DomainName] { [DomainName("bl.example")].compactMap { $0 } }

    /// Writes the reports as files into a folder that exists.
    public func write(to folder: String) throws {
        var random = SeededRandom(seed: seed)
        for domain in DemonstrationDomain.all {
            try write(
                domain, days: Self.dayCount, until: lastDay, to: folder, &random
            ) { day in
                let daysAgo = lastDay.number - day.number
                return DemonstrationSetting(
                    record: domain.records.first { $0.daysAgo >= daysAgo }?.text ?? "")
            }
        }
        try writeOddities(to: folder)
    }

    /// Writes the reports about one domain.
    func write(
        _ domain: DemonstrationDomain, days: Int, until last: UTCDay, to folder: String,
        _ random: inout SeededRandom, setting: (UTCDay) -> DemonstrationSetting
    ) throws {
        for style in ReporterStyle.all {
            for index in stride(from: days, to: 0, by: -style.daysTogether) {
                // A report of several days ends with the last of them, and reaches back no further
                // than the first.
                guard index >= style.daysTogether else { continue }
                let day = last.advanced(by: index + 1 - style.daysTogether - days)
                try write(domain, style, day, setting(day), to: folder, &random)
            }
        }
    }

    private func write(
        _ domain: DemonstrationDomain, _ style: ReporterStyle, _ day: UTCDay,
        _ setting: DemonstrationSetting, to folder: String, _ random: inout SeededRandom
    ) throws {
        var rows: [DemonstrationRow] = []
        for sender in domain.senders {
            rows += self.rows(of: sender, domain, setting, style, day, &random)
        }
        guard !rows.isEmpty else { return }
        let begin = day.firstSecond
        let end = day.advanced(by: style.daysTogether).firstSecond - 1
        let number = String(random.next(), radix: 36)
        let reportID = style.messageIDStyle ? "<\(number)@\(style.name.lowercased())>" : number
        let text = ReportText(
            style: style, domain: domain, record: setting.tags, begin: begin, end: end,
            reportID: reportID
        ).render(rows)
        let reporter = style.name.lowercased().replacing(" ", with: "-")
        let base = "\(reporter)!\(domain.name)!\(begin)!\(end)"
        let xml = Array(text.utf8)
        switch style.container {
        case .xml: try save(xml, folder, base + ".xml")
        case .gzip: try save(Containers.gzip(xml), folder, base + ".xml.gz")
        case .zip:
            try save(Containers.zip(xml, name: base + ".xml"), folder, base + ".zip")
        case .mail:
            let mail = Containers.mail(
                Containers.gzip(xml), name: base + ".xml.gz", from: style.email,
                subject: "Report Domain: \(domain.name) Submitter: \(style.name)")
            try save(mail, folder, base + ".eml")
        }
    }

    private func save(_ bytes: [UInt8], _ folder: String, _ name: String) throws {
        try Data(bytes).write(to: URL(filePath: folder + "/" + name))
    }

    /// What arrives at a report address besides reports.
    private func writeOddities(to folder: String) throws {
        try save(
            Array("<feedback><report_metadata><org_name>half a report</org_na".utf8), folder,
            "cut-off!harbour-bank.example!report.xml")
        let junk = """
            From: offers@junk.invalid\r
            To: dmarc@north-oats.example\r
            Subject: Cheap watches\r
            \r
            This address was found in your DNS records.\r

            """
        try save(Array(junk.utf8), folder, "not-a-report.eml")
        let tls = """
            {"organization-name":"Google Inc.","date-range":{"start-datetime":"\(lastDay)T00:00:00Z",\
            "end-datetime":"\(lastDay)T23:59:59Z"},"contact-info":"smtp-tls-reporting@google.com",\
            "report-id":"\(lastDay)T00:00:00Z_ledger-pay.example","policies":[{"policy":\
            {"policy-type":"sts","policy-string":["version: STSv1","mode: enforce",\
            "mx: *.mail.protection.outlook.com","max_age: 604800"],"policy-domain":\
            "ledger-pay.example"},"summary":{"total-successful-session-count":5326,\
            "total-failure-session-count":0}}]}
            """
        try save(Array(tls.utf8), folder, "google.com!ledger-pay.example!tls.json")
    }
}
