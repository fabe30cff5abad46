public import Identities

/// What must be known of a message before BIMI is evaluated.
public struct BIMIRequest: Hashable, Sendable {
    public var author: BIMIAuthor
    /// The author's Organizational Domain.
    public var organizationalDomain: DomainName?
    /// What DMARC says of the message. A receiver that trusts a forwarder's ARC chain may hand in
    /// `pass` (§7.1).
    public var dmarcResult: DMARCResult
    /// The DMARC record that applies to the author's domain.
    public var dmarcRecord: DMARCRecord?
    /// Where that record lies; nil when it is the author's own domain.
    public var dmarcRecordDomain: DomainName?
    /// The selector that the message asks for; nil without one, or when it is not to be believed.
    public var selector: BIMISelector?

    public init(
        author: BIMIAuthor, organizationalDomain: DomainName?, dmarcResult: DMARCResult,
        dmarcRecord: DMARCRecord?, dmarcRecordDomain: DomainName? = nil,
        selector: BIMISelector? = nil
    ) {
        self.author = author
        self.organizationalDomain = organizationalDomain
        self.dmarcResult = dmarcResult
        self.dmarcRecord = dmarcRecord
        self.dmarcRecordDomain = dmarcRecordDomain
        self.selector = selector
    }
}
