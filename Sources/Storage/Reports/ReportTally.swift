import DomainAnalysis
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
            if left.set != right.set { return left.set < right.set }
            if left.sender != right.sender { return left.sender < right.sender }
            if left.classCode != right.classCode { return left.classCode < right.classCode }
            if left.disposition != right.disposition { return left.disposition < right.disposition }
            if left.dkimAligned != right.dkimAligned { return right.dkimAligned }
            return !left.spfAligned && right.spfAligned
        }
    }

    struct Source: Hashable, Comparable {
        var sender: Int64
        var address: IPAddress

        static func < (left: Self, right: Self) -> Bool {
            left.sender != right.sender
                ? left.sender < right.sender : left.address < right.address
        }
    }

    /// A sum, and the row that it was first met in.
    typealias Entry<Key> = (key: Key, messages: Int64, first: Int64)

    private(set) var identities: [Entry<Identity>] = []
    private(set) var sources: [Entry<Source>] = []
    var records: Int64 = 0
    var messages: Int64 = 0
    /// Entries at which like ones are put together, so that a long report stays small.
    private var identityLimit = Self.leastTogether
    private var sourceLimit = Self.leastTogether

    private static let leastTogether = 4_096

    mutating func reserve(_ rows: Int) {
        guard identities.isEmpty else { return }
        identities.reserveCapacity(rows)
        sources.reserveCapacity(rows)
    }

    mutating func add(_ identity: Identity, _ messages: Int64) {
        identities.append((identity, messages, records))
        guard identities.count >= identityLimit else { return }
        Self.merge(&identities)
        identityLimit = max(Self.leastTogether, identities.count * 2)
    }

    mutating func add(_ source: Source, _ messages: Int64) {
        sources.append((source, messages, records))
        guard sources.count >= sourceLimit else { return }
        Self.merge(&sources)
        sourceLimit = max(Self.leastTogether, sources.count * 2)
    }

    /// Puts like entries together, in the order in which rows brought them: an order that does not
    /// depend on the ids that the database happened to give.
    mutating func compact() {
        Self.merge(&identities)
        Self.merge(&sources)
        identities.sort { $0.first < $1.first }
    }

    mutating func forgetSources() { sources = [] }

    private static func merge<Key: Comparable>(_ entries: inout [Entry<Key>]) {
        guard entries.count > 1 else { return }
        entries.sort { $0.key < $1.key }
        var last = 0
        for index in 1..<entries.count {
            if entries[index].key == entries[last].key {
                entries[last].messages = ClassCounts.sum(
                    entries[last].messages, entries[index].messages)
                entries[last].first = min(entries[last].first, entries[index].first)
            } else {
                last += 1
                entries[last] = entries[index]
            }
        }
        entries.removeLast(entries.count - last - 1)
    }
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

        mutating func add(
            _ identity: ReportTally.Identity, _ messages: Int64, estimated more: Int64
        ) {
            self.messages = ClassCounts.sum(self.messages, messages)
            estimated = ClassCounts.sum(estimated, more)
            if identity.dkimAligned { dkimAligned = ClassCounts.sum(dkimAligned, messages) }
            if identity.spfAligned { spfAligned = ClassCounts.sum(spfAligned, messages) }
            switch Disposition(rawValue: identity.disposition) {
            case .quarantine: quarantined = ClassCounts.sum(quarantined, messages)
            case .reject: rejected = ClassCounts.sum(rejected, messages)
            case nil, .some(.none): break
            }
        }
    }

    struct IdentityDay: Comparable {
        var domain: Int64
        var day: Int
        var set: Int64
        var sender: Int64
        var classCode: Int64
        var disposition: Int64

        /// As the table's rows lie.
        static func < (left: Self, right: Self) -> Bool {
            if left.domain != right.domain { return left.domain < right.domain }
            if left.day != right.day { return left.day < right.day }
            if left.set != right.set { return left.set < right.set }
            if left.sender != right.sender { return left.sender < right.sender }
            if left.classCode != right.classCode { return left.classCode < right.classCode }
            return left.disposition < right.disposition
        }
    }

    struct SourceTotal: Comparable {
        var domain: Int64
        var sender: Int64
        var address: IPAddress

        /// Nearly as the table's rows lie, which have addresses as text.
        static func < (left: Self, right: Self) -> Bool {
            if left.domain != right.domain { return left.domain < right.domain }
            if left.sender != right.sender { return left.sender < right.sender }
            return left.address < right.address
        }
    }

    struct SourceSums {
        var messages: Int64
        var first: Int
        var last: Int

        mutating func add(_ other: SourceSums) {
            messages = ClassCounts.sum(messages, other.messages)
            first = min(first, other.first)
            last = max(last, other.last)
        }
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

    var senderDays: [SenderDay: SenderSums] = [:]
    private(set) var identityDays = SumList<IdentityDay, Int64>()
    private(set) var sourceTotals = SumList<SourceTotal, SourceSums>()
    var reporterDays: [ReporterDay: ReporterSums] = [:]
    var intakeTotals: [IntakeTotal: IntakeSums] = [:]
    var domainStates: [Int64: DomainState] = [:]

    /// Entries held: the transaction writes them out when there are many.
    var size: Int { identityDays.count + sourceTotals.count + senderDays.count }

    /// Counts a report among what was taken in.
    mutating func count(
        _ key: IntakeTotal, records: Int64, messages: Int64, isNoted: Bool
    ) {
        var sums = intakeTotals[key] ?? IntakeSums()
        sums.reports += 1
        sums.records += records
        sums.messages = ClassCounts.sum(sums.messages, messages)
        if isNoted, !key.isRepaired { sums.noted += 1 }
        intakeTotals[key] = sums
    }

    /// Adds a report's sums to the days it covers.
    mutating func add(
        _ tally: ReportTally, domain: Int64, reporter: String, begin: Int64, end: Int64
    ) {
        var period = Apportionment(begin: begin, end: end)
        if period.days.count == 1 {
            let day = period.days[0].day.number
            for (identity, messages, _) in tally.identities {
                add(
                    identity, messages, domain: domain, day: day,
                    isEstimated: period.isEstimated)
            }
        } else {
            // Their order is fixed, so that rounding falls the same way each time.
            for (identity, messages, _) in tally.identities {
                for (part, (day, _)) in zip(period.split(messages), period.days) {
                    add(
                        identity, part, domain: domain, day: day.number,
                        isEstimated: period.isEstimated)
                }
            }
        }
        let first = period.days.map(\.day.number).min() ?? 0
        let last = period.days.map(\.day.number).max() ?? 0
        for (source, messages, _) in tally.sources {
            sourceTotals.add(
                SourceTotal(domain: domain, sender: source.sender, address: source.address),
                SourceSums(messages: messages, first: first, last: last)
            ) { $0.add($1) }
        }
        var whole = Apportionment(begin: begin, end: end)
        for (index, part) in whole.split(tally.messages).enumerated() {
            let key = ReporterDay(
                domain: domain, day: period.days[index].day.number, reporter: reporter)
            var sums = reporterDays[key] ?? ReporterSums()
            sums.messages = ClassCounts.sum(sums.messages, part)
            if index == 0 { sums.reports += 1 }
            reporterDays[key] = sums
        }
    }

    private mutating func add(
        _ identity: ReportTally.Identity, _ messages: Int64, domain: Int64, day: Int,
        isEstimated: Bool
    ) {
        let senderKey = SenderDay(
            domain: domain, day: day, sender: identity.sender, classCode: identity.classCode)
        senderDays[senderKey, default: SenderSums()].add(
            identity, messages, estimated: isEstimated ? messages : 0)
        identityDays.add(
            IdentityDay(
                domain: domain, day: day, set: identity.set, sender: identity.sender,
                classCode: identity.classCode, disposition: identity.disposition), messages
        ) { $0 = ClassCounts.sum($0, $1) }
    }

    /// Puts like sums together and in the order of their tables.
    mutating func compact() {
        identityDays.compact { $0 = ClassCounts.sum($0, $1) }
        sourceTotals.compact { $0.add($1) }
    }

    /// The sums of each domain's days, out of those of its senders.
    var domainDays: [DomainDay: (messages: Int64, estimated: Int64)] {
        var days: [DomainDay: (messages: Int64, estimated: Int64)] = [:]
        for (key, sums) in senderDays {
            let day = DomainDay(day: key.day, domain: key.domain, classCode: key.classCode)
            let before = days[day] ?? (0, 0)
            days[day] = (
                ClassCounts.sum(before.messages, sums.messages),
                ClassCounts.sum(before.estimated, sums.estimated)
            )
        }
        return days
    }

    /// When each sender of a domain was seen.
    var domainSenders: [IngestCaches.DomainSender: DomainSenderDays] {
        var seen: [IngestCaches.DomainSender: DomainSenderDays] = [:]
        for (key, sums) in senderDays {
            let isUndecided = SourceClass(code: key.classCode).fate == .undecided
            let undecided = isUndecided && sums.messages > 0 ? key.day : -1
            let pair = IngestCaches.DomainSender(domain: key.domain, sender: key.sender)
            var days =
                seen[pair]
                ?? DomainSenderDays(first: key.day, last: key.day, lastUndecided: undecided)
            days.first = min(days.first, key.day)
            days.last = max(days.last, key.day)
            days.lastUndecided = max(days.lastUndecided, undecided)
            seen[pair] = days
        }
        return seen
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
