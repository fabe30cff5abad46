public import DomainAnalysis
public import MailReports

/// A row of a report with what was made of it: who sent it, and what it is.
public struct IdentifiedRecord: Sendable {
    public var record: AggregateRecord
    public var judgement: Judgement

    /// Who sent mail, and what it is. Rows that carry the same results share one judgement, so
    /// that a store can tell them by the object alone.
    public final class Judgement: Sendable {
        /// Its evidence may have its kinds alone; `evidence()` has the words.
        public let identification: SenderIdentification
        /// That of the identification: asked for with every row, and read without a copy of it.
        let confidence: SenderIdentification.Confidence
        public let sourceClass: SourceClass
        /// Why it is of that class, in a sentence.
        public let reason: String
        let authenticationSet: AuthenticationSetDigest
        private let explanation: (@Sendable () -> [SenderIdentification.Evidence])?

        /// - Parameters:
        ///   - authenticationSet: that of all rows that share this.
        ///   - explanation: the evidence in words, where the identification has none: thousands of
        ///     judgements are made for each that is shown.
        public init(
            identification: SenderIdentification, sourceClass: SourceClass, reason: String,
            authenticationSet: AuthenticationSetDigest,
            explanation: (@Sendable () -> [SenderIdentification.Evidence])? = nil
        ) {
            self.identification = identification
            self.confidence = identification.confidence
            self.sourceClass = sourceClass
            self.reason = reason
            self.authenticationSet = authenticationSet
            self.explanation = explanation
        }

        /// The evidence in words, strongest first.
        func evidence() -> [SenderIdentification.Evidence] {
            explanation?() ?? identification.evidence
        }
    }

    /// - Parameter judgement: shared only by rows whose From domain, MAIL FROM and authentication
    ///   results are the same.
    public init(record: AggregateRecord, judgement: Judgement) {
        self.record = record
        self.judgement = judgement
    }
}
