/// One failure report as text; what says who wrote to whom is hidden unless asked for.
struct FailureReportText {
    let report: FailureReport
    let path: String
    let rendering: ReportRendering

    func write(to output: inout some TextOutputStream) {
        var head = TextHead(rendering: rendering)
        let about = report.reportedDomain.map { " about \(SafeText.line($0, limit: 253))" } ?? ""
        head.title(
            report.feedbackType == "auth-failure"
                ? "Failure report\(about)"
                : "Feedback report (\(SafeText.line(report.feedbackType, limit: 40)))\(about)")
        head.line("Arrived", report.arrival.map { "\(ReportTime.plain($0)) UTC" })
        head.line("Source", shown(report.sourceText))
        head.line("Author", shown(report.headerFrom))
        head.line("Return path", shown(report.originalMailFrom))
        head.line("Recipient", shown(report.originalRecipient))
        if let subject = report.subject {
            head.line(
                "Subject",
                rendering.showsPersonalData ? SafeText.line(subject) : "hidden (personal data)")
        }
        head.line("What failed", shown(report.authenticationFailure))
        head.line("Not aligned", report.identityAlignment.map { SafeText.line($0, limit: 100) })
        head.line("Receiver did", shown(report.deliveryResult))
        for result in report.authenticationResults.prefix(4) { head.line("Results", shown(result)) }
        head.line("DKIM", dkim)
        head.line("SPF record", shown(report.spfRecord))
        if report.incidents > 1 { head.line("Incidents", Plain.number(report.incidents)) }
        head.line("Reported by", shown(report.reportingMTA ?? report.userAgent))
        head.line("File", path)
        head.write(to: &output)
        TextHead.writeRepairs(report.repairs, rendering, to: &output)
    }

    private var dkim: String? {
        let parts = [
            report.dkimDomain.map { "domain \(rendering.shown($0))" },
            report.dkimSelector.map { "selector \(rendering.shown($0))" },
            report.dkimIdentity.map { "identity \(rendering.shown($0))" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func shown(_ text: String?) -> String? { text.map(rendering.shown) }
}
