public import Identities

/// Messages that share everything a DMARC decision depends on: the input of a replay.
public struct ReplayRow: Hashable, Sendable {
    /// The Author Domain (RFC 9989 §4.3).
    public var headerFrom: DomainName
    public var messages: Int64
    /// Domains of the DKIM signatures that passed (not only the aligned ones).
    public var dkimPasses: [DomainName]
    /// The MAIL FROM domain (or HELO name, where the scope was helo) if SPF passed.
    public var spfPass: DomainName?
    /// Key and name of the sender these messages are put down to.
    public var senderKey: String
    public var senderName: String
    public var sourceClass: SourceClass
    /// What the receivers did with them.
    public var observedDisposition: String

    public init(
        headerFrom: DomainName, messages: Int64, dkimPasses: [DomainName], spfPass: DomainName?,
        senderKey: String, senderName: String, sourceClass: SourceClass,
        observedDisposition: String
    ) {
        self.headerFrom = headerFrom
        self.messages = messages
        self.dkimPasses = dkimPasses
        self.spfPass = spfPass
        self.senderKey = senderKey
        self.senderName = senderName
        self.sourceClass = sourceClass
        self.observedDisposition = observedDisposition
    }
}
