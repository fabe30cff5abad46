import Hummingbird
import Identities
import MailReports
import Storage

/// `/api/v1/reports` and `/api/v1/totals`: what came in.
struct ReportRoutes {
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/reports") { request, context in
            let query = try APIQuery(request, of: .reports)
            let limit = Int(query.whole("limit") ?? 100)
            let found = try await services.rooms(context.visit).reports.recent(
                limit: limit + 1, before: query.whole("before"))
            return ProgramAnswer.json(
                List(
                    reports: found.prefix(limit).map { Report($0) },
                    next: found.count > limit ? found[limit - 1].id : nil))
        }
        router.get("/api/v1/reports/:id") { request, context in
            _ = try APIQuery(request, of: .report)
            let id = try context.id("report")
            guard
                let report = try await services.rooms(context.visit).reports.report(
                    id, rows: Limits.reportRows)
            else { throw ConsoleError.notFound("There is no report with this number.") }
            return ProgramAnswer.json(Report(report.summary, rows: report.records))
        }
        router.get("/api/v1/totals") { request, context in
            _ = try APIQuery(request, of: .totals)
            return ProgramAnswer.json(
                Totals(try await services.rooms(context.visit).reports.statistics()))
        }
    }

    private struct List: Encodable {
        var reports: [Report]
        var next: Int64?
    }

    private struct Report: Encodable {
        var id: Int64
        var kind, reporter, reportID, policyDomain: String
        var begin, end, records, messages: Int64
        var isRepaired: Bool
        var receivedAt: Int64
        var trust: String?
        var rows: [Row]?

        init(_ summary: ReportSummary, rows: [AggregateRecord]? = nil) {
            id = summary.id
            kind = summary.kind.rawValue
            reporter = summary.reporter
            reportID = summary.reportID
            policyDomain = summary.policyDomain
            begin = summary.begin
            end = summary.end
            records = summary.records
            messages = summary.messages
            isRepaired = summary.isRepaired
            receivedAt = summary.receivedAt
            trust = summary.trust?.rawValue
            self.rows = rows?.map { Row($0) }
        }
    }

    private struct Row: Encodable {
        var source: String
        var messages: Int64
        var disposition, dkim, spf, headerFrom: String
        var envelopeFrom: String?

        init(_ record: AggregateRecord) {
            source = record.source?.description ?? record.sourceText
            messages = record.count
            disposition = record.disposition
            dkim = record.dkimEvaluated
            spf = record.spfEvaluated
            headerFrom = record.headerFrom
            envelopeFrom = record.envelopeFrom
        }
    }

    private struct Totals: Encodable {
        var reports, records, messages, repaired, tlsReports, failureReports, quarantined: Int64

        init(_ statistics: ReportStatistics) {
            reports = statistics.reports
            records = statistics.records
            messages = statistics.messages
            repaired = statistics.repaired.reports
            tlsReports = statistics.tlsReports
            failureReports = statistics.failureReports
            quarantined = statistics.quarantined
        }
    }
}
