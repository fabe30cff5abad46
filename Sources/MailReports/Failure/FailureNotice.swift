import InternetMessage

/// The failure report that Exim filters of hosting companies (cPanel and others) write as plain
/// text, with no feedback part: lines of facts, then the header of the message.
enum FailureNotice {
    private static let opening = "a message claiming to be from you has failed"
    private static let copyMark = "this is a copy of the headers"

    static func report(in part: BodyPart) -> FailureReport? {
        guard part.contentType.mediaType == "text/plain" else { return nil }
        let start = part.decodedBody(limit: 1_024)
        guard String(decoding: start, as: UTF8.self).lowercased().contains(opening) else {
            return nil
        }
        let body = part.decodedBody(limit: FailureLimits.copyBytes)
        var report = FailureReport()
        var repairs = RepairTally()
        repairs.add(
            .missingFeedbackPart, .repair, at: "text/plain",
            "The report has no feedback part (RFC 5965); its text was read instead.")
        var alignment: [String] = []
        var rest = body[...]
        var hasFacts = false
        while let end = rest.firstIndex(of: 0x0A) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            if line.lowercased().contains(copyMark) { break }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = trim(line[..<colon]).lowercased()
            let value = trim(line[line.index(after: colon)...])
            hasFacts = take(name, value, into: &report, &alignment) || hasFacts
        }
        guard hasFacts else { return nil }
        let copy = MessageParser().parse(FailureFields.withoutLeadingBlanks(Array(rest))).headers
        FailureFields.describe(copy, in: &report)
        report.authenticationResults = copy.all(named: "Authentication-Results")
            .prefix(FailureLimits.results)
            .map { String($0.unfolded.prefix(FailureLimits.valueLength)) }
        report.authenticationFailure = "dmarc"
        if !alignment.isEmpty {
            let failed = alignment.filter { $0 != "none" }
            report.identityAlignment = failed.isEmpty ? "none" : failed.joined(separator: ",")
        }
        FailureFields.complete(&report, &repairs)
        report.repairs = repairs.repairs
        return report
    }

    /// Reads one line of facts; false for other lines.
    private static func take(
        _ name: String, _ value: String, into report: inout FailureReport,
        _ alignment: inout [String]
    ) -> Bool {
        switch name {
        case "sender domain": report.reportedDomain = FailureFields.domain(value)
        case "sender ip address": report.sourceText = FailureFields.address(value)
        case "received date":
            let field = MessageParser().parse(Array("Date: \(value)\r\n\r\n".utf8))
            report.arrival = field.date?.secondsSinceEpoch
        case "spf alignment":
            // RFC 9991 §4: Identity-Alignment names the mechanisms that failed to align.
            alignment.append(value.lowercased() == "yes" ? "none" : "spf")
        case "dkim alignment": alignment.append(value.lowercased() == "yes" ? "none" : "dkim")
        case "dmarc results": report.deliveryResult = value.lowercased()
        default: return false
        }
        return true
    }

    private static func trim(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
