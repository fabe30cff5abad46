import Identities
import MailReports

/// The sums of one report while its rows go by: days come last, because a report may name its
/// period after its rows.
struct ReportTally {
    struct Identity: Hashable, Comparable {
        var set: Int64
        var sender: Int64
        var classCode: Int64
        var disposition: Int64
        var dkimAligned: Bool
        var spfAligned: Bool

        static func < (left: Self, right: Self) -> Bool {
            (left.set, left.sender, left.classCode, left.disposition)
                < (right.set, right.sender, right.classCode, right.disposition)
        }
    }

    struct Source: Hashable {
        var sender: Int64
        var address: IPAddress
    }

    var identities: [Identity: Int64] = [:]
    var sources: [Source: Int64] = [:]
    var records: Int64 = 0
    var messages: Int64 = 0
}

/// The sums of a whole transaction, by the keys of the tables that pages read.
struct BatchTally {
    struct DomainDay: Hashable {
        var day: Int
        var domain: Int64
        var classCode: Int64
    }

    struct SenderDay: Hashable {
        var domain: Int64
        var day: Int
        var sender: Int64
        var classCode: Int64
    }

    struct SenderSums {
        var messages: Int64 = 0
        var dkimAligned: Int64 = 0
        var spfAligned: Int64 = 0
        var quarantined: Int64 = 0
        var rejected: Int64 = 0
        var estimated: Int64 = 0
    }

    struct IdentityDay: Hashable {
        var domain: Int64
        var day: Int
        var set: Int64
        var sender: Int64
        var classCode: Int64
        var disposition: Int64
    }

    struct SourceTotal: Hashable {
        var domain: Int64
        var sender: Int64
        var address: IPAddress
    }

    struct SourceSums {
        var messages: Int64 = 0
        var first: Int
        var last: Int
    }

    struct ReporterDay: Hashable {
        var domain: Int64
        var day: Int
        var reporter: String
    }

    struct ReporterSums {
        var reports: Int64 = 0
        var messages: Int64 = 0
    }

    struct IntakeTotal: Hashable {
        var kind: String
        var policyDomain: String
        var isRepaired: Bool
    }

    struct IntakeSums {
        var reports: Int64 = 0
        var records: Int64 = 0
        var messages: Int64 = 0
        var noted: Int64 = 0
    }

    struct DomainState {
        var firstDay: Int
        var lastDay: Int
        var policy: String?
        var policyReporter: String
        var policySeen: Int64
    }

    struct DomainSenderDays {
        var first: Int
        var last: Int
        /// Last day with mail that somebody has to decide on; -1 when there was none.
        var lastUndecided: Int
    }

    var domainDays: [DomainDay: (messages: Int64, estimated: Int64)] = [:]
    var senderDays: [SenderDay: SenderSums] = [:]
    var identityDays: [IdentityDay: Int64] = [:]
    var sourceTotals: [SourceTotal: SourceSums] = [:]
    var reporterDays: [ReporterDay: ReporterSums] = [:]
    var intakeTotals: [IntakeTotal: IntakeSums] = [:]
    var domainStates: [Int64: DomainState] = [:]
    var domainSenders: [IngestCaches.DomainSender: DomainSenderDays] = [:]

    /// Entries held: the transaction writes them out when there are many.
    var size: Int { identityDays.count + sourceTotals.count + senderDays.count }

    /// Adds a report's sums to the days it covers.
    mutating func add(
        _ tally: ReportTally, domain: Int64, reporter: String, begin: Int64, end: Int64
    ) {
        var period = Apportionment(begin: begin, end: end)
        // In a fixed order, so that rounding falls the same way each time.
        for (identity, messages) in tally.identities.sorted(by: { $0.key < $1.key }) {
            for (part, (day, _)) in zip(period.split(messages), period.days) {
                add(
                    identity, part, domain: domain, day: day.number,
                    isEstimated: period.isEstimated)
            }
        }
        let first = period.days.map(\.day.number).min() ?? 0
        let last = period.days.map(\.day.number).max() ?? 0
        for (source, messages) in tally.sources {
            let key = SourceTotal(domain: domain, sender: source.sender, address: source.address)
            var sums = sourceTotals[key] ?? SourceSums(first: first, last: last)
            sums.messages += messages
            sums.first = min(sums.first, first)
            sums.last = max(sums.last, last)
            sourceTotals[key] = sums
        }
        var whole = Apportionment(begin: begin, end: end)
        for (index, part) in whole.split(tally.messages).enumerated() {
            let key = ReporterDay(
                domain: domain, day: period.days[index].day.number, reporter: reporter)
            reporterDays[key, default: ReporterSums()].messages += part
            if index == 0 { reporterDays[key, default: ReporterSums()].reports += 1 }
        }
    }

    private mutating func add(
        _ identity: ReportTally.Identity, _ messages: Int64, domain: Int64, day: Int,
        isEstimated: Bool
    ) {
        let estimated = isEstimated ? messages : 0
        let domainKey = DomainDay(day: day, domain: domain, classCode: identity.classCode)
        let before = domainDays[domainKey] ?? (0, 0)
        domainDays[domainKey] = (before.messages + messages, before.estimated + estimated)

        let senderKey = SenderDay(
            domain: domain, day: day, sender: identity.sender, classCode: identity.classCode)
        var sums = senderDays[senderKey] ?? SenderSums()
        sums.messages += messages
        sums.estimated += estimated
        if identity.dkimAligned { sums.dkimAligned += messages }
        if identity.spfAligned { sums.spfAligned += messages }
        if identity.disposition == Disposition.quarantine.rawValue { sums.quarantined += messages }
        if identity.disposition == Disposition.reject.rawValue { sums.rejected += messages }
        senderDays[senderKey] = sums

        let identityKey = IdentityDay(
            domain: domain, day: day, set: identity.set, sender: identity.sender,
            classCode: identity.classCode, disposition: identity.disposition)
        identityDays[identityKey, default: 0] += messages

        let undecided = [2, 6].contains(identity.classCode) && messages > 0 ? day : -1
        let pair = IngestCaches.DomainSender(domain: domain, sender: identity.sender)
        var days =
            domainSenders[pair]
            ?? DomainSenderDays(first: day, last: day, lastUndecided: undecided)
        days.first = min(days.first, day)
        days.last = max(days.last, day)
        days.lastUndecided = max(days.lastUndecided, undecided)
        domainSenders[pair] = days
    }

    /// Remembers the newest policy seen and the days with data.
    mutating func note(
        domain: Int64, days: Apportionment, policy: String?, reporter: String, seen: Int64
    ) {
        let first = days.days.map(\.day.number).min() ?? 0
        let last = days.days.map(\.day.number).max() ?? 0
        var state =
            domainStates[domain]
            ?? DomainState(
                firstDay: first, lastDay: last, policy: policy, policyReporter: reporter,
                policySeen: seen)
        state.firstDay = min(state.firstDay, first)
        state.lastDay = max(state.lastDay, last)
        if seen >= state.policySeen {
            state.policy = policy
            state.policyReporter = reporter
            state.policySeen = seen
        }
        domainStates[domain] = state
    }
}
