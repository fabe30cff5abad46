import Identities

/// Takes the fields of one TLS report out of its JSON.
struct TLSReportFields {
    let path: String
    let limits: TLSReportLimits
    var repairs: RepairTally

    mutating func report(_ value: JSONValue) throws(ReportRefusal) -> TLSReport {
        guard case .object = value else {
            throw refusal(.notAReport, "The document is \(value.kind), not a TLS report.")
        }
        guard let policies = member("policies", of: value, at: ""), policies != .null else {
            let isOther = value["date-range"] == nil && value["report-id"] == nil
            throw refusal(
                isOther ? .notAReport : .missingField,
                "The document has no list of policies, so it is no TLS report (RFC 8460).")
        }
        var report = TLSReport()
        report.contact = text("contact-info", of: value, at: "")
        report.reporter = try reporter(value, contact: report.contact)
        report.reportID = text("report-id", of: value, at: "") ?? ""
        if report.reportID.isEmpty {
            repairs.add(
                .missingReportID, .repair, at: "report-id",
                "The report has no identifier, so a second copy of it cannot be told from it.")
        }
        (report.begin, report.end) = try period(value)
        let items = list(policies, at: "policies")
        for (index, item) in items.prefix(limits.policies).enumerated() {
            guard case .object = item else {
                wrongType(item, "an object", at: "policies[\(index)]", .repair)
                continue
            }
            report.policies.append(policy(item, at: "policies[\(index)]"))
        }
        if items.count > limits.policies { dropped("policies", items.count - limits.policies) }
        if report.policies.isEmpty {
            throw refusal(.noRecords, "The report lists no policy, so it says nothing.")
        }
        report.repairs = repairs.repairs
        return report
    }

    // MARK: Head

    private mutating func reporter(
        _ value: JSONValue, contact: String?
    ) throws(ReportRefusal) -> String {
        if let name = text("organization-name", of: value, at: ""), !name.isEmpty { return name }
        guard let contact, let at = contact.lastIndex(of: "@"),
            let domain = DomainName(contact[contact.index(after: at)...])
        else {
            throw refusal(
                .noReporter,
                "The report does not say who wrote it: neither organization-name nor an address "
                    + "in contact-info. Ask for it again.")
        }
        repairs.add(
            .missingReporterName, .repair, at: "organization-name",
            "The reporter gave no name; the domain of its contact address was taken.")
        return domain.text
    }

    private mutating func period(
        _ value: JSONValue
    ) throws(ReportRefusal) -> (begin: Int64, end: Int64) {
        let range = member("date-range", of: value, at: "") ?? .null
        var begin = time("start-datetime", of: range)
        var end = time("end-datetime", of: range)
        switch (begin, end) {
        case (nil, nil):
            throw refusal(
                .noPeriod,
                "The report does not say which time it covers (date-range). Ask for it again.")
        case (let known?, nil), (nil, let known?):
            repairs.add(
                .missingPeriod, .repair, at: "date-range",
                "Only one end of the period was given; it was taken for both.")
            (begin, end) = (known, known)
        case (let first?, let last?) where last < first:
            repairs.add(
                .invertedPeriod, .repair, at: "date-range",
                "The period ended before it began; its ends were exchanged.")
            (begin, end) = (last, first)
        default: break
        }
        let (first, last) = (begin ?? 0, end ?? 0)
        let length = last.subtractingReportingOverflow(first)
        guard first >= limits.earliestBegin, last <= limits.latestEnd,
            !length.overflow, length.partialValue <= limits.periodSeconds
        else {
            throw refusal(
                .implausible,
                "The report says it covers \(ReportTime.plain(first)) to \(ReportTime.plain(last)) "
                    + "UTC, which cannot be. Ask for it again.")
        }
        return (first, last)
    }

    private mutating func time(_ name: String, of range: JSONValue) -> Int64? {
        let place = "date-range/\(name)"
        switch member(name, of: range, at: "date-range") {
        case .string(let text)?:
            guard let (seconds, form) = ReportTime.parse(text) else { return nil }
            switch form {
            case .standard: break
            case .fractional:
                repairs.add(
                    .fractionalTime, .note, at: place, "A fraction of a second was cut off.")
            case .loose:
                repairs.add(
                    .textualTime, .note, at: place,
                    "The time “\(SafeText.line(text, limit: 40))” is not written as RFC 3339 asks; "
                        + "it was read as UTC.")
            }
            return seconds
        case .integer(let seconds)?:
            repairs.add(
                .wrongType, .note, at: place, "A number of seconds was read as a time in UTC.")
            return seconds
        default: return nil
        }
    }

    // MARK: Policies

    private mutating func policy(_ item: JSONValue, at place: String) -> TLSReport.PolicyResult {
        var result = TLSReport.PolicyResult()
        let policy = member("policy", of: item, at: place) ?? .null
        if policy == .null {
            missing("policy", at: place)
        }
        let here = place + "/policy"
        result.type = (text("policy-type", of: policy, at: here) ?? "").lowercased()
        if !["sts", "tlsa", "no-policy-found"].contains(result.type) {
            repairs.add(
                .unknownPolicyValue, .note, at: here + "/policy-type",
                "The policy type “\(SafeText.line(result.type, limit: 40))” is not one of RFC 8460; "
                    + "it was kept as sent.")
        }
        let domain = text("policy-domain", of: policy, at: here) ?? ""
        result.domain = DomainName(domain)?.text ?? domain.lowercased()
        if result.domain.isEmpty {
            repairs.add(
                .missingPolicyDomain, .repair, at: here + "/policy-domain",
                "The policy has no domain; it was left empty.")
        }
        result.strings = policyStrings(policy, at: here)
        result.mxHosts = texts(["mx-host", "mx-host-pattern"], of: policy, at: here)
        let failures = member("failure-details", of: item, at: place) ?? .null
        let details = failures == .null ? [] : list(failures, at: place + "/failure-details")
        for (index, detail) in details.prefix(limits.failures).enumerated() {
            guard case .object = detail else { continue }
            result.failures.append(failure(detail, at: "\(place)/failure-details[\(index)]"))
        }
        if details.count > limits.failures {
            dropped(place + "/failure-details", details.count - limits.failures)
        }
        summarise(item, into: &result, at: place)
        return result
    }

    private mutating func summarise(
        _ item: JSONValue, into result: inout TLSReport.PolicyResult, at place: String
    ) {
        let summary = member("summary", of: item, at: place) ?? .null
        let here = place + "/summary"
        result.successfulSessions = count("total-successful-session-count", of: summary, at: here)
        // Some reporters leave a total out; the details then say it.
        if member("total-failure-session-count", of: summary, at: here) == nil {
            missing("total-failure-session-count", at: here)
            result.failedSessions = result.failures.reduce(0) {
                let (sum, isOver) = $0.addingReportingOverflow($1.failedSessions)
                return isOver ? .max : sum
            }
        } else {
            result.failedSessions = count("total-failure-session-count", of: summary, at: here)
        }
    }

    private mutating func failure(
        _ detail: JSONValue, at place: String
    ) -> TLSReport.FailureDetail {
        var failure = TLSReport.FailureDetail()
        failure.resultType = text("result-type", of: detail, at: place) ?? ""
        if failure.resultType.isEmpty { missing("result-type", at: place) }
        // RFC 8460 §4.4 wants the addresses; Microsoft leaves them out.
        failure.sendingMTA = text("sending-mta-ip", of: detail, at: place)
        failure.receivingMXHost = text("receiving-mx-hostname", of: detail, at: place)
        failure.receivingMXHelo = text("receiving-mx-helo", of: detail, at: place)
        failure.receivingAddress = text("receiving-ip", of: detail, at: place)
        failure.failedSessions = count("failed-session-count", of: detail, at: place)
        failure.additionalInformation =
            text("additional-information", of: detail, at: place)
            ?? text("additional-info-uri", of: detail, at: place)
        failure.reasonCode = text("failure-reason-code", of: detail, at: place)
        if failure.sendingMTA == nil { missing("sending-mta-ip", at: place) }
        return failure
    }

    /// `policy-string`: a list; also one text, and (Microsoft) a JSON list written into a text.
    private mutating func policyStrings(_ policy: JSONValue, at place: String) -> [String] {
        let strings = texts(["policy-string"], of: policy, at: place)
        return strings.flatMap { string -> [String] in
            guard string.utf8.first == UInt8(ascii: "["),
                case .array(let inner)? = try? JSONReader.read(Array(string.utf8), limits: limits)
                    .value
            else { return [string] }
            repairs.add(
                .wrongType, .note, at: place + "/policy-string",
                "A JSON list was written into a text; it was taken apart.")
            return inner.compactMap { value in
                if case .string(let text) = value { text } else { nil }
            }
        }
    }
}
