import DomainAnalysis
public import Identities
import Storage

/// Has domains go on, and back, by the rules that a person agreed for each.
public struct WayRunner: Sendable {
    private let desk: WayDesk

    /// - Parameter desk: one whose changes are told as those of a rule.
    public init(desk: WayDesk) { self.desk = desk }

    /// What a look at one domain came to.
    public struct Look: Hashable, Sendable, Codable {
        public var domain: DomainName
        /// Whether something was proposed, made or ended.
        public var isAct: Bool
        public var sentence: String
    }

    private var store: WayStore { desk.store }

    /// Looks at the domains that have rules, those longest not looked at first.
    public func step() async throws -> [Look] {
        var looks: [Look] = []
        for domain in try await store.domainsWithRules(limit: Limits.rulesAtOnce) {
            if Task.isCancelled { break }
            var look = Look(domain: domain, isAct: false, sentence: "")
            do {
                (look.isAct, look.sentence) = try await self.look(domain)
            } catch let error as CancellationError {
                throw error
            } catch {
                look.sentence = "It could not be looked at: \(error)"
            }
            try await store.checked(domain, remark: look.sentence, now: desk.now())
            looks.append(look)
        }
        return looks
    }

    private func look(_ domain: DomainName) async throws -> (Bool, String) {
        guard var rules = try await store.rules(of: domain), rules.stoppedAt == nil else {
            return (false, "No rules act.")
        }
        let survey = try await desk.survey(domain)
        guard survey.failures.isEmpty else {
            return (false, "The DNS did not answer: " + survey.failures.joined(separator: " "))
        }
        let actor = AuditActor(.rule, name: "rules agreed by \(rules.agreedBy)")
        if let waiting = try await waiting(domain, rules, by: actor) { return waiting }
        let position = survey.position(by: rules.rules)
        if position != rules.position {
            let known = try await desk.risk(
                inForce: survey, days: Self.window(rules.rules.days(in: survey.step)))
            try await store.entered(position, domain, before: known, now: desk.now())
            rules.position = position
            rules.stepSince = desk.now()
            rules.before = known
        }
        return try await judge(survey, rules, by: actor)
    }

    /// What keeps the rules from acting: a person's decision that is missing, or that says no.
    private func waiting(
        _ domain: DomainName, _ rules: StoredWayRules, by actor: AuditActor
    ) async throws -> (Bool, String)? {
        guard let last = try await store.proposals(of: domain, limit: 1).first else { return nil }
        let isOurs = last.askedBy.kind == .rule && last.askedAt >= rules.agreedAt
        switch last.state {
        case .proposed: return (false, "Proposal \(last.id) waits for a person's decision.")
        case .approved:
            guard isOurs, try await !store.wantsTwoPeople() else {
                return (false, "Proposal \(last.id) is approved; its change is not made yet.")
            }
            let outcome = try await desk.decide(last, by: actor, isAgreed: true)
            return (true, outcome.sentence)
        case .declined where isOurs:
            let by = last.decidedBy ?? "a person"
            let why =
                "\(by) declined proposal \(last.id): the rules are over until somebody agrees on "
                + "them anew."
            _ = try await store.stop(domain, because: why, by: actor, now: desk.now())
            return (true, why)
        case .made where isOurs:
            guard let change = try await desk.change(of: last) else { return nil }
            if change.state == .proposed || change.state == .applying {
                return (
                    false, "The DNS change \(change.id) waits to be made: \(change.remark)"
                )
            }
            guard [.dismissed, .undone].contains(change.state) else { return nil }
            let why =
                "The DNS change \(change.id) is \(change.state.words): the rules are over until "
                + "somebody agrees on them anew."
            _ = try await store.stop(domain, because: why, by: actor, now: desk.now())
            return (true, why)
        case .made, .declined: return nil
        }
    }

    // MARK: Judging

    private func judge(
        _ survey: DomainSurvey, _ stored: StoredWayRules, by actor: AuditActor
    ) async throws -> (Bool, String) {
        let (domain, rules) = (survey.domain, stored.rules)
        let days = Int(min(400, max(0, (desk.now() - stored.stepSince) / 86_400)))
        var facts = WayJudgement.Facts(
            step: survey.step, below: survey.below, daysInStep: days, rules: rules,
            before: stored.before)
        if survey.step.back != nil || survey.below.hasBack {
            facts.behind = try await desk.risk(inForce: survey, days: Self.window(days + 1))
        }
        for move in facts.moves where days >= rules.days(before: move, in: survey.step) {
            facts.ahead[move] = try await desk.risk(
                of: move, survey,
                days: Self.window(rules.days(before: move, in: survey.step)))
        }
        switch WayJudgement(facts) {
        case .stay(let reason): return (false, reason)
        case .forward(let step, let reason):
            return (true, try await go(to: step, because: reason, domain, by: actor))
        case .back(let step, let reason):
            let sentence = try await go(
                to: step, because: reason, domain, by: actor, isBack: true)
            // Whatever broke is a person's to mend before anything goes on by itself.
            _ = try await store.stop(
                domain, because: "Gone back: \(reason)", by: actor, now: desk.now())
            return (true, sentence)
        }
    }

    /// Going on waits for a second person where the organisation wants one. Going back does not: it
    /// leads to a policy that was in force before, and mail is being lost.
    private func go(
        to step: WayMove, because reason: String, _ domain: DomainName, by actor: AuditActor,
        isBack: Bool = false
    ) async throws -> String {
        let proposal = try await desk.propose(
            domain, step: step, reason: reason, days: Limits.emergencyDays, by: actor)
        if !isBack, try await store.wantsTwoPeople() {
            return "Proposal \(proposal.id) waits for a person's decision: \(reason)"
        }
        let outcome = try await desk.decide(proposal, by: actor, isAgreed: true)
        return "\(isBack ? "Back to" : "On to") \(step.tags): \(reason) \(outcome.sentence)"
    }

    private static func window(_ days: Int) -> Int {
        min(max(days, WayLimits.window.lowerBound), WayLimits.window.upperBound)
    }
}
