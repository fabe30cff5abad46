import SQLDatabase

/// Rows that wait to be written together: one call for many reports instead of one for each.
struct RowBuffer {
    enum Table: Int, CaseIterable {
        // In the order in which they are written: rows come after what they refer to.
        case rawObject, rawPiece, report, authenticationSet, authenticationResult, record

        var name: String {
            switch self {
            case .rawObject: "raw_object"
            case .rawPiece: "raw_piece"
            case .report: "report"
            case .authenticationSet: "authentication_set"
            case .authenticationResult: "authentication_result"
            case .record: "record"
            }
        }

        var columns: [String] {
            switch self {
            case .rawObject: RowBuffer.rawObjectColumns
            case .rawPiece: RowBuffer.rawPieceColumns
            case .report: RowBuffer.reportColumns
            case .authenticationSet: RowBuffer.authenticationSetColumns
            case .authenticationResult: RowBuffer.authenticationResultColumns
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
    static let authenticationSetColumns = [
        "id", "organisation_id", "digest", "header_from", "envelope_from",
    ]
    static let authenticationResultColumns = [
        "authentication_set_id", "position", "kind", "domain", "selector", "scope", "result",
        "human_result",
    ]
    static let recordColumns = [
        "report_id", "position", "source", "messages", "disposition", "dkim", "spf",
        "authentication_set_id", "sender_id", "class", "envelope_to", "reasons",
    ]

    /// Values held before they are written: some 5 MB.
    static let mostValues = 60_000
    /// Bytes of raw pieces held.
    static let mostBytes = 2 << 20

    private var waiting: [[SQLValue]]
    private var valueCount = 0
    private var byteCount = 0
    /// How often the buffer was emptied into the database.
    private(set) var timesWritten = 0

    init() { waiting = Array(repeating: [], count: Table.allCases.count) }

    private init(waiting: [[SQLValue]]) { self.waiting = waiting }

    /// What stands where a buffer was taken out for a moment; it takes no rows.
    static var gap: RowBuffer { RowBuffer(waiting: []) }

    var isFull: Bool { valueCount > Self.mostValues || byteCount > Self.mostBytes }

    mutating func add(_ values: [SQLValue], to table: Table) {
        waiting[table.rawValue].append(contentsOf: values)
        valueCount += values.count
        if table == .rawPiece, case .blob(let bytes)? = values.last { byteCount += bytes.count }
    }

    /// Rows, straight to their place: no list of values comes and goes for each.
    @inline(__always)
    mutating func fill(_ table: Table, _ append: (inout [SQLValue]) -> Void) {
        var values: [SQLValue] = []
        swap(&values, &waiting[table.rawValue])
        let before = values.count
        append(&values)
        valueCount += values.count - before
        swap(&values, &waiting[table.rawValue])
    }

    /// Makes room at once instead of step by step.
    mutating func reserve(rows: Int, of table: Table) {
        let values = rows * table.columns.count
        if values > waiting[table.rawValue].capacity - waiting[table.rawValue].count {
            waiting[table.rawValue].reserveCapacity(
                max(waiting[table.rawValue].count * 2, waiting[table.rawValue].count + values))
        }
    }

    /// Values of a table that wait.
    func count(of table: Table) -> Int { waiting[table.rawValue].count }

    /// Forgets the last values of a table, down to a count.
    mutating func cut(_ table: Table, to count: Int) {
        let surplus = waiting[table.rawValue].count - count
        guard surplus > 0 else { return }
        waiting[table.rawValue].removeLast(surplus)
        valueCount -= surplus
    }

    mutating func write(to transaction: any SQLTransaction) throws {
        for table in Table.allCases where !waiting[table.rawValue].isEmpty {
            try transaction.insert(
                into: table.name, columns: table.columns, values: waiting[table.rawValue])
        }
        empty()
        timesWritten += 1
    }

    /// Forgets all rows; their memory is kept for the next.
    mutating func empty() {
        for index in waiting.indices { waiting[index].removeAll(keepingCapacity: true) }
        (valueCount, byteCount) = (0, 0)
    }
}
