import MailReports

/// Gathers what a container holds, up to a number of rows.
struct CollectingVisitor: ReportVisitor {
    enum Document: Sendable {
        case aggregate(AggregateReport, [AggregateRecord], path: String)
        case tls(TLSReport, path: String)
        case failure(FailureReport, path: String)
        case refused(ReportRefusal)
    }

    /// There are more rows than may be held: the container is to be read row by row.
    struct TooManyRecords: Error {}

    let mostRecords: Int
    var documents: [Document] = []
    private var path = ""
    private var records: [AggregateRecord] = []
    private var recordCount = 0

    init(mostRecords: Int) { self.mostRecords = mostRecords }

    mutating func begin(path: String) {
        self.path = path
        records = []
    }

    mutating func aggregateRecord(_ record: consuming AggregateRecord) throws {
        recordCount += 1
        guard recordCount <= mostRecords else { throw TooManyRecords() }
        records.append(record)
    }

    mutating func aggregateReport(_ report: consuming AggregateReport) {
        documents.append(.aggregate(report, records, path: path))
        records = []
    }

    mutating func tlsReport(_ report: TLSReport) {
        documents.append(.tls(report, path: path))
    }

    mutating func failureReport(_ report: FailureReport) {
        documents.append(.failure(report, path: path))
    }

    mutating func refused(_ refusal: ReportRefusal) {
        records = []
        documents.append(.refused(refusal))
    }
}
