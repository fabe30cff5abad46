public import Identities
public import SMTP
public import Storage

/// A report on its way out: what the gateway puts into its spool.
public struct ReportMail: Hashable, Sendable {
    public var kind: OutgoingReport.Kind
    /// Whom the report is about.
    public var domain: DomainName
    /// The Message-ID without angle brackets: the same whenever the same report goes to the same
    /// place, so that whoever takes it can tell that he has it already.
    public var identifier: String
    public var envelope: Envelope
    /// The whole signed message.
    public var octets: [UInt8]

    public init(
        kind: OutgoingReport.Kind, domain: DomainName, identifier: String, envelope: Envelope,
        octets: [UInt8]
    ) {
        self.kind = kind
        self.domain = domain
        self.identifier = identifier
        self.envelope = envelope
        self.octets = octets
    }

    /// RFC 8460 §5.3: a TLS report is delivered even where the TLS fails that it tells of, and its
    /// own delivery is not told of in the next one.
    public var toleratesTLSFailure: Bool { kind == .tls }
}

/// A TLS report for a web server (RFC 8460 §5.4).
public struct ReportPost: Hashable, Sendable {
    /// An `https:` URI that a stranger chose: whoever fetches it must not be led into networks of
    /// our own.
    public var uri: String
    public var mediaType: String
    public var octets: [UInt8]

    public init(uri: String, mediaType: String, octets: [UInt8]) {
        self.uri = uri
        self.mediaType = mediaType
        self.octets = octets
    }

    /// What came of it.
    public enum Answer: Hashable, Sendable {
        /// The status of the web server's response.
        case status(Int)
        /// No response, and why.
        case unreachable(String)
    }
}
