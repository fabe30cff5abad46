import MailReports

extension DemonstrationPortfolio {
    /// One sender's rows in one reporter's report of a day.
    func rows(
        of sender: DemonstrationSender, _ domain: DemonstrationDomain,
        _ setting: DemonstrationSetting, _ style: ReporterStyle, _ day: UTCDay,
        _ random: inout SeededRandom
    ) -> [DemonstrationRow] {
        let daysAgo = lastDay.number - day.number
        guard daysAgo <= sender.fromDaysAgo ?? .max else { return [] }
        // 1970-01-01 was a Thursday. People write less at the weekend; forgers do not care.
        let isWeekend = [2, 3].contains(day.number % 7)
        var factor = isWeekend && sender.manner != .forged ? 0.3 : 1
        // Whoever sees nothing arrive goes elsewhere within days.
        if sender.givesUp { for _ in 0..<min(setting.daysRejected, 60) { factor *= 0.5 } }
        let expected = sender.daily * style.share * factor * Double(style.daysTogether)
        var left = random.around(expected)
        guard left > 0 else { return [] }
        let rowCount = Int(min(Int64(sender.rows), left))
        var rows: [DemonstrationRow] = []
        for index in 0..<rowCount {
            let part =
                index == rowCount - 1
                ? left : max(1, min(left, random.around(Double(left) / Double(rowCount - index))))
            left -= part
            guard part > 0 else { break }
            rows.append(row(of: sender, domain, setting, part, daysAgo: daysAgo, &random))
        }
        return rows
    }

    private func row(
        of sender: DemonstrationSender, _ domain: DemonstrationDomain,
        _ setting: DemonstrationSetting, _ count: Int64, daysAgo: Int, _ random: inout SeededRandom
    ) -> DemonstrationRow {
        let from = sender.subdomain.map { "\($0).\(domain.name)" } ?? domain.name
        let host = sender.firstHost + Int.random(in: 0..<sender.hosts, using: &random)
        var row = DemonstrationRow(
            source: Self.address(sender.network, host), count: count, disposition: "none",
            dkim: "fail", spf: "fail", headerFrom: from, envelopeFrom: sender.mailFrom,
            signatures: [], mailFrom: sender.mailFrom, spfResult: "pass")
        let signature = (sender.dkimDomain ?? domain.name, sender.selector ?? "s1")
        switch setting.manner(of: sender) {
        case .signing(let selector):
            row.signatures = [(domain.name, selector, "pass")]
            row.dkim = "pass"
        case .usual(.aligned):
            row.signatures = [(signature.0, signature.1, "pass")]
            row.dkim = "pass"
            row.spf = Self.isBelow(sender.mailFrom, domain.name) ? "pass" : "fail"
        case .usual(.spfOnly):
            row.spf = "pass"
        case .usual(.unaligned):
            row.signatures = [(signature.0, signature.1, "pass")]
        case .usual(.flaky):
            let works = daysAgo % 3 != 0
            row.signatures = [(signature.0, signature.1, works ? "pass" : "fail")]
            row.dkim = works ? "pass" : "fail"
        case .usual(.forwarded):
            row.signatures = [(signature.0, signature.1, "fail")]
            if sender.mailFrom == domain.name { row.spfResult = "softfail" }
        case .usual(.mailingList):
            row.signatures = [
                (signature.0, signature.1, "fail"), (sender.mailFrom, "list", "pass"),
            ]
            row.reason = ("mailing_list", "list-id found")
        case .usual(.forged):
            row.spfResult = sender.mailFrom == domain.name ? "fail" : "none"
        }
        let passes = row.dkim == "pass" || row.spf == "pass"
        if !passes, row.reason == nil {
            row.disposition = setting.disposition(isBelow: sender.subdomain != nil)
        }
        return row
    }

    static func address(_ network: String, _ host: Int) -> String {
        // "198.18." takes two more numbers, "192.0.2." one.
        network.filter { $0 == "." }.count == 2
            ? "\(network)\(host / 250 % 250).\(host % 250 + 1)" : "\(network)\(host % 256)"
    }

    private static func isBelow(_ name: String, _ domain: String) -> Bool {
        name == domain || name.hasSuffix("." + domain)
    }
}
