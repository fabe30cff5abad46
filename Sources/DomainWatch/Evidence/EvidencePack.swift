public import MailReports
public import Storage

/// The evidence of where an organisation stands, then and now: one set of facts for every form in
/// which it is handed over.
public struct EvidencePack: Hashable, Sendable, Encodable {
    public var organisation: String
    /// Seconds since 1970.
    public var madeAt: Int64
    /// What an executive needs to know.
    public var summary: String
    /// Nil where nothing was reported before.
    public var before: Period?
    public var now: Period
    /// By name.
    public var domains: [Domain]
    public var steps: [Step]
    public var exceptions: [Exception]
    public var otherExceptions: Int
    public var changes: [Change]
    public var otherChanges: Int64
    /// The audit log's head, for `sealgate audit verify --head`.
    public var chainHead: String

    /// Some days, with everything that was reported in them.
    public struct Period: Hashable, Sendable, Encodable {
        public var days: DayRange
        public var mail: Mail
        public var reports: Int64
        public var reporters: Int
        /// Domains that ask receivers to refuse forged mail at the end of the period.
        public var rejectingDomains: Int
    }

    /// One domain of the inventory.
    public struct Domain: Hashable, Sendable, Encodable {
        public var domain: String
        /// Nil where nobody was named.
        public var owner: String?
        public var policyBefore: String?
        public var policyNow: String
        /// The day on which the policy was seen last.
        public var policySeen: UTCDay?
        public var before: Mail?
        public var now: Mail
    }

    /// Some days that follow each other.
    public struct Step: Hashable, Sendable, Encodable {
        public var days: DayRange
        public var mail: Mail
    }

    /// A sender that is not settled, and how long that is accepted.
    public struct Exception: Hashable, Sendable, Encodable {
        public var domain: String
        public var sender: String
        public var what: String
        public var messages: Int64
        public var unproved: Int64
        public var since: UTCDay
        /// The day until which somebody accepted it; nil where nobody did.
        public var acceptedUntil: UTCDay?
    }

    /// One entry of the audit log.
    public struct Change: Hashable, Sendable, Encodable {
        public var number: Int64
        public var at: Int64
        public var who: String
        public var act: String
        public var subject: String
        public var before: String?
        public var after: String?
    }
}

extension EvidencePack {
    /// Messages by what they were, and what became of the forged ones.
    public struct Mail: Hashable, Sendable, Encodable {
        public var counts: EvidenceCounts

        private enum Names: String, CodingKey {
            case messages, legitimate, undecided, forwarded, unauthorised, rejected, quarantined
            case letThrough, othersStopped, unauthorisedPercent, stoppedPercent
        }

        public func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Names.self)
            try fields.encode(counts.total, forKey: .messages)
            try fields.encode(counts.legitimate, forKey: .legitimate)
            try fields.encode(counts.undecided, forKey: .undecided)
            try fields.encode(counts.forwarded, forKey: .forwarded)
            try fields.encode(counts.unauthorised, forKey: .unauthorised)
            try fields.encode(counts.rejected, forKey: .rejected)
            try fields.encode(counts.quarantined, forKey: .quarantined)
            try fields.encode(counts.letThrough, forKey: .letThrough)
            try fields.encode(counts.othersStopped, forKey: .othersStopped)
            try fields.encode(unauthorised.percent, forKey: .unauthorisedPercent)
            try fields.encode(stopped.percent, forKey: .stoppedPercent)
        }

        /// Of all messages, the unauthorised ones.
        public var unauthorised: Share { Share(counts.unauthorised, of: counts.total) }
        /// Of the unauthorised messages, those that receivers refused or put aside.
        public var stopped: Share { Share(counts.stopped, of: counts.unauthorised) }
    }

    /// A part of a whole, rounded towards the middle: all and nothing are said only where they are
    /// exact.
    public struct Share: Hashable, Sendable {
        /// Nil where there is no whole.
        private var tenths: Int64?
        private var isUnderOne = false

        public init(_ part: Int64, of whole: Int64) {
            guard whole > 0 else { return }
            if part <= 0 {
                tenths = 0
            } else if part >= whole {
                tenths = 1_000
            } else {
                let exact = Int64((Double(part) / Double(whole) * 1_000).rounded(.down))
                tenths = min(999, exact)
                isUnderOne = exact < 1
            }
        }

        public var percent: Double? { tenths.map { Double($0) / 10 } }

        /// `84.1`; empty where there is no whole.
        public var figure: String { tenths.map { "\($0 / 10).\($0 % 10)" } ?? "" }

        /// `84.1 %`.
        public var words: String {
            if isUnderOne { return "under 0.1 %" }
            guard let tenths else { return "–" }
            return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(figure) %"
        }
    }
}
