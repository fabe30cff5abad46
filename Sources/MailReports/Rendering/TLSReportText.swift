/// One TLS report as text.
struct TLSReportText {
    let report: TLSReport
    let path: String
    let rendering: ReportRendering

    func write(to output: inout some TextOutputStream) {
        var head = TextHead(rendering: rendering)
        let domains = Set(report.policies.map(\.domain)).sorted().prefix(3)
            .map { SafeText.line($0, limit: 253) }.filter { !$0.isEmpty }
        head.title(
            "TLS report by \(SafeText.line(report.reporter, limit: 200))"
                + (domains.isEmpty ? "" : " about \(domains.joined(separator: ", "))"))
        head.line("Period", TextHead.period(report.begin, report.end))
        head.line("Report id", SafeText.line(report.reportID, limit: 200))
        head.line("Contact", report.contact.map { SafeText.line($0, limit: 200) })
        head.line("File", path)
        head.write(to: &output)
        writePolicies(to: &output)
        writeFailures(to: &output)
        TextHead.writeRepairs(report.repairs, rendering, to: &output)
    }

    private func writePolicies(to output: inout some TextOutputStream) {
        var table = TextTable(columns: [
            ("Encrypted", .right), ("Failed", .right), ("Domain", .left), ("Policy", .left),
            ("Mail servers", .left),
        ])
        for policy in report.policies.prefix(max(0, rendering.rows)) {
            table.rows.append([
                .init(text: Plain.number(policy.successfulSessions)),
                .init(
                    text: Plain.number(policy.failedSessions),
                    colour: policy.failedSessions > 0 ? .bad : .plain),
                .init(text: SafeText.line(policy.domain, limit: 253)),
                .init(text: Self.name(policy.type)),
                .init(text: SafeText.line(policy.mxHosts.prefix(5).joined(separator: ", "))),
            ])
        }
        output.write("\n")
        table.render(isColoured: rendering.isColoured, into: &output)
    }

    private func writeFailures(to output: inout some TextOutputStream) {
        let failures = report.policies.flatMap(\.failures)
            .sorted { $0.failedSessions > $1.failedSessions }
        guard !failures.isEmpty else { return }
        var table = TextTable(columns: [
            ("Sessions", .right), ("What failed", .left), ("From", .left), ("To", .left),
            ("Reason", .left),
        ])
        let shown = failures.prefix(max(0, rendering.rows))
        for failure in shown {
            let target = [failure.receivingMXHost, failure.receivingAddress].compactMap(\.self)
            table.rows.append([
                .init(text: Plain.number(failure.failedSessions)),
                .init(text: SafeText.line(failure.resultType, limit: 100)),
                .init(text: SafeText.line(failure.sendingMTA ?? "", limit: 100)),
                .init(text: SafeText.line(target.joined(separator: " "), limit: 200)),
                .init(text: SafeText.line(failure.reasonCode ?? "", limit: 200)),
            ])
        }
        output.write("\n")
        table.render(isColoured: rendering.isColoured, into: &output)
        let rest = failures.count - shown.count
        if rest > 0 { output.write("  and \(Plain.number(Int64(rest))) more\n") }
    }

    private static func name(_ type: String) -> String {
        switch type {
        case "sts": "MTA-STS"
        case "tlsa": "DANE"
        case "no-policy-found": "none found"
        default: SafeText.line(type, limit: 40)
        }
    }
}
