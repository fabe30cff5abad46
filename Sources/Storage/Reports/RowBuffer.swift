import SQLDatabase

/// Rows that wait to be written together: one call for many reports instead of one for each.
struct RowBuffer {
    enum Table: CaseIterable {
        // In the order in which they are written: rows come after what they refer to.
        case rawObject, rawPiece, report, record

        var name: String {
            switch self {
            case .rawObject: "raw_object"
            case .rawPiece: "raw_piece"
            case .report: "report"
            case .record: "record"
            }
        }

        var columns: [String] {
            switch self {
            case .rawObject: RowBuffer.rawObjectColumns
            case .rawPiece: RowBuffer.rawPieceColumns
            case .report: RowBuffer.reportColumns
            case .record: RowBuffer.recordColumns
            }
        }
    }

    static let rawObjectColumns = [
        "id", "organisation_id", "digest", "byte_count", "encoding", "name", "door",
        "received_at",
    ]
    static let rawPieceColumns = ["raw_object_id", "position", "content"]
    static let reportColumns = [
        "id", "organisation_id", "kind", "reporter", "report_id", "policy_domain", "begin_at",
        "end_at", "domain_id", "records", "messages", "is_repaired", "details", "raw_object_id",
        "path", "received_at",
    ]
    static let recordColumns = [
        "report_id", "position", "source", "messages", "disposition", "dkim", "spf",
        "authentication_set_id", "sender_id", "class", "envelope_to", "reasons",
    ]

    /// Values held before they are written: some 5 MB.
    static let mostValues = 60_000
    /// Bytes of raw pieces held.
    static let mostBytes = 2 << 20

    private var rawObjects: [SQLValue] = []
    private var rawPieces: [SQLValue] = []
    private var reports: [SQLValue] = []
    private var records: [SQLValue] = []
    private var byteCount = 0

    var isFull: Bool { records.count > Self.mostValues || byteCount > Self.mostBytes }

    mutating func add(_ values: [SQLValue], to table: Table) {
        switch table {
        case .rawObject: rawObjects += values
        case .rawPiece:
            rawPieces += values
            if case .blob(let bytes)? = values.last { byteCount += bytes.count }
        case .report: reports += values
        case .record: records += values
        }
    }

    mutating func write(to transaction: any SQLTransaction) throws {
        for table in Table.allCases {
            let values =
                switch table {
                case .rawObject: rawObjects
                case .rawPiece: rawPieces
                case .report: reports
                case .record: records
                }
            guard !values.isEmpty else { continue }
            try transaction.insert(into: table.name, columns: table.columns, values: values)
        }
        self = RowBuffer()
    }
}
