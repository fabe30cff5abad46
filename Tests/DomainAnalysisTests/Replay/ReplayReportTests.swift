import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
import TestSupport
import Testing

/// The aggregate report beside the twelve rows: read by the real reader, it gives those rows.
@Suite struct ReplayReportTests {
    @Test func `the report of the twelve rows gives exactly the rows`() throws {
        let folder = ReplayFixtureTests.folder
        let data = Data(try SharedData.bytes(folder + "rows.json"))
        let rows = try JSONDecoder().decode([FixtureRow].self, from: data)
        var reading = Reading()
        try ReportReader().read(file: folder + "report.xml", into: &reading)
        #expect(reading.refusals.isEmpty)
        #expect(reading.reports.map(\.repairs) == [[]])
        try #require(reading.records.count == rows.count)
        #expect(Set(reading.records.map(\.headerFrom)).count == rows.count)
        for (record, row) in zip(reading.records, rows) {
            #expect(record.headerFrom == row.headerFrom.text)
            #expect(record.count == row.messages)
            #expect(record.source != nil)
            let signatures = record.dkim.filter { $0.result == "pass" }.map(\.domain)
            #expect(signatures == row.dkimPasses.map(\.text))
            let mailFrom = record.spf.first { $0.result == "pass" }?.domain
            #expect(mailFrom == row.spfPass?.text)
            let isCompliant = [record.dkimEvaluated, record.spfEvaluated].contains("pass")
            #expect(isCompliant == (row.sourceClass == .compliant))
            #expect(record.disposition == row.observedDisposition)
            #expect(record.reasons.isEmpty == (row.sourceClass != .forwarded))
        }
    }

    private struct Reading: ReportVisitor {
        var records: [AggregateRecord] = []
        var reports: [AggregateReport] = []
        var refusals: [ReportRefusal] = []

        mutating func begin(path: String) {}
        mutating func aggregateRecord(_ record: AggregateRecord) { records.append(record) }
        mutating func aggregateReport(_ report: AggregateReport) { reports.append(report) }
        mutating func tlsReport(_ report: TLSReport) {}
        mutating func failureReport(_ report: FailureReport) {}
        mutating func refused(_ refusal: ReportRefusal) { refusals.append(refusal) }
    }
}
