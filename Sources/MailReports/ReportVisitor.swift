/// Receives what a container of reports holds, in the order in which it is read.
///
/// For every document that is begun exactly one of `aggregateReport`, `tlsReport`,
/// `failureReport` or `refused` follows. A throw stops the reading and is passed on.
public protocol ReportVisitor {
    /// A document begins. `path` names it for people: `mail.eml › report.zip › a!b!1!2.xml`.
    mutating func begin(path: String) throws
    /// A record of the aggregate report that is being read.
    mutating func aggregateRecord(_ record: consuming AggregateRecord) throws
    /// The aggregate report ended; its records were handed over before.
    mutating func aggregateReport(_ report: consuming AggregateReport) throws
    mutating func tlsReport(_ report: TLSReport) throws
    mutating func failureReport(_ report: FailureReport) throws
    /// A document could not be read as a report. Records handed over since `begin` do not count.
    mutating func refused(_ refusal: ReportRefusal) throws
}

/// Why something is not, or not safely, a report: said to a person, with the cure.
public struct ReportRefusal: Error, Hashable, Sendable, Codable {
    /// The kind of refusal; the raw value is stored.
    public enum Code: String, Sendable, Codable, CaseIterable {
        case empty, notAReport, tooLarge, tooDeep, tooManyEntries, tooManyElements, bomb
        case encrypted, corruptArchive, unreadableArchive, documentTypeDeclaration, malformed
        case noRecords, noPolicyDomain, noReporter, noPeriod, implausible, truncated
        case invalidJSON, missingField, unreadableFile, foreignDomain
        /// It can be read, and looks as if somebody else had written it.
        case looksForged
    }

    public var code: Code
    /// The document, as in `ReportVisitor.begin`.
    public var path: String
    /// Byte offset in the decompressed document, when there is one.
    public var offset: Int?
    /// What was found, where, and what to do, in one or two plain sentences.
    public var explanation: String

    public init(_ code: Code, path: String, offset: Int? = nil, _ explanation: String) {
        self.code = code
        self.path = path
        self.offset = offset
        self.explanation = explanation
    }
}
