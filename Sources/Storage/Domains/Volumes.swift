public import DomainAnalysis
public import MailReports

/// An inclusive range of UTC days.
public struct DayRange: Hashable, Sendable, Codable {
    public var first: UTCDay
    public var last: UTCDay

    public init(first: UTCDay, last: UTCDay) {
        self.first = first
        self.last = max(first, last)
    }

    public var dayCount: Int { last.number - first.number + 1 }

    /// The `days` days that end with `last`.
    public init(last: UTCDay, days: Int) {
        self.init(first: last.advanced(by: 1 - max(1, days)), last: last)
    }
}

/// Messages counted by what they are.
public struct ClassCounts: Hashable, Sendable, Codable {
    public var compliant: Int64 = 0
    public var misconfigured: Int64 = 0
    public var forwarded: Int64 = 0
    public var blocklisted: Int64 = 0
    public var spoofing: Int64 = 0
    public var unknown: Int64 = 0

    public init() {}

    public subscript(sourceClass: SourceClass) -> Int64 {
        get {
            switch sourceClass {
            case .compliant: compliant
            case .misconfigured: misconfigured
            case .forwarded: forwarded
            case .blocklisted: blocklisted
            case .spoofing: spoofing
            case .unknown: unknown
            }
        }
        set {
            switch sourceClass {
            case .compliant: compliant = newValue
            case .misconfigured: misconfigured = newValue
            case .forwarded: forwarded = newValue
            case .blocklisted: blocklisted = newValue
            case .spoofing: spoofing = newValue
            case .unknown: unknown = newValue
            }
        }
    }

    /// The four states people see.
    public subscript(fate: SourceClass.Fate) -> Int64 {
        switch fate {
        case .proved: compliant
        case .undecided: Self.sum(misconfigured, unknown)
        case .forwarded: forwarded
        case .forged: Self.sum(blocklisted, spoofing)
        }
    }

    public var total: Int64 {
        Self.sum(
            Self.sum(Self.sum(compliant, misconfigured), Self.sum(forwarded, blocklisted)),
            Self.sum(spoofing, unknown))
    }

    mutating func add(_ messages: Int64, to sourceClass: SourceClass) {
        self[sourceClass] = Self.sum(self[sourceClass], messages)
    }

    public static func += (left: inout ClassCounts, right: ClassCounts) {
        left.compliant = sum(left.compliant, right.compliant)
        left.misconfigured = sum(left.misconfigured, right.misconfigured)
        left.forwarded = sum(left.forwarded, right.forwarded)
        left.blocklisted = sum(left.blocklisted, right.blocklisted)
        left.spoofing = sum(left.spoofing, right.spoofing)
        left.unknown = sum(left.unknown, right.unknown)
    }

    /// Adds counts that came from outside: at the end of 64 bits the sum stays there.
    public static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (value, overflowed) = left.addingReportingOverflow(right)
        return overflowed ? .max : value
    }
}

/// One day's messages.
public struct DayVolume: Hashable, Sendable, Codable {
    public var day: UTCDay
    public var counts: ClassCounts
    /// Messages among them whose day is an estimate: their report spans more than a day.
    public var estimated: Int64

    public init(day: UTCDay, counts: ClassCounts = ClassCounts(), estimated: Int64 = 0) {
        self.day = day
        self.counts = counts
        self.estimated = estimated
    }
}

/// A sender's messages in a window.
public struct SenderVolume: Hashable, Sendable, Codable {
    /// `SenderIdentification.key` and what else identification said.
    public var key: String
    public var name: String
    public var serviceID: String?
    public var confidence: SenderIdentification.Confidence
    public var evidence: [SenderIdentification.Evidence]
    public var counts: ClassCounts
    /// Messages with an aligned DKIM pass, an aligned SPF pass (as the receivers evaluated it).
    public var dkimAligned: Int64
    public var spfAligned: Int64
    /// Messages that receivers quarantined or rejected.
    public var quarantined: Int64
    public var rejected: Int64
    /// First and last day on which the sender was ever seen for this domain.
    public var firstDay: UTCDay
    public var lastDay: UTCDay
    /// Different addresses ever seen.
    public var sourceCount: Int64
    /// Messages per day of the window, oldest first (for a sparkline).
    public var days: [Int64]
    /// Why its largest unproved part was classified as it was, in a sentence.
    public var reason: String
    /// What people decided about it; `counts` are read accordingly.
    public var decision: SenderDecision?

    public init(
        key: String, name: String, serviceID: String?,
        confidence: SenderIdentification.Confidence, evidence: [SenderIdentification.Evidence],
        counts: ClassCounts, dkimAligned: Int64, spfAligned: Int64, quarantined: Int64,
        rejected: Int64, firstDay: UTCDay, lastDay: UTCDay, sourceCount: Int64, days: [Int64],
        reason: String
    ) {
        self.key = key
        self.name = name
        self.serviceID = serviceID
        self.confidence = confidence
        self.evidence = evidence
        self.counts = counts
        self.dkimAligned = dkimAligned
        self.spfAligned = spfAligned
        self.quarantined = quarantined
        self.rejected = rejected
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.sourceCount = sourceCount
        self.days = days
        self.reason = reason
    }
}
