/// A DMARC failure report: one message that failed, described by its receiver
/// (RFC 9991, RFC 6591, RFC 5965). Personal data is left out unless it is asked for.
public struct FailureReport: Hashable, Sendable, Codable {
    public var feedbackType: String = "auth-failure"
    public var userAgent: String?
    public var version: String?
    /// `Reported-Domain`, lower case.
    public var reportedDomain: String?
    public var sourceText: String?
    /// `Arrival-Date` in seconds since 1970-01-01T00:00:00Z.
    public var arrival: Int64?
    public var originalMailFrom: String?
    public var originalRecipient: String?
    public var originalEnvelopeID: String?
    public var reportingMTA: String?
    public var incidents: Int64 = 1
    /// `Auth-Failure`: `dmarc`, `dkim`, `spf` …
    public var authenticationFailure: String?
    public var authenticationResults: [String] = []
    public var identityAlignment: String?
    public var deliveryResult: String?
    public var dkimDomain: String?
    public var dkimIdentity: String?
    public var dkimSelector: String?
    public var spfRecord: String?
    /// Subject, From and Message-ID of the reported message.
    public var subject: String?
    public var headerFrom: String?
    public var messageID: String?
    /// Other fields of the feedback part, in order.
    public var otherFields: [Field] = []
    public var repairs: [Repair] = []

    public struct Field: Hashable, Sendable, Codable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init() {}
}
