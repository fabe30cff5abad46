import Identities
import MailAuthentication
import MailReports
import Storage

/// TLS reports (RFC 8460).
extension ReportComposer {
    func composeTLS(_ report: OutgoingReport, _ step: inout Step) async throws {
        let now = world.now()
        let found = await TLSRPTDiscovery(world.lookup).record(for: report.domain)
        let record: TLSRPTRecord
        switch found {
        case .record(let value, _): record = value
        case .none(let reason), .invalid(let reason):
            return try await drop(report, reason, &step)
        case .temporary(let reason):
            guard now - report.end < options.spread + Limits.reportPatienceSeconds else {
                return try await drop(report, reason, &step)
            }
            return try await reports.postpone(
                report, until: now + Limits.reportRetrySeconds / 4, remark: reason)
        }
        var told = TLSReport()
        told.reporter = options.organisation
        told.contact = options.contact.description
        told.reportID = report.reportID
        told.begin = report.begin
        told.end = report.end
        told.policies = try await observations.policies(of: report.domain, begin: report.begin)
        guard !told.policies.isEmpty else {
            return try await drop(report, "Nothing is known any more.", &step)
        }
        let file = ReportFile(
            told, about: report.domain, submitter: options.submitter,
            uniqueID: Self.uniqueID(of: report))
        let count = told.policies.reduce(Int64(0)) {
            $0 &+ $1.successfulSessions &+ $1.failedSessions
        }
        try await reports.compose(
            report, file: file, messages: count, mails: mails(to: record), now: now)
        step.composed += 1
        try await send(composed(report, file, now, count), &step)
    }

    private func mails(to record: TLSRPTRecord) -> [OutgoingReportMail] {
        var mails: [OutgoingReportMail] = []
        var known: Set<String> = []
        for uri in record.reportURIs {
            let destination =
                switch uri.destination {
                case .mail(let address): address.description
                case .web: uri.text
                }
            guard known.insert(destination).inserted, mails.count < Limits.reportDestinations
            else { continue }
            mails.append(OutgoingReportMail(position: mails.count, destination: destination))
        }
        return mails
    }
}
