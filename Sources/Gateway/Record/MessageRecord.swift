public import Identities
public import SMTP
public import Spool

/// Everything we know about one message when we answered its client: what it was, what was checked,
/// what was decided and why.
///
/// Refused messages have one too; it is all that is left of them. Texts come from the message and
/// are shown to nobody unescaped.
public struct MessageRecord: Hashable, Sendable {
    /// The listener that the message came in by.
    public enum Role: UInt8, Sendable, CaseIterable {
        /// From anywhere, for our own domains.
        case inbound = 0
        /// From our own networks, for anywhere.
        case `internal` = 1
        /// Reports for `ReportConsumer`.
        case reports = 2
        /// By none: we wrote it ourselves, such as a report of a failed delivery.
        case generated = 3
    }

    public var id: QueueIdentifier
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var receivedAt: Int64
    public var role: Role
    /// The true client, behind PROXY and XCLIENT; nil for what we wrote ourselves.
    public var client: IPAddress?
    /// The name given with HELO or EHLO.
    public var heloName: String?
    public var tls: RecordedTLS?
    public var reversePath: ReversePath
    /// The recipients whose paths fit; `recipientCount` tells of how many.
    public var recipients: [ForwardPath]
    public var recipientCount: Int
    public var header: RecordedHeader
    /// Octets as they came, without the fields that we put before them.
    public var size: Int
    public var identities: ValidatedIdentities
    /// In the order in which they are told: SPF, DKIM, ARC, DMARC.
    public var checks: [RecordedCheck]
    public var decision: Decision
    public var durations: RecordedDurations
    /// The name of the route by which it leaves; empty for what does not leave.
    public var route: String
    /// What we did with it before it left, in that order.
    public var acts: [RecordedAct] = []

    public init(
        id: QueueIdentifier, receivedAt: Int64, role: Role, client: IPAddress?,
        heloName: String? = nil, tls: RecordedTLS? = nil, reversePath: ReversePath,
        recipients: [ForwardPath], header: RecordedHeader = RecordedHeader(), size: Int,
        identities: ValidatedIdentities = ValidatedIdentities(), checks: [RecordedCheck] = [],
        decision: Decision, durations: RecordedDurations = RecordedDurations(), route: String = ""
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.role = role
        self.client = client
        self.heloName = heloName
        self.tls = tls
        self.reversePath = reversePath
        self.recipients = recipients
        recipientCount = recipients.count
        self.header = header
        self.size = size
        self.identities = identities
        self.checks = checks
        self.decision = decision
        self.durations = durations
        self.route = route
    }
}

/// How the client's connection was encrypted.
public struct RecordedTLS: Hashable, Sendable {
    /// `TLSv1.3`.
    public var version: String
    public var cipher: String
    /// The name in the certificate that the client showed.
    public var clientCertificateName: String?

    public init(version: String, cipher: String, clientCertificateName: String? = nil) {
        self.version = version
        self.cipher = cipher
        self.clientCertificateName = clientCertificateName
    }
}

/// The header fields that people know a message by, decoded, on one line each.
public struct RecordedHeader: Hashable, Sendable {
    /// The address of the From field, `user@example.org`; nil when it has none or several.
    public var authorAddress: String?
    public var authorName: String?
    public var subject: String?
    /// With its angle brackets.
    public var messageID: String?
    /// The Date field as it stood.
    public var date: String?

    public init(
        authorAddress: String? = nil, authorName: String? = nil, subject: String? = nil,
        messageID: String? = nil, date: String? = nil
    ) {
        self.authorAddress = authorAddress
        self.authorName = authorName
        self.subject = subject
        self.messageID = messageID
        self.date = date
    }
}

/// The names that the message proved to come from.
public struct ValidatedIdentities: Hashable, Sendable {
    /// The domains whose DKIM signatures pass.
    public var dkim: [DomainName]
    /// The domain for which SPF passes.
    public var spf: DomainName?
    /// The organizational domain of the author, where DMARC's alignment proves it (RFC 9989 §4.10);
    /// the relationship history goes by it.
    public var organizational: DomainName?

    public init(
        dkim: [DomainName] = [], spf: DomainName? = nil, organizational: DomainName? = nil
    ) {
        self.dkim = dkim
        self.spf = spf
        self.organizational = organizational
    }
}

/// One thing that was checked, with its result as a word of RFC 8601 and a sentence for people.
public struct RecordedCheck: Hashable, Sendable {
    public enum Method: UInt8, Sendable, CaseIterable {
        case spf = 0
        case helo = 1
        case dkim = 2
        case arc = 3
        case dmarc = 4
        case dkim2 = 5
        case bimi = 6
        /// Lists in the DNS of clients that send spam.
        case lists = 7
    }

    public var method: Method
    /// `pass`, `fail`, `none`, ….
    public var result: String
    /// The domain that the result is about.
    public var domain: String?
    /// What was seen.
    public var sentence: String

    public init(_ method: Method, _ result: String, domain: String? = nil, _ sentence: String) {
        self.method = method
        self.result = result
        self.domain = domain
        self.sentence = sentence
    }
}

/// How long it took, in milliseconds.
public struct RecordedDurations: Hashable, Sendable {
    public var authenticate: Int
    /// From the message's last octet to our answer.
    public var total: Int

    public init(authenticate: Int = 0, total: Int = 0) {
        self.authenticate = authenticate
        self.total = total
    }
}
