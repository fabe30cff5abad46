import Identities
import MailAuthentication
import MailReports
import Storage

/// Aggregate reports (RFC 9990).
extension ReportComposer {
    func composeDMARC(_ report: OutgoingReport, _ step: inout Step) async throws {
        let now = world.now()
        guard
            let seen = try await observations.summary(of: report.domain, begin: report.begin),
            case .record(let record) = DMARCRecordParser.parse(seen.record)
        else { return try await drop(report, "Nothing is known any more.", &step) }
        let verifier = ReportDestinationVerifier(lookup: world.lookup, suffixes: world.suffixes)
        let places = await verifier.verify(.aggregate, of: record, at: report.domain)
        // RFC 9990 §4, step 5: where the DNS failed, we ask again.
        if let unknown = places.first(where: { $0.verdict == .unknown }),
            now - report.end < options.spread + Limits.reportPatienceSeconds
        {
            return try await reports.postpone(
                report, until: now + Limits.reportRetrySeconds / 4, remark: unknown.reason)
        }
        guard places.contains(where: { !$0.mailboxes.isEmpty }) else {
            return try await drop(
                report, places.first?.reason ?? "Nobody asks for reports any more.", &step)
        }
        let records = try await observations.records(of: report.domain, begin: report.begin)
        guard let (file, messages) = aggregateFile(report, seen, record, records) else {
            return try await drop(report, "Nothing was seen that could be told.", &step)
        }
        let mails = mails(to: places, sizes: ReportSizeLimits(seen.record), file: file)
        try await reports.compose(report, file: file, messages: messages, mails: mails, now: now)
        step.composed += 1
        try await send(composed(report, file, now, messages), &step)
    }

    /// One mail for each address, those that cannot be sent to with the reason.
    private func mails(
        to places: [ExternalReportDestination], sizes: ReportSizeLimits, file: ReportFile
    ) -> [OutgoingReportMail] {
        // Base64 with its line ends, and as much for the rest as a mail of ours has.
        let size = file.octets.count / 57 * 78 + 8_192
        var mails: [OutgoingReportMail] = []
        var known: Set<EmailAddress> = []
        for place in places {
            if place.mailboxes.isEmpty {
                mails.append(
                    OutgoingReportMail(
                        position: mails.count, destination: place.uri, state: .refused,
                        remark: place.reason))
            }
            for mailbox in place.mailboxes where known.insert(mailbox).inserted {
                var mail = OutgoingReportMail(
                    position: mails.count, destination: mailbox.description)
                let limit = min(sizes[place.uri] ?? .max, mailOctets)
                if size > limit {
                    mail.state = .refused
                    mail.remark = "The mail would have \(size) octets; \(limit) are taken."
                } else if mails.count >= Limits.reportDestinations {
                    mail.state = .refused
                    mail.remark =
                        "A report goes to at most \(Limits.reportDestinations) addresses."
                }
                mails.append(mail)
            }
        }
        return mails
    }

    /// The file, and how many messages it tells of; nil when there is not one row.
    private func aggregateFile(
        _ report: OutgoingReport, _ seen: ReportObservationSummary, _ record: DMARCRecord,
        _ records: [AggregateRecord]
    ) -> (ReportFile, Int64)? {
        let renderer = AggregateReportRenderer(specification: .rfc9990)
        var rows: [UInt8] = []
        var (messages, leftOut) = (Int64(0), seen.leftOut)
        for record in records {
            let start = rows.count
            if start < documentOctets { renderer.append(record, into: &rows) }
            if start >= documentOctets || rows.count > documentOctets {
                rows.removeLast(rows.count - start)
                leftOut &+= record.count
            } else {
                messages &+= record.count
            }
        }
        guard !rows.isEmpty else { return nil }
        var head = AggregateReport()
        head.specification = .rfc9990
        head.version = "1.0"
        head.reporter = options.organisation
        head.email = options.contact.description
        head.reportID = report.reportID
        head.begin = report.begin
        head.end = report.end
        head.generator = "Sealgate"
        head.errors = remark(seen.merged, leftOut, record.warnings).map { [$0] } ?? []
        head.policy = policy(record, at: report.domain, method: seen.method)
        var document: [UInt8] = []
        renderer.begin(head, into: &document)
        document += rows
        renderer.end(into: &document)
        let file = ReportFile(
            aggregate: document, head, submitter: options.submitter,
            uniqueID: Self.uniqueID(of: report))
        return (file, messages)
    }

    /// RFC 9990 §3.1.5: one short text; nil for nothing to say.
    private func remark(_ merged: Int64, _ leftOut: Int64, _ warnings: [String]) -> String? {
        var parts: [String] = []
        if leftOut > 0 {
            parts.append("\(leftOut) more messages were seen and are in no row of this report.")
        }
        if merged > 0 {
            parts.append("Details of \(merged) messages were left out.")
        }
        parts += warnings.prefix(3)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// The policy with the defaults of what was not published (RFC 9990 §3.1.1.5).
    private func policy(
        _ record: DMARCRecord, at domain: DomainName, method: String
    ) -> AggregateReport.PublishedPolicy {
        var policy = AggregateReport.PublishedPolicy()
        let own = record.invalidPolicyTags.isEmpty ? record.policy ?? .none : .none
        let below = record.subdomainPolicy ?? own
        policy.domain = domain.text
        policy.policy = own.rawValue
        policy.subdomainPolicy = below.rawValue
        policy.nonexistentSubdomainPolicy = (record.nonexistentSubdomainPolicy ?? below).rawValue
        policy.dkimAlignment = record.dkimAlignment.rawValue
        policy.spfAlignment = record.spfAlignment.rawValue
        policy.failureOptions =
            record.failureOptions.isEmpty ? "0" : record.failureOptions.joined(separator: ":")
        policy.testing = record.isTesting
        policy.discoveryMethod = method
        return policy
    }

    /// The report as it is stored by now.
    func composed(
        _ report: OutgoingReport, _ file: ReportFile, _ now: Int64, _ messages: Int64
    ) -> OutgoingReport {
        var report = report
        report.state = .composed
        report.composedAt = now
        report.name = file.name
        report.mediaType = file.mediaType
        report.messages = messages
        return report
    }
}
