/// Reads a DMARC aggregate report (RFC 9990, RFC 7489 and their drafts) from chunks of its bytes
/// in one tolerant pass: records are handed over one by one, and every departure from the
/// specification is kept as a `Repair`.
public struct AggregateReportParser: Sendable {
    private let path: String
    private let now: Int64?
    private var reader: XMLReader<AggregateReportReader>

    /// Starts a report. `path` names the document in refusals, and its last part may help out
    /// where the document is silent. `now` is the time in seconds since 1970, when a report must
    /// not end far after it.
    public init(path: String, limits: ReportLimits = .init(), now: Int64? = nil) {
        self.path = path
        self.now = now
        reader = XMLReader(handler: AggregateReportReader(limits: limits), limits: limits)
    }

    /// Records are handed over at least this often, so that few wait in memory.
    private static let sliceBytes = 65_536

    /// Reads the next bytes of the document and hands over the records they complete. Throws
    /// `ReportRefusal` when the document is no report, and what `onRecord` throws.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, onRecord: (consuming AggregateRecord) throws -> Void
    ) throws {
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.sliceBytes, bytes.count)
            let slice = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            try perform(onRecord) { (reader) throws(XMLFailure) in try reader.feed(slice) }
            start = end
        }
    }

    /// Ends the document, hands over what is left and gives the report. Throws `ReportRefusal`
    /// when the document is no report, and what `onRecord` throws.
    public mutating func finish(
        onRecord: (consuming AggregateRecord) throws -> Void
    ) throws -> AggregateReport {
        try perform(onRecord) { (reader) throws(XMLFailure) in try reader.finish() }
        do {
            return try reader.handler.complete(path: path, now: now)
        } catch {
            throw refusal(error)
        }
    }

    /// Runs a step and hands over the records it completed, also when it failed after them: which
    /// records are handed over does not depend on how the bytes were cut.
    private mutating func perform(
        _ onRecord: (consuming AggregateRecord) throws -> Void,
        _ step: (inout XMLReader<AggregateReportReader>) throws(XMLFailure) -> Void
    ) throws {
        var failure: XMLFailure?
        do {
            try step(&reader)
        } catch {
            failure = error
        }
        defer { reader.handler.pending.removeAll(keepingCapacity: true) }
        for index in reader.handler.pending.indices {
            // Taken out: a record moves on, and the references to its texts are not counted anew.
            var record = AggregateRecord()
            swap(&record, &reader.handler.pending[index])
            try onRecord(record)
        }
        if let failure { throw refusal(failure) }
    }

    private func refusal(_ failure: XMLFailure) -> ReportRefusal {
        ReportRefusal(
            failure.code, path: path, offset: failure.offset, failure.explanation)
    }
}
