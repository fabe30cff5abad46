public import Identities
public import SMTPClient

/// What one attempt to reach one mail host showed about a domain's transport security, in the words
/// of TLS reports (RFC 8460 §4).
public struct TLSObservation: Hashable, Sendable {
    /// `policy-type` (RFC 8460 §4.2).
    public enum PolicyType: String, Sendable, Codable, CaseIterable {
        /// MTA-STS.
        case sts
        /// DANE.
        case tlsa
        case noPolicyFound = "no-policy-found"
    }

    /// The policy under which the attempt stood.
    public struct Policy: Hashable, Sendable {
        public var type: PolicyType
        /// `policy-string`: a policy's lines, or TLSA records as a zone file writes their data.
        public var text: [String]
        /// `policy-domain`: the recipients' domain; for DANE the name that has the TLSA records.
        public var domain: DomainName
        /// `mx-host`: the patterns of an MTA-STS policy, else the mail host.
        public var hosts: [String]

        public init(
            type: PolicyType, text: [String] = [], domain: DomainName, hosts: [String] = []
        ) {
            self.type = type
            self.text = text
            self.domain = domain
            self.hosts = hosts
        }
    }

    /// The recipients' domain; reports go where its `_smtp._tls` record says.
    public var domain: DomainName
    public var policy: Policy
    /// `receiving-mx-hostname`; nil when the failure came before any host was chosen.
    public var host: String?
    /// `receiving-ip`; nil when there was no attempt to connect.
    public var address: IPAddress?
    /// `sending-mta-ip`, where the connection left from, when known.
    public var source: IPAddress?
    /// Nil for a session that was as the policy wants it, or encrypted where there is none.
    public var result: TLSFailure?
    /// `failure-reason-code` and more, for people; nil on success.
    public var detail: String?
    /// Milliseconds since 1970.
    public var at: Int64

    public init(
        domain: DomainName, policy: Policy, host: String? = nil, address: IPAddress? = nil,
        source: IPAddress? = nil, result: TLSFailure? = nil, detail: String? = nil, at: Int64
    ) {
        self.domain = domain
        self.policy = policy
        self.host = host
        self.address = address
        self.source = source
        self.result = result
        self.detail = detail
        self.at = at
    }
}
