public import Identities

/// One address of `rua` or `ruf`, and whether its domain agreed to be sent reports (RFC 9990 §4,
/// RFC 9991 §5).
///
/// Without that consent anyone could publish a record that sends the world's reports to a victim.
public struct ExternalReportDestination: Hashable, Sendable {
    /// What became of the question.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// The address lies within the same organisation: nobody has to be asked.
        case own
        /// The domain of the address agreed.
        case authorized
        /// It did not, or it sends reports on to a third one: nothing is sent.
        case refused
        /// The DNS failed: ask again before sending anything.
        case unknown
        /// The address is of no kind that reports are sent to, or hides another one.
        case unusable
    }

    /// The URI as it stands in the record.
    public var uri: String
    /// The domain of the address.
    public var host: DomainName?
    public var verdict: Verdict
    /// Where to send reports for this URI: its own address, or those that the host names instead.
    public var mailboxes: [EmailAddress]
    /// The name whose TXT record gives the consent; nil when nobody had to be asked.
    public var consentName: String?
    /// Why, for a person: one plain sentence.
    public var reason: String

    public init(
        uri: String, host: DomainName? = nil, verdict: Verdict, mailboxes: [EmailAddress] = [],
        consentName: String? = nil, reason: String
    ) {
        self.uri = uri
        self.host = host
        self.verdict = verdict
        self.mailboxes = mailboxes
        self.consentName = consentName
        self.reason = reason
    }
}
