/// Whether a domain goes on to its next policy, stays, or goes back: pure, by the rules that a
/// person agreed and what is known.
public enum WayJudgement: Hashable, Sendable {
    /// With the reason, a sentence.
    case stay(String)
    case forward(WayStep, String)
    case back(WayStep, String)

    /// What the judgement rests on.
    public struct Facts: Sendable {
        public var step: WayStep
        /// Whole days since the step began.
        public var daysInStep: Int
        public var rules: WayRules
        /// The record in force, tried on the mail since the step began.
        public var behind: PolicyRisk?
        /// What was known of it when the step began.
        public var before: PolicyRisk?
        /// The next step's record, tried on the days for which this step has to last.
        public var ahead: PolicyRisk?

        public init(
            step: WayStep, daysInStep: Int, rules: WayRules, behind: PolicyRisk? = nil,
            before: PolicyRisk? = nil, ahead: PolicyRisk? = nil
        ) {
            self.step = step
            self.daysInStep = daysInStep
            self.rules = rules
            self.behind = behind
            self.before = before
            self.ahead = ahead
        }
    }

    public init(_ facts: Facts) {
        if let back = facts.step.back, let reason = Self.failing(facts) {
            self = .back(back, reason)
            return
        }
        guard let next = facts.step.next(testing: facts.rules.isTesting) else {
            self = .stay("Mail that fails is refused: there is no further step.")
            return
        }
        if let reason = Self.obstacle(facts, next) {
            self = .stay(reason)
            return
        }
        self = .forward(
            next,
            "\(PlanNumbers.days(facts.daysInStep)) at \(facts.step.tags) are over, as agreed, and "
                + "less than \(WayRules.percent(facts.rules.share)) of legitimate mail is at risk: "
                + (facts.ahead?.sentence ?? ""))
    }

    // MARK: Forward

    private static func obstacle(_ facts: Facts, _ next: WayStep) -> String? {
        let wanted = facts.rules.days(in: facts.step)
        if facts.daysInStep < wanted {
            return "\(PlanNumbers.days(facts.daysInStep)) of \(wanted) at \(facts.step.tags) are "
                + "over."
        }
        guard let ahead = facts.ahead, ahead.messages > 0 else {
            return "No mail was reported in these days: without reports nothing goes on by itself."
        }
        let coverage = ahead.coverage
        if coverage.daysWithData * 2 < coverage.days {
            return "Only \(coverage.daysWithData) of \(PlanNumbers.days(coverage.days)) have "
                + "reports: too few to go on by itself."
        }
        if ahead.legitimate == 0 {
            return "None of your own mail was reported: nothing shows that it would arrive."
        }
        guard ahead.isBelow(hundredths: facts.rules.share) else {
            let unknown =
                ahead.undetermined > 0
                ? " Of \(PlanNumbers.messages(ahead.undetermined)) more it is not known." : ""
            return "Too much legitimate mail is at risk for \(next.tested.tags). "
                + ahead.sentence + unknown
        }
        return nil
    }

    // MARK: Back

    /// A sender whose mail was proved before and fails now. Mail that somebody else sends through
    /// the same service fails as well, but takes nothing away from what is proved: so less of the
    /// sender's mail has to pass than before.
    private static func failing(_ facts: Facts) -> String? {
        guard let behind = facts.behind, let before = facts.before else { return nil }
        for sender in behind.senders where sender.ownFailing >= WayLimits.fewestFailing {
            guard let was = before.senders.first(where: { $0.key == sender.key }),
                was.ownPassing > 0, exceeds(sender, facts.rules.backShare),
                !exceeds(was, facts.rules.backShare)
            else { continue }
            let daily = perDay(sender.ownPassing, behind.coverage)
            guard daily < perDay(was.ownPassing, before.coverage) * remaining(facts.rules) else {
                continue
            }
            let share = PlanNumbers.share(sender.ownFailing, of: sender.own)
            return "\(sender.name), whose mail was proved before, has started to fail: "
                + "\(PlanNumbers.count(sender.ownFailing)) of its "
                + "\(PlanNumbers.messages(sender.own)) (\(PlanNumbers.percent(share))) since "
                + "\(behind.coverage.first), more than the agreed "
                + "\(WayRules.percent(facts.rules.backShare))."
        }
        return nil
    }

    private static func exceeds(_ sender: PolicyRisk.Sender, _ hundredths: Int) -> Bool {
        Double(sender.ownFailing) * 10_000 > Double(sender.own) * Double(hundredths)
    }

    private static func remaining(_ rules: WayRules) -> Double {
        1 - Double(rules.backShare) / 10_000
    }

    private static func perDay(_ messages: Int64, _ coverage: ReportCoverage) -> Double {
        Double(messages) / Double(max(1, coverage.daysWithData))
    }
}
