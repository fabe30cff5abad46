import DomainAnalysis
import Identities
import MailReports
import Storage

/// Made-up rows and reports, as the intake hands them over.
enum Samples {
    static let domain: DomainName = {
        guard let name = DomainName("example.com") else { preconditionFailure("not a name") }
        return name
    }()

    static func identification(_ key: String) -> SenderIdentification {
        SenderIdentification(
            key: key, name: "Name of \(key)", serviceID: nil, confidence: .strong,
            evidence: [.init(kind: .dkimDomain, observation: "d=\(key)", match: "row \(key)")])
    }

    static func row(
        _ source: String, _ count: Int64, sender: String = "own:example.com",
        class sourceClass: SourceClass = .compliant, from: String = "example.com",
        disposition: String = "none"
    ) -> IdentifiedRecord {
        var record = AggregateRecord()
        record.sourceText = source
        record.source = IPAddress(source)
        record.count = count
        record.disposition = disposition
        record.headerFrom = from
        let result = sourceClass == .compliant ? "pass" : "fail"
        record.dkimEvaluated = result
        record.dkim = [.init(domain: from, selector: "s1", result: result)]
        record.spf = [.init(domain: from, scope: "mfrom", result: "pass")]
        return IdentifiedRecord(
            record: record,
            judgement: .init(
                identification: identification(sender), sourceClass: sourceClass,
                reason: "because of \(sender)",
                authenticationSet: AuthenticationSetDigest(record)))
    }

    static func report(
        _ id: String, begin: Int64 = 1_700_006_400, seconds: Int64 = 86_399,
        reporter: String = "reporter.example"
    ) -> AggregateReport {
        var report = AggregateReport()
        report.reporter = reporter
        report.reportID = id
        report.begin = begin
        report.end = begin + seconds
        report.policy.domain = domain.text
        report.policy.policy = "none"
        return report
    }

    /// 2023-11-15: the day of `report`'s begin.
    static let day = UTCDay(secondsSinceEpoch: 1_700_006_400)
    static let now: Int64 = 1_700_300_000
}

/// The stores over one database, and a short way to take in a report.
struct Stores: Sendable {
    let intake: IntakeStore
    let reports: ReportStore
    let domains: DomainStore

    func take(
        _ report: AggregateReport, _ rows: [IdentifiedRecord], raw: String,
        domain: DomainName = Samples.domain
    ) async throws -> IngestTransaction.Outcome {
        try await intake.ingest(now: Samples.now) { step in
            let object = try step.addRawObject(
                digest: raw, byteCount: 3, encoding: .plain, name: raw, door: "test")
            try step.addRawPiece([1, 2, 3], position: 0, of: object)
            try step.begin()
            for row in rows { try step.add(row) }
            return try step.end(report, domain: domain, rawObject: object, path: raw)
        }
    }
}
