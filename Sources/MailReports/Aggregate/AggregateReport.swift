public import Identities

/// What one DMARC aggregate report says about itself and about the policy it saw; its records are
/// handed over one by one while the document is read (RFC 9990 §3, RFC 7489 Appendix C).
public struct AggregateReport: Hashable, Sendable, Codable {
    /// Which specification the document follows. The namespace alone does not decide: many
    /// RFC 9990 reporters leave it out, and `np` alone is sent by RFC 7489 reporters.
    public enum Specification: String, Sendable, Codable {
        case draft, rfc7489, rfc9990
    }

    public var specification: Specification = .draft
    /// `version` as sent, if any.
    public var version: String?
    /// `org_name`; the domain of `email` when it is missing.
    public var reporter: String = ""
    public var email: String = ""
    public var extraContact: String?
    /// `report_id` as sent, surrounding white space removed.
    public var reportID: String = ""
    /// First second covered, seconds since 1970-01-01T00:00:00Z.
    public var begin: Int64 = 0
    /// Last second covered, as the reporter counts it.
    public var end: Int64 = 0
    public var errors: [String] = []
    public var generator: String?
    public var policy = PublishedPolicy()
    /// Records accepted and the messages they count.
    public var recordCount: Int = 0
    public var messageCount: Int64 = 0
    public var repairs: [Repair] = []

    public init() {}

    /// True when a value or a structure had to be changed to read the report.
    public var isRepaired: Bool { repairs.contains { $0.weight == .repair } }

    /// The DMARC record as the reporter saw it; words it did not send are nil.
    public struct PublishedPolicy: Hashable, Sendable, Codable {
        /// The domain at which the record was found (`policy_published/domain`).
        public var domain: String = ""
        /// `p`, `sp`, `np`: `none`, `quarantine` or `reject`, lower case.
        public var policy: String?
        public var subdomainPolicy: String?
        public var nonexistentSubdomainPolicy: String?
        /// `adkim`, `aspf`: `r` or `s`.
        public var dkimAlignment: String?
        public var spfAlignment: String?
        /// `pct` (RFC 7489).
        public var percentage: Int?
        public var failureOptions: String?
        /// `testing`, the record's `t` tag (RFC 9990): true for `y`.
        public var testing: Bool?
        /// `discovery_method`: `psl` or `treewalk`.
        public var discoveryMethod: String?
        public init() {}
    }
}

/// One row of an aggregate report: messages that shared a source and all their results.
public struct AggregateRecord: Hashable, Sendable, Codable {
    /// `source_ip` as sent, and its value if it is an address.
    public var sourceText: String = ""
    public var source: IPAddress?
    /// Messages in the row; at least 0.
    public var count: Int64 = 0
    /// What the receiver did: `none`, `pass`, `quarantine`, `reject`, or the word it sent.
    public var disposition: String = "none"
    /// `policy_evaluated/dkim` and `/spf`: did an aligned identifier pass? Other words than
    /// `pass` are not a pass.
    public var dkimEvaluated: String = "fail"
    public var spfEvaluated: String = "fail"
    public var reasons: [OverrideReason] = []
    /// `header_from` in lower-case A-label form where it is a name, as sent otherwise.
    public var headerFrom: String = ""
    /// `envelope_from`; empty for the null reverse-path, nil when not sent.
    public var envelopeFrom: String?
    public var envelopeTo: String?
    public var dkim: [DKIMAuthenticationResult] = []
    public var spf: [SPFAuthenticationResult] = []

    public init() {}

    /// `type` and `comment` of a policy override (`forwarded`, `mailing_list`, `local_policy` …).
    public struct OverrideReason: Hashable, Sendable, Codable {
        public var type: String
        public var comment: String?
        public init(type: String, comment: String? = nil) {
            self.type = type
            self.comment = comment
        }
    }

    public struct DKIMAuthenticationResult: Hashable, Sendable, Codable {
        public var domain: String
        public var selector: String?
        /// Lower case; empty where the reporter sent an empty element.
        public var result: String
        public var humanResult: String?
        public init(
            domain: String, selector: String? = nil, result: String, humanResult: String? = nil
        ) {
            self.domain = domain
            self.selector = selector
            self.result = result
            self.humanResult = humanResult
        }
    }

    public struct SPFAuthenticationResult: Hashable, Sendable, Codable {
        public var domain: String
        /// `mfrom` or `helo`; nil when not sent.
        public var scope: String?
        public var result: String
        public var humanResult: String?
        public init(
            domain: String, scope: String? = nil, result: String, humanResult: String? = nil
        ) {
            self.domain = domain
            self.scope = scope
            self.result = result
            self.humanResult = humanResult
        }
    }
}
