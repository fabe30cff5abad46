/// The end of a report: what it must have, what can be found elsewhere, and what is refused.
extension AggregateReportReader {
    /// The report, when it can be one. `path` may end in a file name by RFC 7489 §7.2.1.1, which
    /// repeats the most important facts.
    mutating func complete(path: String, now: Int64?) throws(XMLFailure) -> AggregateReport {
        guard report.recordCount > 0 else {
            throw XMLFailure(
                .noRecords,
                skippedRecords == 0
                    ? "The report holds no records, so it says nothing about any mail."
                    : "None of the report's \(skippedRecords) records could be read.")
        }
        noteForm()
        try completeReporter(path)
        try completePolicy(path)
        try completePeriod(path, now: now)
        report.repairs = repairs.repairs
        return report
    }

    private mutating func noteForm() {
        if report.version == nil {
            note(.missingVersion, at: .version, "The report names no version.")
        }
        switch namespaces.kind {
        case .none: note(.missingNamespace, at: .feedback, "The report has no namespace.")
        case .unknown:
            note(.unknownNamespace, at: .feedback, "The report's namespace is none that we know.")
        case .rfc9990, .legacy: break
        }
        if namespaces.kind == .rfc9990 || has9990Element {
            report.specification = .rfc9990
        } else if report.version != nil || namespaces.kind == .legacy {
            report.specification = .rfc7489
        } else {
            report.specification = .draft
        }
    }

    private mutating func completeReporter(_ path: String) throws(XMLFailure) {
        if report.email.isEmpty {
            note(.missingEmail, at: .email, "The report names no e-mail address.")
        }
        if report.reporter.isEmpty {
            let mailDomain = report.email.split(separator: "@").last.map(String.init)
            guard let found = mailDomain ?? ReportFileName(path: path)?.reporter else {
                throw XMLFailure(
                    .noReporter, "The report does not say who made it, so it cannot be filed.")
            }
            report.reporter = found
            note(
                .missingReporterName, .repair, at: .orgName,
                "The report names no organisation; “\(Self.shown(found))” was taken.")
        }
        if report.reportID.isEmpty {
            report.reportID = ReportFileName(path: path)?.identifier ?? ""
            note(
                .missingReportID, .repair, at: .reportID,
                "The report has no identifier; it is known by its period.")
        }
    }

    private mutating func completePolicy(_ path: String) throws(XMLFailure) {
        if policyCount == 0 {
            note(.missingPolicy, .repair, at: .policy, "The report has no published policy.")
        } else if report.policy.policy == nil {
            note(.missingPolicy, at: .p, "The report does not say which policy was published.")
        }
        if policyCount > 1 {
            note(
                .repeatedPolicy, .repair, at: .policy,
                "The report has several policies; the first was taken.")
        }
        if policyCount > 0,
            report.policy.dkimAlignment == nil || report.policy.spfAlignment == nil
        {
            note(.missingAlignmentMode, at: .policy, "An alignment mode was not sent.")
        }
        guard report.policy.domain.isEmpty else { return }
        guard
            let found = [ReportFileName(path: path)?.domain, commonHeaderFrom].compactMap(\.self)
                .first(where: { !$0.isEmpty })
        else {
            throw XMLFailure(
                .noPolicyDomain,
                "The report does not say which domain it is about, so it cannot be filed.")
        }
        report.policy.domain = found
        note(
            .missingPolicyDomain, .repair, at: .policyDomain,
            "The report does not name its domain; “\(Self.shown(found))” was taken.")
    }

    private mutating func completePeriod(_ path: String, now: Int64?) throws(XMLFailure) {
        var first = begin
        var last = end
        if begin == nil || end == nil {
            let name = ReportFileName(path: path)
            first = begin ?? name?.begin
            last = end ?? name?.end
            first = first ?? last.map { $0 &- 86_399 }
            last = last ?? first.map { $0 &+ 86_399 }
            note(
                .missingPeriod, .repair, at: .dateRange,
                "The report does not say which period it covers; its file name or one day was taken."
            )
        }
        guard var first, var last else {
            throw XMLFailure(
                .noPeriod, "The report does not say which period it covers, so it cannot be filed.")
        }
        if last < first {
            swap(&first, &last)
            note(
                .invertedPeriod, .repair, at: .dateRange,
                "The period ends before it begins; the two were exchanged.")
        }
        try checkPeriod(first, last, now: now)
        if last - first > 86_400 {
            note(
                .periodOverOneDay, at: .dateRange,
                "The report covers \((last - first + 3_600) / 3_600) hours, more than a day.")
        }
        report.begin = first
        report.end = last
    }

    private func checkPeriod(
        _ first: Int64, _ last: Int64, now: Int64?
    ) throws(XMLFailure) {
        let latest = now.map { $0.addingReportingOverflow(limits.secondsAhead) }
        let isAfter = latest.map { !$0.overflow && last > $0.partialValue } ?? false
        guard first >= limits.earliestBegin, last <= limits.latestEnd, !isAfter else {
            throw XMLFailure(
                .implausible,
                "The report says it covers \(Self.day(first)) to \(Self.day(last)), which cannot "
                    + "be. Ask its sender to set the clock and send it again.")
        }
        guard last - first <= limits.periodSeconds else {
            throw XMLFailure(
                .implausible,
                "The report says it covers \((last - first) / 86_400) days, "
                    + "more than any report can.")
        }
    }

    private static func day(_ seconds: Int64) -> String {
        let isCivil = seconds >= 0 && seconds < 253_402_300_800
        return isCivil ? UTCDay(secondsSinceEpoch: seconds).description : "a time without a date"
    }
}
