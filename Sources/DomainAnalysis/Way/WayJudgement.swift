/// Whether a domain goes on to its next policy, stays, or goes back: pure, by the rules that a
/// person agreed and what is known.
public enum WayJudgement: Hashable, Sendable {
    /// With the reason, a sentence.
    case stay(String)
    case forward(WayMove, String)
    case back(WayMove, String)

    /// What the judgement rests on.
    public struct Facts: Sendable {
        public var step: WayStep
        /// What is asked of the names below.
        public var below: SubdomainPolicies
        /// Whole days since the step began.
        public var daysInStep: Int
        public var rules: WayRules
        /// The record in force, tried on the mail since the step began.
        public var behind: PolicyRisk?
        /// What was known of it when the step began.
        public var before: PolicyRisk?
        /// The record of each step that may come next, tried on the days for which this one has to
        /// last.
        public var ahead: [WayMove: PolicyRisk]

        public init(
            step: WayStep, below: SubdomainPolicies = SubdomainPolicies(record: nil),
            daysInStep: Int, rules: WayRules, behind: PolicyRisk? = nil,
            before: PolicyRisk? = nil, ahead: [WayMove: PolicyRisk] = [:]
        ) {
            self.step = step
            self.below = below
            self.daysInStep = daysInStep
            self.rules = rules
            self.behind = behind
            self.before = before
            self.ahead = ahead
        }
    }

    public init(_ facts: Facts) {
        if let (back, reason) = Self.failing(facts) {
            self = .back(back, reason)
            return
        }
        var reasons: [String] = []
        for move in facts.moves {
            guard let reason = Self.obstacle(facts, move) else {
                self = .forward(
                    move,
                    "\(PlanNumbers.days(facts.daysInStep)) at \(facts.place) are over, as agreed, "
                        + "and less than \(WayRules.percent(facts.rules.share)) of legitimate mail "
                        + "is at risk: " + (facts.ahead[move]?.sentence ?? ""))
                return
            }
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        if facts.moves.isEmpty {
            reasons.append("Mail that fails is refused: there is no further step.")
        }
        if !facts.rules.subdomains, !facts.below.open.isEmpty {
            let tags = PlanWords.and(facts.below.open.map(\.tags))
            reasons.append(
                "Names below it are asked less (\(tags)), which these rules leave to a person.")
        }
        self = .stay(reasons.joined(separator: " "))
    }

    // MARK: Forward

    private static func obstacle(_ facts: Facts, _ move: WayMove) -> String? {
        let wanted = facts.rules.days(before: move, in: facts.step)
        if facts.daysInStep < wanted {
            return "\(PlanNumbers.days(facts.daysInStep)) of \(wanted) at \(facts.place) are over."
        }
        guard let ahead = facts.ahead[move], ahead.hasReports else {
            return "No mail was reported in these days: without reports nothing goes on by itself."
        }
        let coverage = ahead.coverage
        if coverage.daysWithData * 2 < coverage.days {
            return "Only \(coverage.daysWithData) of \(PlanNumbers.days(coverage.days)) have "
                + "reports: too few to go on by itself."
        }
        // Names that send nothing lose nothing; a domain that sends nothing is another matter.
        if ahead.legitimate == 0, ahead.names == nil {
            return "None of your own mail was reported: nothing shows that it would arrive."
        }
        guard ahead.isBelow(hundredths: facts.rules.share) else {
            let unknown =
                ahead.undetermined > 0
                ? " Of \(PlanNumbers.messages(ahead.undetermined)) more it is not known." : ""
            return "Too much legitimate mail is at risk for \(move.tested.tags). "
                + ahead.sentence + unknown
        }
        return nil
    }

    // MARK: Back

    /// A sender whose mail was proved before and fails now. Mail that somebody else sends through
    /// the same service fails as well, but takes nothing away from what is proved: so less of the
    /// sender's mail has to pass than before.
    private static func failing(_ facts: Facts) -> (WayMove, String)? {
        guard let behind = facts.behind, let before = facts.before else { return nil }
        for sender in behind.senders where sender.ownFailing >= WayLimits.fewestFailing {
            guard let back = facts.back(for: sender),
                let was = before.senders.first(where: { $0.key == sender.key }),
                was.ownPassing > 0, exceeds(sender, facts.rules.backShare),
                !exceeds(was, facts.rules.backShare)
            else { continue }
            let daily = perDay(sender.ownPassing, behind.coverage)
            guard daily < perDay(was.ownPassing, before.coverage) * remaining(facts.rules) else {
                continue
            }
            let share = PlanNumbers.share(sender.ownFailing, of: sender.own)
            let reason =
                "\(sender.name), whose mail was proved before, has started to fail: "
                + "\(PlanNumbers.count(sender.ownFailing)) of its "
                + "\(PlanNumbers.messages(sender.own)) (\(PlanNumbers.percent(share))) since "
                + "\(behind.coverage.first), more than the agreed "
                + "\(WayRules.percent(facts.rules.backShare))."
            return (back, reason)
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

extension WayJudgement.Facts {
    /// The steps that these rules may take next, in the order in which they are looked at.
    public var moves: [WayMove] {
        (rules.subdomains ? below.moves.map(WayMove.below) : [])
            + (step.next(testing: rules.isTesting).map { [.domain($0)] } ?? [])
    }

    fileprivate var place: String {
        ([step.tags] + (rules.subdomains ? below.open.map(\.tags) : [])).joined(separator: "; ")
    }

    /// The way back for a sender that fails: of the policy under which most of its mail falls.
    fileprivate func back(for sender: PolicyRisk.Sender) -> WayMove? {
        let byNames = sender.failingBelow ?? [:]
        let rest = sender.ownFailing - PlanNumbers.sum(Array(byNames.values))
        let worst = SubdomainNames.allCases.max {
            byNames[$0.rawValue] ?? 0 < byNames[$1.rawValue] ?? 0
        }
        if let worst, let most = byNames[worst.rawValue], most > max(0, rest) {
            return below.back(worst).map(WayMove.below)
        }
        return step.back.map(WayMove.domain)
    }
}
