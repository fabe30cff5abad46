import Identities
import MailReports
public import Storage

/// Judges from daily sums what a person should look at: a pure function of what is open, what is
/// so, and the thresholds.
public struct AlertJudge: Sendable {
    public struct Judgement: Sendable {
        /// Everything that is so, known or new.
        public var findings: [AlertFinding] = []
        /// What was open and is over.
        public var over: [AlertFinding.Key] = []
    }

    public var thresholds: AlertThresholds

    public init(thresholds: AlertThresholds = AlertThresholds()) {
        self.thresholds = thresholds
    }

    /// - Parameter open: situations that are open: some need less to stay than to begin.
    public func judge(_ open: Set<AlertFinding.Key>, _ facts: AlertFacts) -> Judgement {
        var judgement = Judgement()
        for domain in facts.domains {
            let days = Days(facts.days, thresholds)
            judgement.findings += silence(of: domain, days, open).map { [$0] } ?? []
            judgement.findings += wave(domain, days, open).map { [$0] } ?? []
            for sender in domain.senders {
                judgement.findings += new(sender, of: domain, days).map { [$0] } ?? []
                judgement.findings += failing(sender, of: domain, days, open).map { [$0] } ?? []
            }
        }
        judgement.findings += silentReporters(facts, open)
        judgement.findings += facts.altered.map(Self.altered)
        judgement.findings += facts.faults.map(Self.broken)
        let found = Set(judgement.findings.map(\.key))
        judgement.over = open.subtracting(found).sorted {
            ($0.kind.rawValue, $0.domain, $0.place) < ($1.kind.rawValue, $1.domain, $1.place)
        }
        return judgement
    }

    /// Which places of a series are recent, and which are usual.
    struct Days {
        let first: UTCDay
        let recent: Range<Int>
        let usual: Range<Int>

        init(_ days: DayRange, _ thresholds: AlertThresholds) {
            first = days.first
            let end = max(0, days.dayCount - thresholds.lateDays)
            let start = max(0, end - thresholds.recentDays)
            recent = start..<end
            usual = max(0, start - thresholds.usualDays)..<start
        }

        func day(_ index: Int) -> UTCDay { first.advanced(by: index) }
    }

    // MARK: Senders

    private func new(
        _ sender: AlertFacts.SenderSeries, of domain: AlertFacts.DomainSeries, _ days: Days
    ) -> AlertFinding? {
        let end = days.first.advanced(by: sender.proved.count)
        guard sender.firstDay > end.advanced(by: -thresholds.newDays - thresholds.lateDays - 1),
            let known = domain.firstDay,
            sender.firstDay.number - known.number >= thresholds.knownDays
        else { return nil }
        let proved = Self.sum(sender.proved[...])
        let all = ClassCounts.sum(proved, Self.sum(sender.unproved[...]))
        guard all >= thresholds.newMessages else { return nil }
        let name = AlertText.name(sender.name)
        let isProved = proved > all / 2
        return AlertFinding(
            .init(.newSender, domain: domain.domain.text, place: sender.key),
            since: sender.firstDay,
            what: "\(name) began to send as \(AlertText.domain(domain.domain)).",
            evidence: "\(EvidenceText.counted(all, "message", "messages")) since "
                + "\(EvidenceText.day(sender.firstDay)), of which "
                + "\(EvidencePack.Share(proved, of: all).words) were proved by SPF or DKIM.",
            advice: isProved
                ? "It is set up to send in your name. Ask who ordered it; if nobody did, take its "
                    + "records out of your DNS."
                : "Ask whether somebody in your organisation uses it. If so, set up its DKIM and SPF; "
                    + "if not, leave it: a policy of reject stops it.")
    }

    private func failing(
        _ sender: AlertFacts.SenderSeries, of domain: AlertFacts.DomainSeries, _ days: Days,
        _ open: Set<AlertFinding.Key>
    ) -> AlertFinding? {
        let key = AlertFinding.Key(
            .failingSender, domain: domain.domain.text, place: sender.key)
        let usualProved = Self.sum(sender.proved[days.usual])
        let usual = ClassCounts.sum(usualProved, Self.sum(sender.unproved[days.usual]))
        let active = days.usual.count { sender.proved[$0] > 0 }
        let unproved = Self.sum(sender.unproved[days.recent])
        let all = ClassCounts.sum(unproved, Self.sum(sender.proved[days.recent]))
        let share = Self.percent(unproved, of: all)
        if open.contains(key) {
            // Silence is no proof that it is well again: a sender may be down because it fails.
            guard all == 0 || share >= thresholds.wellShare else { return nil }
        } else {
            guard usual >= thresholds.usualMessages, active >= thresholds.usualActiveDays,
                Self.percent(usualProved, of: usual) >= thresholds.usualProved,
                unproved >= thresholds.failingMessages, share >= thresholds.failingShare
            else { return nil }
        }
        let start = days.recent.first { sender.unproved[$0] > 0 } ?? days.recent.lowerBound
        let name = AlertText.name(sender.name)
        return AlertFinding(
            key, since: days.day(start),
            what: "Mail that \(name) sends as \(AlertText.domain(domain.domain)) is not proved "
                + "any more.",
            evidence: all == 0
                ? "Nothing was reported of it in the last days."
                : "\(EvidenceText.grouped(unproved)) of \(EvidenceText.grouped(all)) messages in "
                    + "the last \(thresholds.recentDays) judged days were not proved; usually "
                    + "\(EvidencePack.Share(usualProved, of: usual).words) are.",
            advice: "Look at its DKIM key and at your SPF record first: one of them was probably "
                + "changed. While a policy of reject is in force, this mail is lost.")
    }

    // MARK: Waves

    private func wave(
        _ domain: AlertFacts.DomainSeries, _ days: Days, _ open: Set<AlertFinding.Key>
    ) -> AlertFinding? {
        let key = AlertFinding.Key(.spoofWave, domain: domain.domain.text)
        let (median, deviation) = Self.usual(domain.forged[days.usual])
        let limit =
            open.contains(key)
            ? max(
                Double(thresholds.waveMessages), median + thresholds.calmDeviations * deviation)
            : max(
                Double(thresholds.waveMessages), median * thresholds.waveTimes,
                median + thresholds.waveDeviations * deviation)
        let places = days.recent.filter { Double(domain.forged[$0]) >= limit }
        guard let first = places.first else { return nil }
        let most = places.map { domain.forged[$0] }.max() ?? 0
        var start = first
        while start > 0, Double(domain.forged[start - 1]) >= limit { start -= 1 }
        return AlertFinding(
            key, since: days.day(start),
            what: "Far more mail than usual is forged as \(AlertText.domain(domain.domain)).",
            evidence: "Up to \(EvidenceText.counted(most, "message", "messages")) a day; usually "
                + "\(EvidenceText.grouped(Int64(exactly: median.rounded()) ?? .max)).",
            advice: "Nothing is wrong at your side. If the policy is not reject yet, this is the "
                + "reason to finish; tell your customer service what is going round.")
    }

    /// The median, and 1.4826 times the median of the absolute deviations from it.
    static func usual(_ values: ArraySlice<Int64>) -> (median: Double, deviation: Double) {
        let middle = median(values.map { Double($0) })
        return (middle, 1.4826 * median(values.map { abs(Double($0) - middle) }))
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
    }

    // MARK: Silence

    private func silence(
        of domain: AlertFacts.DomainSeries, _ days: Days, _ open: Set<AlertFinding.Key>
    ) -> AlertFinding? {
        let key = AlertFinding.Key(.silentDomain, domain: domain.domain.text)
        guard let last = lastReport(domain.reports, days, isOpen: open.contains(key)) else {
            return nil
        }
        let name = AlertText.domain(domain.domain)
        return AlertFinding(
            key, since: days.day(last + 1),
            what: "No receiver reports about \(name) any more.",
            evidence: "The last report tells of \(EvidenceText.day(days.day(last))).",
            advice: "Look whether the DMARC record of \(name) still names your report address, and "
                + "whether that mailbox takes mail.")
    }

    private func silentReporters(
        _ facts: AlertFacts, _ open: Set<AlertFinding.Key>
    ) -> [AlertFinding] {
        let days = Days(facts.days, thresholds)
        // Where nobody reports, it is not one receiver's doing.
        let isReported = facts.reporters.contains { reporter in
            days.recent.contains { reporter.reports[$0] > 0 }
        }
        guard isReported else { return [] }
        return facts.reporters.compactMap { reporter in
            let key = AlertFinding.Key(.silentReporter, domain: "", place: reporter.reporter)
            guard let last = lastReport(reporter.reports, days, isOpen: open.contains(key)) else {
                return nil
            }
            let name = AlertText.name(reporter.reporter)
            return AlertFinding(
                key, since: days.day(last + 1), what: "\(name) does not report to you any more.",
                evidence: "Its last report tells of \(EvidenceText.day(days.day(last))).",
                advice:
                    "Others still report. If it stays so, figures will look smaller: tell it to "
                    + "whoever reads them. Look whether its reports are set aside in the intake.")
        }
    }

    /// The place of the last report of somebody who used to report and does not; nil otherwise.
    /// What is open stays so until a report comes, however long that takes.
    private func lastReport(_ reports: [Int64], _ days: Days, isOpen: Bool) -> Int? {
        let silent = max(0, days.recent.upperBound - thresholds.silentDays)
        guard reports[silent...].allSatisfy({ $0 == 0 }) else { return nil }
        let last = reports.lastIndex { $0 > 0 }
        if isOpen { return last ?? 0 }
        let count = days.usual.count { reports[$0] > 0 }
        return count >= thresholds.reportingDays ? last : nil
    }

    // MARK: Changes

    private static func altered(_ change: AlertFacts.AlteredChange) -> AlertFinding {
        AlertFinding(
            .init(.changedOutside, domain: change.domain, place: String(change.id)),
            since: UTCDay(secondsSinceEpoch: change.seenAt),
            what: "The records of \(AlertText.name(change.domain)) are not what change "
                + "\(change.id) made them.",
            evidence: AlertText.clean(change.remark),
            advice: "Ask who works on this zone. Make the change again, or take it back if theirs "
                + "is right.")
    }

    private static func broken(_ fault: RecordFaultStore.Fault) -> AlertFinding {
        AlertFinding(
            .init(.brokenRecord, domain: fault.domain.text),
            since: UTCDay(secondsSinceEpoch: fault.foundAt),
            what: "The SPF record of \(AlertText.domain(fault.domain)) leads to an error.",
            evidence: AlertText.clean(fault.reason),
            advice: "Receivers stop there, and whoever passes by SPF alone fails. Take out of the "
                + "record what leads to the fault, or ask whose record it is to mend it.")
    }

    private static func sum(_ values: ArraySlice<Int64>) -> Int64 {
        values.reduce(0, ClassCounts.sum)
    }

    private static func percent(_ part: Int64, of whole: Int64) -> Double {
        whole > 0 ? Double(part) / Double(whole) * 100 : 0
    }
}
