import Identities
import InternetMessage

/// The fields of a feedback part (RFC 5965 §3, RFC 6591 §3.1, RFC 9991 §4) and of the copy.
enum FailureFields {
    /// Some reporters put an empty line before the first field.
    static func withoutLeadingBlanks(_ body: [UInt8]) -> [UInt8] {
        Array(body.drop { $0 <= 0x20 })
    }

    static func read(
        _ fields: [HeaderField], into report: inout FailureReport, _ repairs: inout RepairTally
    ) {
        var hasType = false
        for field in fields {
            let value = String(field.unfolded.prefix(FailureLimits.valueLength))
            switch field.name.lowercased() {
            case "feedback-type":
                hasType = !value.isEmpty
                if hasType { report.feedbackType = value.lowercased() }
            case "user-agent": keep(value, &report.userAgent)
            case "version": keep(value, &report.version)
            case "original-mail-from": keep(value, &report.originalMailFrom)
            case "original-rcpt-to": keep(value, &report.originalRecipient)
            case "original-envelope-id": keep(value, &report.originalEnvelopeID)
            case "arrival-date", "received-date":
                arrival(field, value, into: &report, &repairs)
            case "source-ip": keep(address(value), &report.sourceText)
            case "reported-domain": keep(domain(value), &report.reportedDomain)
            case "reporting-mta": keep(afterType(value), &report.reportingMTA)
            case "incidents": incidents(value, into: &report, &repairs)
            case "auth-failure": keep(value.lowercased(), &report.authenticationFailure)
            case "authentication-results":
                if report.authenticationResults.count < FailureLimits.results {
                    report.authenticationResults.append(value)
                }
            case "identity-alignment": keep(value.lowercased(), &report.identityAlignment)
            case "delivery-result": keep(value.lowercased(), &report.deliveryResult)
            case "dkim-domain": keep(domain(value), &report.dkimDomain)
            case "dkim-identity": keep(value, &report.dkimIdentity)
            case "dkim-selector": keep(value, &report.dkimSelector)
            case "spf-dns": keep(value, &report.spfRecord)
            default:
                if report.otherFields.count < FailureLimits.otherFields {
                    report.otherFields.append(.init(name: field.name, value: value))
                } else {
                    repairs.add(
                        .excessDropped, .note, at: "feedback part",
                        "More fields than are believable were left out.")
                }
            }
        }
        if !hasType {
            repairs.add(
                .missingField, .repair, at: "Feedback-Type",
                "“Feedback-Type” is missing; an authentication failure was assumed.")
        }
    }

    /// Subject, author and identifier of the message that is reported.
    static func describe(_ fields: [HeaderField], in report: inout FailureReport) {
        func text(_ name: String) -> String? {
            fields.first(named: name).map { String($0.text.prefix(FailureLimits.valueLength)) }
        }
        report.subject = text("Subject")
        report.headerFrom = text("From")
        report.messageID = text("Message-ID")
    }

    /// Notes what is missing, and takes the reported domain from where else it is written.
    static func complete(_ report: inout FailureReport, _ repairs: inout RepairTally) {
        guard report.feedbackType == "auth-failure" else { return }
        func missing(_ name: String) {
            repairs.add(.missingField, .note, at: name, "“\(name)” is missing.")
        }
        if report.sourceText == nil { missing("Source-IP") }
        if report.arrival == nil { missing("Arrival-Date") }
        if report.authenticationFailure == nil { missing("Auth-Failure") }
        if report.authenticationResults.isEmpty { missing("Authentication-Results") }
        // RFC 9991 §4 requires it; reporters of RFC 6591 do not know it.
        if report.identityAlignment == nil { missing("Identity-Alignment") }
        guard report.reportedDomain == nil else { return }
        report.reportedDomain =
            report.authenticationResults.lazy.compactMap(headerFrom).first
            ?? report.headerFrom.flatMap(domainOfAddress)
        if let found = report.reportedDomain {
            repairs.add(
                .missingField, .repair, at: "Reported-Domain",
                "“Reported-Domain” is missing; \(found) was taken from the author's address.")
        } else {
            missing("Reported-Domain")
        }
    }

    // MARK: Values

    /// A lower-case name, or the text when it is none.
    static func domain(_ value: String) -> String {
        let name = value.prefix { $0 != " " && $0 != "(" && $0 != ";" }
        return DomainName(name)?.text ?? value.lowercased()
    }

    /// The address without the comment that OpenDMARC adds behind it.
    static func address(_ value: String) -> String {
        let bare = value.prefix { $0 != " " && $0 != "(" }
        let inside = bare.drop { $0 == "[" }.prefix { $0 != "]" }
        let text = inside.lowercased().hasPrefix("ipv6:") ? inside.dropFirst(5) : inside
        return IPAddress(text).map { "\($0)" } ?? value
    }

    static func domainOfAddress(_ text: String) -> String? {
        guard let at = text.lastIndex(of: "@") else { return nil }
        let rest = text[text.index(after: at)...].prefix { $0 != ">" && $0 != " " && $0 != "," }
        return DomainName(rest)?.text
    }

    private static func headerFrom(_ results: String) -> String? {
        guard let mark = results.firstRange(of: "header.from=") else { return nil }
        let rest = results[mark.upperBound...].prefix { $0 != " " && $0 != ";" && $0 != ")" }
        return rest.contains("@") ? domainOfAddress(String(rest)) : DomainName(rest)?.text
    }

    /// `dns; mail.example` without the type (RFC 3464 §2.1.2).
    private static func afterType(_ value: String) -> String {
        guard let mark = value.firstIndex(of: ";") else { return value }
        return String(value[value.index(after: mark)...].drop { $0 == " " })
    }

    private static func keep(_ value: String, _ place: inout String?) {
        if place == nil, !value.isEmpty { place = value }
    }

    private static func arrival(
        _ field: HeaderField, _ value: String, into report: inout FailureReport,
        _ repairs: inout RepairTally
    ) {
        if let seconds = field.date?.secondsSinceEpoch {
            report.arrival = seconds
        } else if let (seconds, _) = ReportTime.parse(value) {
            report.arrival = seconds
            repairs.add(
                .textualTime, .note, at: field.name, "The time is not written as RFC 5322 asks.")
        } else if !value.isEmpty {
            repairs.add(
                .textualTime, .repair, at: field.name,
                "The time “\(SafeText.line(value, limit: 60))” cannot be read; it was left out.")
        }
    }

    private static func incidents(
        _ value: String, into report: inout FailureReport, _ repairs: inout RepairTally
    ) {
        if let number = Int64(value), number > 0 {
            report.incidents = number
        } else {
            repairs.add(
                .invalidCount, .repair, at: "Incidents", "The count is no number; 1 was taken.")
        }
    }
}
