public import Identities
public import MailReports

/// The daily sums from which alerts are judged.
public struct AlertFacts: Sendable {
    /// The days that all series here cover, oldest first; the last one is today.
    public var days: DayRange
    public var domains: [DomainSeries] = []
    /// Reporters of all domains together: reports a day.
    public var reporters: [ReporterSeries] = []
    /// Changes of the DNS that somebody else altered since.
    public var altered: [AlteredChange] = []

    /// Records that make receivers stop with an error.
    public var faults: [RecordFaultStore.Fault] = []

    public init(days: DayRange) { self.days = days }

    /// One domain, day by day.
    public struct DomainSeries: Sendable {
        public var domain: DomainName
        public var firstDay: UTCDay?
        /// Messages forged in its name.
        public var forged: [Int64]
        /// Reports about it.
        public var reports: [Int64]
        public var senders: [SenderSeries] = []

        public init(_ domain: DomainName, firstDay: UTCDay?, days: Int) {
            self.domain = domain
            self.firstDay = firstDay
            forged = Array(repeating: 0, count: days)
            reports = forged
        }
    }

    /// One sender of a domain that is not a forger, day by day.
    public struct SenderSeries: Sendable {
        public var key: String
        public var name: String
        public var firstDay: UTCDay
        /// Messages that were proved, and messages that were not and await a decision.
        public var proved: [Int64]
        public var unproved: [Int64]

        public init(key: String, name: String, firstDay: UTCDay, days: Int) {
            self.key = key
            self.name = name
            self.firstDay = firstDay
            proved = Array(repeating: 0, count: days)
            unproved = proved
        }

        /// All of them together.
        var messages: Int64 {
            ClassCounts.sum(
                proved.reduce(0, ClassCounts.sum), unproved.reduce(0, ClassCounts.sum))
        }
    }

    /// One reporter, day by day.
    public struct ReporterSeries: Sendable {
        public var reporter: String
        public var reports: [Int64]

        public init(reporter: String, reports: [Int64]) {
            self.reporter = reporter
            self.reports = reports
        }
    }

    /// A change of the DNS that does not hold any more.
    public struct AlteredChange: Sendable {
        public var id: Int64
        public var domain: String
        public var remark: String
        /// When that was seen first; seconds since 1970.
        public var seenAt: Int64

        public init(id: Int64, domain: String, remark: String, seenAt: Int64) {
            self.id = id
            self.domain = domain
            self.remark = remark
            self.seenAt = seenAt
        }
    }
}
