/// One aggregate report as text.
struct AggregateReportText {
    let report: AggregateReport
    let path: String
    let rows: LargestRows
    let rendering: ReportRendering

    func write(to output: inout some TextOutputStream) {
        var head = TextHead(rendering: rendering)
        head.title(
            "DMARC report by \(rendering.shown(report.reporter)) about "
                + SafeText.line(report.policy.domain))
        head.line("Period", TextHead.period(report.begin, report.end))
        head.line("Report id", SafeText.line(report.reportID, limit: 200))
        head.line("Contact", SafeText.line(report.email, limit: 200))
        head.line("Policy", policy)
        head.line("Format", format)
        head.line("Totals", totals)
        for error in report.errors.prefix(10) {
            head.line("Reporter says", SafeText.line(error, limit: 300))
        }
        head.line("File", path)
        head.write(to: &output)
        if rows.count > 0 { writeRows(to: &output) }
        TextHead.writeRepairs(report.repairs, rendering, to: &output)
    }

    // MARK: Head

    private var policy: String {
        let published = report.policy
        var words = [published.policy.map(Self.word) ?? "not told"]
        if let policy = published.subdomainPolicy {
            words.append("subdomains \(Self.word(policy))")
        }
        if let policy = published.nonexistentSubdomainPolicy {
            words.append("names that do not exist \(Self.word(policy))")
        }
        if let mode = published.dkimAlignment { words.append("DKIM \(Self.mode(mode))") }
        if let mode = published.spfAlignment { words.append("SPF \(Self.mode(mode))") }
        if let share = published.percentage, share != 100 { words.append("for \(share) %") }
        if published.testing == true { words.append("testing only") }
        return words.joined(separator: ", ")
    }

    private var format: String {
        let name =
            switch report.specification {
            case .draft: "a draft before RFC 7489"
            case .rfc7489: "RFC 7489"
            case .rfc9990: "RFC 9990"
            }
        return report.isRepaired ? name + ", with repairs (see below)" : name
    }

    private var totals: String {
        let messages = Plain.count(rows.messages, "message", "messages")
        let head = "\(Plain.count(rows.count, "row", "rows")), \(messages)"
        guard rows.messages > 0 else { return head }
        let share = Double(rows.authenticated) / Double(rows.messages) * 100
        // Neither 0 nor 100 is said of a share that only rounds to it.
        let percent = rows.authenticated == rows.messages ? 100 : min(99, Int(share.rounded()))
        let shown = percent == 0 && rows.authenticated > 0 ? 1 : percent
        return head + ", \(Plain.number(rows.authenticated)) pass DMARC (\(shown) %)"
    }

    private static func word(_ policy: String) -> String { SafeText.line(policy, limit: 40) }

    private static func mode(_ mode: String) -> String {
        switch mode {
        case "r": "relaxed"
        case "s": "strict"
        default: SafeText.line(mode, limit: 40)
        }
    }

    // MARK: Rows

    private func writeRows(to output: inout some TextOutputStream) {
        var table = TextTable(columns: [
            ("Messages", .right), ("Source", .left), ("From", .left), ("DMARC", .left),
            ("DKIM", .left), ("SPF", .left), ("Receiver did", .left),
        ])
        let shown = rows.largest
        for record in shown {
            let isAuthenticated = record.isAuthenticated
            table.rows.append([
                .init(text: Plain.number(record.count)),
                .init(text: SafeText.line(record.sourceText, limit: 80)),
                .init(text: rendering.shown(record.headerFrom)),
                .init(
                    text: isAuthenticated ? "pass" : "fail", colour: isAuthenticated ? .good : .bad),
                .init(text: dkim(record)),
                .init(text: spf(record)),
                .init(text: action(record)),
            ])
        }
        output.write("\n")
        table.render(isColoured: rendering.isColoured, into: &output)
        let rest = rows.count - Int64(shown.count)
        if rest > 0 {
            let messages = shown.reduce(rows.messages) { $0 - $1.count }
            output.write(
                "  and \(Plain.count(rest, "smaller row", "smaller rows")) with "
                    + "\(Plain.count(max(0, messages), "message", "messages"))\n")
        }
    }

    private func dkim(_ record: AggregateRecord) -> String {
        let results = record.dkim.map { ($0.domain, $0.result) }
        return mechanism(results, isAligned: record.dkimEvaluated == "pass", none: "no signature")
    }

    private func spf(_ record: AggregateRecord) -> String {
        let results = record.spf.map { ($0.domain, $0.result) }
        return mechanism(results, isAligned: record.spfEvaluated == "pass", none: "no result")
    }

    /// `aligned example.com`, `passes for esp.example`, `fail example.com` …
    private func mechanism(
        _ results: [(domain: String, result: String)], isAligned: Bool, none: String
    ) -> String {
        let chosen = results.first { $0.result == "pass" } ?? results.first
        guard let chosen else { return isAligned ? "aligned" : none }
        let domain = rendering.shown(chosen.domain)
        let words =
            if isAligned {
                "aligned"
            } else if chosen.result == "pass" {
                "passes for"
            } else {
                chosen.result.isEmpty ? "no result" : SafeText.line(chosen.result, limit: 40)
            }
        return domain.isEmpty ? words : "\(words) \(domain)"
    }

    private func action(_ record: AggregateRecord) -> String {
        let word =
            switch record.disposition {
            case "none": "nothing"
            case "pass": "let it pass"
            case "quarantine": "quarantine"
            case "reject": "reject"
            default: SafeText.line(record.disposition, limit: 40)
            }
        let reasons = record.reasons.prefix(3).map { SafeText.line($0.type, limit: 40) }
            .filter { !$0.isEmpty }
        return reasons.isEmpty ? word : "\(word) (\(reasons.joined(separator: ", ")))"
    }
}
