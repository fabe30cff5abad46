public import MailReports

/// Something that a person should look at: raised once, open until it is over.
public struct Alert: Hashable, Sendable, Codable, Identifiable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Somebody sends in a domain's name who never did before.
        case newSender = "new-sender"
        /// A sender that was proved is not proved any more.
        case failingSender = "failing-sender"
        /// Far more forged mail than usual.
        case spoofWave = "spoof-wave"
        /// Records are not what they were changed to.
        case changedOutside = "changed-outside"
        /// An SPF record leads to an error.
        case brokenRecord = "broken-record"
        /// Nobody reports about a domain any more.
        case silentDomain = "silent-domain"
        /// A receiver that used to report does not.
        case silentReporter = "silent-reporter"
    }

    public var id: Int64
    public var finding: AlertFinding
    /// Seconds since 1970, as all instants here.
    public var raisedAt: Int64
    /// When it was found last.
    public var seenAt: Int64
    /// Nil while it lasts.
    public var overAt: Int64?
    public var acknowledgedAt: Int64?
    public var acknowledgedBy: String?
}

/// What is wrong at one moment, in words for a person.
public struct AlertFinding: Hashable, Sendable, Codable {
    /// What makes two findings the same situation.
    public struct Key: Hashable, Sendable, Codable {
        public var kind: Alert.Kind
        /// Empty where it is about no domain.
        public var domain: String
        /// A sender's key, a reporter, a change's number; empty where the domain says it all.
        public var place: String

        public init(_ kind: Alert.Kind, domain: String, place: String = "") {
            self.kind = kind
            self.domain = domain
            self.place = place
        }
    }

    public var key: Key
    /// The first day of it.
    public var since: UTCDay
    public var what: String
    public var evidence: String
    public var advice: String

    public init(
        _ key: Key, since: UTCDay, what: String, evidence: String, advice: String
    ) {
        self.key = key
        self.since = since
        self.what = what
        self.evidence = evidence
        self.advice = advice
    }
}

/// Bounds of alerts and of what is sent about them.
public enum AlertLimits {
    /// Alerts open at the same time in one organisation; more wait until some are over.
    public static let open = 1_000
    /// Alerts of a day about each of which a notice is sent; one more notice sums up the rest.
    public static let noticesADay = 20
    /// Notices on their way at the same time; the oldest give way.
    public static let waiting = 1_000
    /// Attempts to send one notice, seconds before the second, and the longest pause.
    public static let attempts = 12
    public static let firstPause: Int64 = 30
    public static let longestPause: Int64 = 7_200
    /// Seconds for which a notice belongs to whoever took it.
    public static let claim: Int64 = 120
    /// Notices sent in one step.
    public static let sentAtOnce = 50
    /// Scalars of a sentence.
    public static let text = 2_000
    /// Alerts listed at once.
    public static let listed = 200
    /// Days of sums that alerts are judged from.
    public static let days = 42
    /// Senders of a domain, and reporters, that are judged: those with the most messages.
    public static let senders = 500
    public static let reporters = 200
}
