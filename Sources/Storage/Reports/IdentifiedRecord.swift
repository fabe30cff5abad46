public import DomainAnalysis
public import MailReports

/// A row of a report with what was made of it: who sent it, and what it is.
public struct IdentifiedRecord: Sendable {
    public var record: AggregateRecord
    public var identification: SenderIdentification
    public var sourceClass: SourceClass
    /// Why it is of that class, in a sentence.
    public var reason: String

    public init(
        record: AggregateRecord, identification: SenderIdentification, sourceClass: SourceClass,
        reason: String
    ) {
        self.record = record
        self.identification = identification
        self.sourceClass = sourceClass
        self.reason = reason
    }
}
