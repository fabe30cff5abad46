public import Identities
public import MailAuthentication
public import MailReports

/// Everything a plan is made from: what is published, and what the reports of a span of days add
/// up to. Nothing else is looked at, so that a plan can be made again from the same facts.
public struct PlanFacts: Sendable {
    /// What the owner says the domain is for.
    public enum Purpose: String, Sendable, Codable { case unknown, sending, parked }

    /// What the MX records say.
    public enum MailExchange: Hashable, Sendable {
        case notAsked
        case none
        /// The null MX of RFC 7505.
        case null
        /// As published, preference and host: `10 mx.example.com.`.
        case hosts([String])
    }

    /// What a replay of the same days at `p=reject` gave, in messages.
    public struct Reject: Hashable, Sendable, Codable {
        /// Own mail (compliant and misconfigured), and how much of it would be rejected.
        public var legitimate: Int64
        public var legitimateRejected: Int64
        public var forwardedRejected: Int64
        public var undecidedRejected: Int64
        public var forgedRejected: Int64
        public init(
            legitimate: Int64, legitimateRejected: Int64, forwardedRejected: Int64,
            undecidedRejected: Int64, forgedRejected: Int64
        ) {
            self.legitimate = legitimate
            self.legitimateRejected = legitimateRejected
            self.forwardedRejected = forwardedRejected
            self.undecidedRejected = undecidedRejected
            self.forgedRejected = forgedRejected
        }
    }

    public var domain: DomainName
    public var purpose: Purpose = .unknown
    /// The TXT record at `_dmarc` of `recordDomain`.
    public var recordText: String?
    /// The record that was read from it, if it is one.
    public var record: DMARCRecord?
    /// Where the record was found: the domain, or one above it.
    public var recordDomain: DomainName
    public var spfText: String?
    /// False where DNS did not say whether there is an SPF record: then nil is no answer.
    public var isSPFKnown = true
    /// Why receivers stop at the SPF record with an error, in a sentence: a fault in it, or in a
    /// record that it leads to.
    public var spfFault: String?
    public var mailExchange: MailExchange = .notAsked
    /// `*._domainkey` of the domain has a key record with an empty key already.
    public var wildcardKeyIsRevoked = false
    public var daysObserved = 0
    public var reporters = 0
    public var totalMessages: Int64 = 0
    /// The day before which no report is asked about; with `policySince`, dates can be named.
    public var today: UTCDay?
    /// The first day for which the reports show the policy of today.
    public var policySince: UTCDay?
    /// Where reports should go if the record does not say: `mailto:…`.
    public var reportAddress: String?
    public var senders: [PlanSender] = []
    public var atReject: Reject?

    /// Reads `recordText` as a DMARC record.
    public init(domain: DomainName, recordText: String? = nil, recordDomain: DomainName? = nil) {
        self.domain = domain
        self.recordDomain = recordDomain ?? domain
        self.recordText = recordText
        if let recordText, case .record(let record) = DMARCRecordParser.parse(recordText) {
            self.record = record
        }
    }
}

/// One sender in a plan's facts: who it is, and how its mail fared.
public struct PlanSender: Hashable, Sendable, Codable {
    /// Key and name as `SenderIdentification` gives them.
    public var key: String
    public var name: String
    public var serviceID: String?
    public var confidence: SenderIdentification.Confidence
    public var messages: Int64
    public var byClass: [SourceClass: Int64]
    /// Messages with an aligned DKIM pass, and with an aligned SPF pass.
    public var dkimAligned: Int64
    public var spfAligned: Int64
    public var sampleSelectors: [String]
    public var sampleMailFroms: [String]
    /// Different addresses.
    public var sources: Int
    public var firstDay: String?
    public var lastDay: String?
    /// What a person decided about it; `byClass` counts its mail accordingly.
    public var verdict: SenderVerdict?

    public init(
        key: String, name: String, serviceID: String? = nil,
        confidence: SenderIdentification.Confidence, messages: Int64,
        byClass: [SourceClass: Int64], dkimAligned: Int64, spfAligned: Int64,
        sampleSelectors: [String] = [], sampleMailFroms: [String] = [], sources: Int = 0,
        firstDay: UTCDay? = nil, lastDay: UTCDay? = nil, verdict: SenderVerdict? = nil
    ) {
        self.key = key
        self.name = name
        self.serviceID = serviceID
        self.confidence = confidence
        self.messages = messages
        self.byClass = byClass
        self.dkimAligned = dkimAligned
        self.spfAligned = spfAligned
        self.sampleSelectors = sampleSelectors
        self.sampleMailFroms = sampleMailFroms
        self.sources = sources
        self.firstDay = firstDay.map(\.description)
        self.lastDay = lastDay.map(\.description)
        self.verdict = verdict
    }

    /// Messages of one class; never negative.
    public func count(_ sourceClass: SourceClass) -> Int64 { max(0, byClass[sourceClass] ?? 0) }
}

extension SourceClass: CodingKeyRepresentable {}
