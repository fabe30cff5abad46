public import MailReports

/// The days after those that a demonstration begins with: their reports tell of the records that
/// the DNS holds by then.
public struct DemonstrationFuture: Sendable {
    /// The last day that was written.
    public private(set) var lastDay: UTCDay
    private let portfolio: DemonstrationPortfolio
    /// Days at a policy of reject since the beginning, by domain.
    private var daysRejected: [String: Int] = [:]

    public init(after portfolio: DemonstrationPortfolio) {
        self.portfolio = portfolio
        lastDay = portfolio.lastDay
    }

    /// What the DNS has to be asked about a domain before days pass.
    public struct Question: Sendable {
        public var domain: String
        /// Names at which services that send for it look for keys.
        public var keyNames: [String]
    }

    public static var questions: [Question] {
        DemonstrationDomain.all.map { domain in
            Question(
                domain: domain.name,
                keyNames: domain.senders.flatMap(\.keys).map { "\($0).\(domain.name)" })
        }
    }

    /// What the DNS answered.
    public struct Records: Sendable {
        /// The text at `_dmarc`; nil where there is none.
        public var policy: String?
        /// The names of the question at which there is a key.
        public var keyNames: Set<String>

        public init(policy: String?, keyNames: Set<String>) {
            self.policy = policy
            self.keyNames = keyNames
        }
    }

    /// Writes the reports of the next days into a folder that exists.
    ///
    /// - Parameter records: by domain; one without records has no reports.
    public mutating func write(
        days: Int, records: [String: Records], to folder: String
    ) throws {
        var random = SeededRandom(
            seed: portfolio.seed &+ UInt64(truncatingIfNeeded: lastDay.number))
        let last = lastDay.advanced(by: days)
        for domain in DemonstrationDomain.all {
            guard let found = records[domain.name] else { continue }
            var setting = DemonstrationSetting(record: found.policy ?? "")
            guard setting.hasReports else { continue }
            setting.keys = Set(
                found.keyNames.map { String($0.dropLast(domain.name.utf8.count + 1)) })
            let (before, first) = (daysRejected[domain.name] ?? 0, lastDay.number + 1)
            let isRejecting = setting.disposition(isBelow: false) == "reject"
            try portfolio.write(domain, days: days, until: last, to: folder, &random) { day in
                var setting = setting
                setting.daysRejected = isRejecting ? before + day.number - first : 0
                return setting
            }
            daysRejected[domain.name] = isRejecting ? before + days : 0
        }
        lastDay = last
    }
}
