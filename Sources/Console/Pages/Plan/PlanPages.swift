import DomainAnalysis
import Hummingbird
import Identities
import Storage

/// `/domains/NAME/plan`: what stands between this domain and p=reject, step by step.
struct PlanPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/domains/:domain/plan") { request, context in
            let domain = try context.domain()
            let choice = WindowChoice(Query(request))
            let now = services.now()
            guard
                let plan = try await services.rooms(context.visit).adviser.plan(
                    for: domain, days: choice.days, until: choice.until, now: now)
            else { throw DomainPages.unknown(domain) }
            if let organisation = context.visit.organisation {
                try await services.accounts.programme(of: organisation).note(
                    plan, of: domain, now: now)
            }
            return templates.response(
                Self.page(
                    plan, domain: domain, choice: choice,
                    mayPropose: services.changes != nil && context.mayChangeDNS),
                for: context.visit)
        }
    }

    static func page(
        _ plan: EnforcementPlan, domain: DomainName, choice: WindowChoice, mayPropose: Bool = false
    ) -> Page {
        var fields = DomainHeading.fields(domain, choice: choice, tab: .plan)
        fields["headline"] = ForeignText.value(plan.headline, limit: 500)
        fields["readiness"] = ForeignText.value(plan.readiness.sentence, limit: 500)
        fields["milestone"] = ForeignText.value(plan.milestone.sentence, limit: 500)
        fields["stages"] = .list(stages(plan.stage))
        fields["isParked"] = .flag(plan.stage == .parked)
        fields["basis"] = .text(
            "Worked out from \(Numbers.counted(plan.totalMessages, "message", "messages")) that "
                + "\(Numbers.counted(plan.reporters, "receiver", "receivers")) reported over "
                + "\(Numbers.counted(plan.daysObserved, "day", "days")), and from today's DNS.")
        fields["steps"] = .list(
            plan.steps.map { each in
                var fields = step(each, domain: domain, choice: choice)
                if mayPropose, !each.changes.isEmpty {
                    fields["proposeLink"] =
                        Link("domains", domain.text, "plan", "propose")
                        .with("step", String(each.order)).with("kind", each.kind.rawValue)
                        .with(choice).value
                }
                return fields
            })
        fields["hasSteps"] = .flag(!plan.steps.isEmpty)
        fields["rejectLink"] =
            Link("domains", domain.text, "replay").with("policy", "reject").with(choice).value
        return Page(
            "plan", title: "Plan · \(DomainText.plain(domain))", place: .domains, fields: fields)
    }

    /// The road from nothing to reject, with the place where the domain stands.
    private static func stages(_ stage: EnforcementPlan.Stage) -> [Fields] {
        let road: [(EnforcementPlan.Stage, String)] = [
            (.unprotected, "No policy"), (.monitoring, "Watching (p=none)"),
            (.quarantine, "Putting aside (p=quarantine)"), (.rejecting, "Refusing (p=reject)"),
        ]
        let place = road.firstIndex { $0.0 == stage }
        return road.enumerated().map { index, step in
            [
                "stageName": .text(step.1),
                "isHere": .flag(index == place),
                "isDone": .flag(place.map { index < $0 } ?? false),
            ]
        }
    }

    private static func step(
        _ step: PlanStep, domain: DomainName, choice: WindowChoice
    ) -> Fields {
        [
            "order": .text(String(step.order)),
            "stepTitle": ForeignText.value(step.title, limit: 200),
            "why": ForeignText.value(step.why, limit: 600),
            "isBlocking": .flag(step.blocksReject && step.kind != .lockDown),
            "stepMessages": step.messages > 0
                ? .text(Numbers.counted(step.messages, "message", "messages")) : nil,
            "stepShare": step.messages > 0 ? .text(share(step)) : nil,
            "riskLevel": .text(step.risk.level.rawValue),
            "riskSentence": ForeignText.value(step.risk.sentence, limit: 400),
            "changes": .list(step.changes.map(change)),
            "hasChanges": .flag(!step.changes.isEmpty),
            "instructions": .list(
                step.instructions.map { ["instruction": ForeignText.value($0, limit: 500)] }),
            "hasInstructions": .flag(!step.instructions.isEmpty),
            "stepEvidence": .list(
                step.evidence.prefix(50).map { ["fact": ForeignText.value($0, limit: 300)] }),
            "hasEvidence": .flag(!step.evidence.isEmpty),
            "stepSenderLink": step.senderKey.map {
                Link("domains", domain.text, "senders", $0).with(choice).value
            },
        ]
    }

    private static func share(_ step: PlanStep) -> String {
        let isOfAll = step.kind == .explainForgery || step.kind == .lockDown
        let whole = isOfAll ? "of all mail" : "of the mail that is not forged"
        guard step.share.isFinite else { return whole }
        let millionths = Int64((min(1, max(0, step.share)) * 1e6).rounded())
        return "\(Numbers.share(millionths, of: 1_000_000)) \(whole)"
    }

    private static func change(_ change: DNSChange) -> Fields {
        [
            "recordName": ForeignText.value(change.name, limit: 253),
            "recordType": ForeignText.value(change.type, limit: 20),
            "removed": .list(change.remove.map { ["line": ForeignText.value($0, limit: 900)] }),
            "added": .list(change.add.map { ["line": ForeignText.value($0, limit: 900)] }),
            "isNew": .flag(change.remove.isEmpty && !change.add.isEmpty),
        ]
    }
}
