import DomainAnalysis
public import Identities
public import MailReports

/// A domain as the portfolio lists it.
public struct DomainSummary: Hashable, Sendable, Codable {
    public var domain: DomainName
    public var counts: ClassCounts
    /// One entry per day of the window, oldest first, days without mail included.
    public var days: [DayVolume]
    /// The policy that the newest report saw.
    public var published: ObservedPolicy?
    public var firstDay: UTCDay?
    public var lastDay: UTCDay?
    /// Senders that need a decision by their mail in the window (`ClassCounts.needsDecision`).
    public var undecidedSenders: Int

    public init(domain: DomainName, counts: ClassCounts, days: [DayVolume]) {
        self.domain = domain
        self.counts = counts
        self.days = days
        self.undecidedSenders = 0
    }
}

/// The DMARC policy as a reporter saw it, and when.
public struct ObservedPolicy: Hashable, Sendable, Codable {
    public var policy: AggregateReport.PublishedPolicy
    public var reporter: String
    public var seen: UTCDay

    public init(policy: AggregateReport.PublishedPolicy, reporter: String, seen: UTCDay) {
        self.policy = policy
        self.reporter = reporter
        self.seen = seen
    }
}

/// All domains of an organisation in one window.
public struct Portfolio: Hashable, Sendable, Codable {
    public var window: DayRange
    /// True when the window ends with the newest data because nothing newer was reported.
    public var endsWithNewestData: Bool
    /// Most messages first.
    public var domains: [DomainSummary]
    /// All domains together, one entry per day.
    public var days: [DayVolume]

    public init(
        window: DayRange, endsWithNewestData: Bool, domains: [DomainSummary], days: [DayVolume]
    ) {
        self.window = window
        self.endsWithNewestData = endsWithNewestData
        self.domains = domains
        self.days = days
    }

    public var counts: ClassCounts {
        days.reduce(into: ClassCounts()) { $0 += $1.counts }
    }
}

/// One domain in one window: what its page shows.
public struct DomainOverview: Hashable, Sendable, Codable {
    public var domain: DomainName
    public var window: DayRange
    public var endsWithNewestData: Bool
    public var days: [DayVolume]
    /// Most messages first; at most `DomainStore.Limits.senders`, the rest added up in `others`.
    public var senders: [SenderVolume]
    /// Senders beyond the list, and their messages.
    public var otherSenders: Int
    public var otherCounts: ClassCounts
    /// Senders that need a decision (`ClassCounts.needsDecision`), listed or not, and their
    /// undecided messages.
    public var undecidedSenders: Int
    public var undecidedMessages: Int64
    public var published: ObservedPolicy?
    public var reporters: [ReporterVolume]
    public var firstDay: UTCDay?
    public var lastDay: UTCDay?

    public init(domain: DomainName, window: DayRange, endsWithNewestData: Bool) {
        self.domain = domain
        self.window = window
        self.endsWithNewestData = endsWithNewestData
        self.days = []
        self.senders = []
        self.otherSenders = 0
        self.otherCounts = ClassCounts()
        self.undecidedSenders = 0
        self.undecidedMessages = 0
        self.reporters = []
    }

    public var counts: ClassCounts { days.reduce(into: ClassCounts()) { $0 += $1.counts } }
}

/// How much of what we know comes from one reporter.
public struct ReporterVolume: Hashable, Sendable, Codable {
    public var reporter: String
    public var reports: Int64
    public var messages: Int64

    public init(reporter: String, reports: Int64, messages: Int64) {
        self.reporter = reporter
        self.reports = reports
        self.messages = messages
    }
}

/// One sender of one domain, with the rows behind it.
public struct SenderDetail: Hashable, Sendable, Codable {
    public var domain: DomainName
    public var window: DayRange
    public var volume: SenderVolume
    public var days: [DayVolume]
    /// Addresses with the most messages (all time).
    public var sources: [SourceVolume]
    /// What the messages carried, most messages first (in the window).
    public var identities: [IdentityVolume]

    public init(
        domain: DomainName, window: DayRange, volume: SenderVolume, days: [DayVolume],
        sources: [SourceVolume], identities: [IdentityVolume]
    ) {
        self.domain = domain
        self.window = window
        self.volume = volume
        self.days = days
        self.sources = sources
        self.identities = identities
    }
}

/// One address that sent for a domain, and how much.
public struct SourceVolume: Hashable, Sendable, Codable {
    public var address: String
    /// The forward-confirmed name, if it was asked for and found.
    public var reverseName: String?
    public var messages: Int64
    public var firstDay: UTCDay
    public var lastDay: UTCDay

    public init(
        address: String, reverseName: String?, messages: Int64, firstDay: UTCDay, lastDay: UTCDay
    ) {
        self.address = address
        self.reverseName = reverseName
        self.messages = messages
        self.firstDay = firstDay
        self.lastDay = lastDay
    }
}

/// A combination of From domain and authentication results, and its messages.
public struct IdentityVolume: Hashable, Sendable, Codable {
    public var headerFrom: String
    public var envelopeFrom: String?
    public var dkim: [AggregateRecord.DKIMAuthenticationResult]
    public var spf: [AggregateRecord.SPFAuthenticationResult]
    public var counts: ClassCounts

    public init(
        headerFrom: String, envelopeFrom: String?,
        dkim: [AggregateRecord.DKIMAuthenticationResult],
        spf: [AggregateRecord.SPFAuthenticationResult], counts: ClassCounts
    ) {
        self.headerFrom = headerFrom
        self.envelopeFrom = envelopeFrom
        self.dkim = dkim
        self.spf = spf
        self.counts = counts
    }
}
