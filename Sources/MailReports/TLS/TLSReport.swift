/// A TLS report: how often mail to a domain could be delivered under TLS (RFC 8460 §4).
public struct TLSReport: Hashable, Sendable, Codable {
    /// `organization-name`.
    public var reporter: String = ""
    public var contact: String?
    public var reportID: String = ""
    /// Seconds since 1970-01-01T00:00:00Z.
    public var begin: Int64 = 0
    public var end: Int64 = 0
    public var policies: [PolicyResult] = []
    public var repairs: [Repair] = []

    public init() {}

    public struct PolicyResult: Hashable, Sendable, Codable {
        /// `sts`, `tlsa` or `no-policy-found`, or the word sent.
        public var type: String = ""
        public var strings: [String] = []
        public var domain: String = ""
        public var mxHosts: [String] = []
        public var successfulSessions: Int64 = 0
        public var failedSessions: Int64 = 0
        public var failures: [FailureDetail] = []
        public init() {}
    }

    public struct FailureDetail: Hashable, Sendable, Codable {
        public var resultType: String = ""
        public var sendingMTA: String?
        public var receivingMXHost: String?
        public var receivingMXHelo: String?
        public var receivingAddress: String?
        public var failedSessions: Int64 = 0
        public var additionalInformation: String?
        public var reasonCode: String?
        public init() {}
    }
}
