public import Identities
public import MailReports

/// What somebody wants evidence about.
public struct EvidenceQuestion: Hashable, Sendable {
    /// None for all.
    public var domains: [DomainName]
    /// The days that are shown; the newest thirty with reports without them.
    public var from: UTCDay?
    public var to: UTCDay?
    /// The days that they are compared with; as many of the oldest without them.
    public var beforeFrom: UTCDay?
    public var beforeTo: UTCDay?

    public init(
        domains: [DomainName] = [], from: UTCDay? = nil, to: UTCDay? = nil,
        beforeFrom: UTCDay? = nil, beforeTo: UTCDay? = nil
    ) {
        self.domains = domains
        self.from = from
        self.to = to
        self.beforeFrom = beforeFrom
        self.beforeTo = beforeTo
    }

    /// What is shown when nobody says anything, in days.
    public static let usualDays = 30

    /// The two periods that are meant.
    ///
    /// - Parameters:
    ///   - oldest: the oldest day with reports.
    ///   - newest: the newest.
    func periods(oldest: UTCDay?, newest: UTCDay?, today: UTCDay) throws(EvidenceError) -> Periods {
        let last = to ?? newest.map { min($0, today) } ?? today
        let first = from ?? last.advanced(by: 1 - Self.usualDays)
        guard first <= last else { throw .order(first, last) }
        let now = DayRange(first: first, last: last)
        guard now.dayCount <= EvidenceLimits.period else { throw .tooLong }
        let before = try before(now, oldest: oldest)
        guard last.number - (before?.first ?? first).number < EvidenceLimits.span else {
            throw .tooLong
        }
        return Periods(before: before, now: now)
    }

    private func before(_ now: DayRange, oldest: UTCDay?) throws(EvidenceError) -> DayRange? {
        let end = now.first.advanced(by: -1)
        guard let first = beforeFrom ?? beforeTo.map({ $0.advanced(by: 1 - now.dayCount) }) else {
            guard let oldest, oldest <= end else { return nil }
            return DayRange(
                first: oldest, last: min(end, oldest.advanced(by: now.dayCount - 1)))
        }
        let last = beforeTo ?? min(end, first.advanced(by: now.dayCount - 1))
        guard first < now.first, last < now.first else { throw .overlap(now.first) }
        guard first <= last else { throw .order(first, last) }
        let before = DayRange(first: first, last: last)
        guard before.dayCount <= EvidenceLimits.period else { throw .tooLong }
        return before
    }

    struct Periods: Hashable, Sendable {
        var before: DayRange?
        var now: DayRange

        var whole: DayRange { DayRange(first: before?.first ?? now.first, last: now.last) }
    }
}

/// Why there is no evidence pack.
public enum EvidenceError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownDomain(DomainName)
    case unknownOrganisation
    case order(UTCDay, UTCDay)
    case overlap(UTCDay)
    case tooLong
    case tooManyDomains

    public var description: String {
        switch self {
        case .unknownDomain(let domain):
            "No report about \(domain.text) was taken in. Check the name, or bring its reports in."
        case .unknownOrganisation: "There is no such organisation."
        case .order(let first, let last): "The period ends (\(last)) before it begins (\(first))."
        case .overlap(let first):
            "The period before has to end before the other begins (\(first))."
        case .tooLong:
            "A period has at most \(EvidenceLimits.period) days, and there are at most "
                + "\(EvidenceLimits.span) from the first day to the last."
        case .tooManyDomains:
            "Name at most \(EvidenceLimits.domains) domains, or none for all of them."
        }
    }
}
