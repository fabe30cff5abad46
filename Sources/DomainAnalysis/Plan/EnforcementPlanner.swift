import Identities
import MailAuthentication
import MailReports

/// Makes the plan that leads a domain to `p=reject`, from facts alone: the same facts give the
/// same plan.
public struct EnforcementPlanner: Sendable {
    public let catalogue: SenderCatalogue

    public init(catalogue: SenderCatalogue = .embedded) {
        self.catalogue = catalogue
    }

    public func plan(_ facts: PlanFacts) -> EnforcementPlan {
        let sums = PlanSums(facts)
        let stage = Self.stage(facts, sums)
        var draft = PlanDraft(facts: facts, sums: sums, stage: stage, catalogue: catalogue)
        if stage == .parked {
            draft.lockDown()
        } else {
            draft.establishRecord()
            draft.repairSPF()
            draft.fixSenders()
            draft.revokeSenders()
            draft.decideSenders()
            draft.addDKIM()
            draft.removeTags()
            draft.explainForwarding()
            draft.explainForgery()
            if stage == .rejecting {
                draft.coverSubdomains()
                draft.raisePolicy()
            } else {
                draft.raisePolicy()
                draft.coverSubdomains()
            }
        }
        var steps = draft.steps
        for index in steps.indices {
            steps[index].order = index + 1
            // Nothing blocks what is already published.
            if stage == .rejecting { steps[index].blocksReject = false }
        }
        let blocking = steps.count { $0.blocksReject && $0.isWork }
        return EnforcementPlan(
            domain: facts.domain.text,
            headline: PlanWords.headline(facts, sums, stage, blocking: blocking),
            stage: stage, readiness: PlanWords.readiness(facts, sums), steps: steps,
            milestone: PlanWords.milestone(facts, sums, stage, blocking: blocking),
            daysObserved: facts.daysObserved, reporters: facts.reporters,
            totalMessages: facts.totalMessages)
    }

    private static func stage(_ facts: PlanFacts, _ sums: PlanSums) -> EnforcementPlan.Stage {
        if isParked(facts, sums) { return .parked }
        switch effectivePolicy(facts) {
        case nil: return .unprotected
        case .some(.none): return .monitoring
        case .quarantine: return .quarantine
        case .reject: return .rejecting
        }
    }

    /// The policy that receivers apply to the domain's own mail today; nil without a record.
    static func effectivePolicy(_ facts: PlanFacts) -> DMARCPolicy? {
        facts.record?.appliedPolicy(
            isSubdomain: facts.recordDomain != facts.domain, authorExists: nil)?.policy
    }

    /// No own mail, and either the owner says so or the DNS does. A domain that merely has not
    /// been watched for long is not parked.
    private static func isParked(_ facts: PlanFacts, _ sums: PlanSums) -> Bool {
        guard facts.purpose != .sending, sums.compliant == 0 else { return false }
        if facts.purpose == .parked { return true }
        guard sums.misconfigured == 0, sums.forwarded == 0, sums.undecided == 0 else {
            return false
        }
        if facts.spfText.flatMap(SPFText.init)?.sendsNothing == true { return true }
        switch facts.mailExchange {
        case .null: return true
        case .none: return facts.daysObserved >= PlanLimits.daysUntilParked
        case .notAsked, .hosts: return false
        }
    }
}

/// The sums a plan is reasoned from.
struct PlanSums: Sendable {
    let compliant: Int64
    let misconfigured: Int64
    let forwarded: Int64
    let undecided: Int64
    let forged: Int64

    init(_ facts: PlanFacts) {
        func sum(_ classes: SourceClass...) -> Int64 {
            PlanNumbers.sum(facts.senders.flatMap { sender in classes.map(sender.count) })
        }
        compliant = sum(.compliant)
        misconfigured = sum(.misconfigured)
        forwarded = sum(.forwarded)
        undecided = sum(.unknown)
        forged = sum(.spoofing, .blocklisted)
    }

    var legitimate: Int64 { PlanNumbers.sum([compliant, misconfigured]) }
    /// What is not forged.
    var genuine: Int64 { PlanNumbers.sum([compliant, misconfigured, forwarded, undecided]) }
    var all: Int64 { PlanNumbers.sum([genuine, forged]) }
}

extension PlanStep {
    /// Steps that explain, and the raising of the policy itself, are not work that blocks.
    var isWork: Bool {
        switch kind {
        case .quarantineTest, .quarantine, .reject, .watch, .explainForgery, .explainForwarding:
            false
        default: true
        }
    }
}
