import DomainAnalysis
import Identities
public import MailReports

/// Where a domain stands on the way, as receivers see it.
public enum ProgrammeStage: String, Sendable, Codable, CaseIterable {
    case monitor, quarantine, reject

    /// The stage of a policy that a report saw. What is tested, or asked for of a part of the mail,
    /// counts as the stage before it.
    public init(_ observed: ObservedPolicy?) {
        let policy = observed?.policy
        let isPart = policy?.testing == true || (policy?.percentage ?? 100) < 100
        switch policy?.policy {
        case "reject": self = isPart ? .quarantine : .reject
        case "quarantine": self = isPart ? .monitor : .quarantine
        default: self = .monitor
        }
    }

    /// Stages that are still before it.
    var remaining: Int {
        switch self {
        case .monitor: 2
        case .quarantine: 1
        case .reject: 0
        }
    }
}

/// The programme on one page: each domain's stage, what blocks it, and when it may be there.
public struct ProgrammeBoard: Hashable, Sendable, Codable {
    /// How a domain stands against its target.
    public enum Outlook: String, Sendable, Codable, CaseIterable {
        case done
        /// Nothing stands in the way, and the days suffice.
        case onTrack
        /// Something has to be done first.
        case blocked
        /// The days that are left do not suffice.
        case late
        case noTarget
    }

    public struct Row: Hashable, Sendable, Codable {
        public var entry: ProgrammeDomain
        public var stage: ProgrammeStage
        /// False where no report has told of a policy.
        public var isSeen: Bool
        public var hasReports: Bool
        /// What stands in the way, in a sentence; empty for nothing that is known.
        public var block: String
        /// The first day on which it may be at p=reject; nil where it is there.
        public var earliest: UTCDay?
        public var outlook: Outlook
    }

    public var rows: [Row]
    public var today: UTCDay
    /// Domains that reached p=reject within `ProgrammeLimits.paceDays`.
    public var reachedLately: Int
    /// The day that the forecast is about: the last target, or the year's end.
    public var date: UTCDay

    /// Days at each stage before the next.
    public static let daysPerStage = 30

    public init(
        _ entries: [ProgrammeDomain], standings: [DomainStanding], progress: ProgrammeProgress,
        today: UTCDay
    ) {
        var known: [DomainName: DomainStanding] = [:]
        for standing in standings { known[standing.domain] = standing }
        rows = entries.map {
            Self.row($0, known[$0.domain], progress, today: today)
        }
        self.today = today
        reachedLately = progress.reached.count {
            today.number - $0.number < ProgrammeLimits.paceDays
        }
        date = Self.date(entries, today: today)
    }

    /// A board of some of the rows: the date and the counts are theirs.
    public func filtered(_ isShown: (Row) -> Bool) -> ProgrammeBoard {
        var copy = self
        copy.rows = rows.filter(isShown)
        copy.date = Self.date(copy.rows.map(\.entry), today: today)
        return copy
    }

    public func count(_ stage: ProgrammeStage) -> Int { rows.count { $0.stage == stage } }

    /// How many are at p=reject by the date, when as many reach it a day as did lately.
    public var forecast: Int {
        let done = count(.reject)
        let days = max(0, date.number - today.number)
        return min(rows.count, done + reachedLately * days / ProgrammeLimits.paceDays)
    }

    private static func date(_ entries: [ProgrammeDomain], today: UTCDay) -> UTCDay {
        if let last = entries.compactMap(\.target).max() { return last }
        return UTCDay("\(today.civil.0)-12-31") ?? today
    }

    private static func row(
        _ entry: ProgrammeDomain, _ standing: DomainStanding?, _ progress: ProgrammeProgress,
        today: UTCDay
    ) -> Row {
        let stage = ProgrammeStage(standing?.published)
        let note = progress.plans[entry.domain]
        let block =
            stage == .reject
            ? "" : Self.block(standing, note, failure: progress.failures[entry.domain])
        var earliest: UTCDay?
        if stage != .reject {
            // A parked domain has no mail to watch first.
            let isParked = entry.purpose == .parked || note?.stage == .parked
            let start = progress.since[entry.domain] ?? standing?.firstDay ?? today
            let spent = min(Self.daysPerStage, max(0, today.number - start.number))
            let days = isParked ? 0 : stage.remaining * Self.daysPerStage - spent
            earliest = today.advanced(by: max(0, days))
        }
        return Row(
            entry: entry, stage: stage, isSeen: standing?.published != nil,
            hasReports: standing != nil, block: block, earliest: earliest,
            outlook: outlook(entry, earliest: earliest, isBlocked: !block.isEmpty))
    }

    private static func outlook(
        _ entry: ProgrammeDomain, earliest: UTCDay?, isBlocked: Bool
    ) -> Outlook {
        guard let earliest else { return .done }
        guard let target = entry.target else { return isBlocked ? .blocked : .noTarget }
        if earliest > target { return .late }
        return isBlocked ? .blocked : .onTrack
    }

    private static func block(
        _ standing: DomainStanding?, _ note: PlanNote?, failure: String?
    ) -> String {
        if let note, note.blocking > 0 {
            let others = note.blocking - 1
            return note.firstBlock
                + (others > 0 ? ", and \(others) more thing\(others == 1 ? "" : "s")" : "")
        }
        guard let standing else { return "No report has come in: publish a record with rua=" }
        // Where nobody knows what stands in the way, that is what stands there.
        if let failure { return "Its plan could not be made: \(failure)" }
        if note == nil, standing.openSenders > 0 {
            return standing.openSenders == 1
                ? "One sender has mail to decide"
                : "\(standing.openSenders) senders have mail to decide"
        }
        return ""
    }
}
