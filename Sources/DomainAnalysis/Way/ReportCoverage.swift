public import MailReports

/// How much of a domain's mail the reports tell about at all, and how far they can be relied on.
///
/// Nobody knows how much mail went to receivers that send no reports, so there is no percentage
/// here: what is known is named.
public struct ReportCoverage: Hashable, Sendable, Codable {
    /// A receiver that reports.
    public struct Reporter: Hashable, Sendable, Codable {
        public var name: String
        public var messages: Int64
        /// Days of the window that it reported about.
        public var days: Int

        public init(name: String, messages: Int64, days: Int) {
            self.name = name
            self.messages = messages
            self.days = days
        }
    }

    /// Days in a row about which nobody reported; both ends included.
    public struct Gap: Hashable, Sendable, Codable {
        public var first: UTCDay
        public var last: UTCDay

        public init(first: UTCDay, last: UTCDay) {
            self.first = first
            self.last = last
        }

        public var days: Int { last.number - first.number + 1 }
    }

    /// How much can be built on it.
    public enum Level: String, Sendable, Codable, CaseIterable, Comparable {
        case nothing, thin, fair, good

        public static func < (left: Self, right: Self) -> Bool { left.order < right.order }
        private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    public var first: UTCDay
    public var last: UTCDay
    /// The largest, most messages first; `reporterCount` counts all.
    public var reporters: [Reporter]
    public var reporterCount: Int
    public var messages: Int64
    public var daysWithData: Int
    /// The longest gaps first.
    public var gaps: [Gap]

    public init(
        first: UTCDay, last: UTCDay, reporters: [Reporter] = [], reporterCount: Int = 0,
        messages: Int64 = 0, days: Set<UTCDay> = []
    ) {
        self.first = first
        self.last = max(first, last)
        self.reporters = Array(reporters.prefix(WayLimits.reporters))
        self.reporterCount = max(reporterCount, reporters.count)
        self.messages = max(0, messages)
        let within = days.filter { first <= $0 && $0 <= max(first, last) }
        daysWithData = within.count
        gaps = Self.gaps(first, max(first, last), within)
    }

    public var days: Int { last.number - first.number + 1 }

    private static func gaps(_ first: UTCDay, _ last: UTCDay, _ days: Set<UTCDay>) -> [Gap] {
        var gaps: [Gap] = []
        var next = first
        for day in days.sorted() + [last.advanced(by: 1)] {
            if day > next { gaps.append(Gap(first: next, last: day.advanced(by: -1))) }
            next = day.advanced(by: 1)
        }
        let ordered = gaps.sorted { ($1.days, $0.first) < ($0.days, $1.first) }
        return Array(ordered.prefix(WayLimits.gaps))
    }

    // MARK: Judgement

    /// The share of the largest receiver in all that was reported, 0 to 1.
    private var largestShare: Double {
        PlanNumbers.share(reporters.first?.messages ?? 0, of: messages)
    }

    public var level: Level {
        guard messages > 0, daysWithData > 0 else { return .nothing }
        if daysWithData < 7 || daysWithData * 2 < days || reporterCount < 3
            || largestShare > 0.9
        {
            return .thin
        }
        let isWhole = daysWithData * 10 >= days * 9 && daysWithData >= 14
        return isWhole && reporterCount >= 5 && largestShare <= 0.7 ? .good : .fair
    }

    /// What the level rests on, in plain words.
    public var sentences: [String] {
        guard messages > 0 else {
            return [
                "Nobody reported any mail from \(first) to \(last). What a policy would do with "
                    + "your mail is not known."
            ]
        }
        var sentences = [opening]
        let named = reporters.prefix(3).map {
            "\($0.name) (\(PlanNumbers.messages($0.messages)), \(PlanNumbers.days($0.days)))"
        }
        let others = reporterCount - named.count
        sentences.append(
            "\(PlanNumbers.messages(messages)) were reported by "
                + "\(reporterCount == 1 ? "one receiver" : "\(reporterCount) receivers"): "
                + PlanWords.and(named + (others > 0 ? ["\(others) more"] : [])) + ".")
        if largestShare > 0.7, reporterCount > 1 {
            sentences.append(
                "\(PlanNumbers.percent(largestShare)) of that comes from one of them, so the "
                    + "others' mail is hardly seen.")
        }
        if let gap = gaps.first {
            let more = gaps.count > 1 ? ", and \(gaps.count - 1) shorter" : ""
            sentences.append(
                gap.days == 1
                    ? "Nobody reported about \(gap.first)\(more)."
                    : "Nobody reported about the \(gap.days) days from \(gap.first) to "
                        + "\(gap.last)\(more).")
        }
        sentences.append(
            "Receivers that send no reports are not in these figures: how much of your mail goes "
                + "to them, nobody can tell from reports.")
        return sentences
    }

    private var opening: String {
        let days = "\(daysWithData) of \(PlanNumbers.days(self.days))"
        return switch level {
        case .nothing: "There is nothing to build on."
        case .thin:
            "This rests on little: reports about \(days) from "
                + "\(reporterCount == 1 ? "one receiver" : "\(reporterCount) receivers")."
        case .fair: "This rests on reports about \(days), which is fair but not the whole picture."
        case .good: "This rests on reports about \(days) from many receivers."
        }
    }
}
