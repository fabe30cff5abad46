import HTTPTypes
import DomainAnalysis

/// The way to reject: where a domain stands, proposals, decisions and rules.
extension APIOperation {
    static let way = APIOperation(
        method: .get, path: "/api/v1/domains/{domain}/way", name: "way",
        summary: "Where the domain stands on the way to p=reject, and what is proposed",
        parameters: [domainParameter], answer: .json(.named("Way")), room: .way)

    static let propose = APIOperation(
        method: .post, path: "/api/v1/domains/{domain}/way/propose", name: "propose",
        summary: "Propose a policy",
        details:
            "It is tried on the mail of the last 30 days, and what that says is kept with it.",
        parameters: [domainParameter],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                mayHave(
                    "record", .text(.init(lengths: 1...1_000)),
                    "The record; without it, the one of the step."),
                mayHave(
                    "step", .words(WayMove.allCases.map(\.rawValue)),
                    "Of the domain itself, or of names below it (np, sp); the next without it."),
                has("reason", .text(.init(lengths: 1...500))),
            ]), meaning: "What is proposed, and why."), answer: .json(.named("Proposal")),
        mayConflict: true, room: .way)

    static let proposal = APIOperation(
        method: .get, path: "/api/v1/proposals/{id}", name: "proposal",
        summary: "One proposal, with what was known when it was made", parameters: [number],
        answer: .json(.named("Proposal")), room: .way)

    static let approve = APIOperation(
        method: .post, path: "/api/v1/proposals/{id}/approve", name: "approve",
        summary: "Approve a policy, and have its DNS change made",
        details: "A token decides in the name of who made it: where the organisation wants two "
            + "people, whoever proposed a policy cannot approve it with a token either.",
        parameters: [number],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                has("domain", domainName, "The domain's name, to show that it is meant.")
            ]), meaning: "Which domain's policy is meant."), answer: .json(.named("WayDecision")),
        mayConflict: true, room: .way)

    static let decline = APIOperation(
        method: .post, path: "/api/v1/proposals/{id}/decline", name: "decline",
        summary: "Decline a proposal; the policy stays as it is", parameters: [number],
        body: Body(
            mediaType: "application/json",
            schema: .object([mayHave("reason", .text(.init(lengths: 0...300)))]),
            meaning: "Why, if that shall be kept."), answer: .json(.named("WayDecision")),
        mayConflict: true, room: .way)

    static let agree = APIOperation(
        method: .put, path: "/api/v1/domains/{domain}/way/rules", name: "agreeOnRules",
        summary: "Let a domain go on, and back, by rules",
        details: "They begin where the domain stands now. With `version`, nothing is changed where "
            + "somebody else has changed the rules meanwhile.", parameters: [domainParameter],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                has("quarantineAfter", days, "Days of watching before p=quarantine."),
                has("rejectAfter", days, "Days of that before p=reject."),
                mayHave("testDays", days, "Days for which each policy is tested (t=y) first."),
                has(
                    "share", share,
                    "Hundredths of a percent: less legitimate mail than this may be at risk."),
                has(
                    "backShare", share,
                    "Hundredths of a percent of one sender's own mail: back when more fails."),
                mayHave(
                    "subdomains", .flag,
                    "Whether weaker policies for names below (np, sp) are raised as well."),
                mayHave(
                    "version", .text(.init(lengths: 0...40)),
                    "As it was told; empty for a domain without rules."),
            ]), meaning: "The rules."), answer: .json(.named("WayRules")), mayConflict: true,
        room: .way)

    static let endRules = APIOperation(
        method: .delete, path: "/api/v1/domains/{domain}/way/rules", name: "endRules",
        summary: "End a domain's rules", parameters: [domainParameter], answer: .nothing,
        room: .way)

    static let twoPeople = APIOperation(
        method: .get, path: "/api/v1/two-people", name: "twoPeople",
        summary: "Whether a policy needs the approval of somebody else than who proposed it",
        answer: .json(.named("TwoPeople")), room: .way)

    static let wantTwoPeople = APIOperation(
        method: .put, path: "/api/v1/two-people", name: "wantTwoPeople",
        summary: "Want two people for policies, or let one be enough",
        details: "For the whole organisation; with a token of the role owner alone.",
        body: Body(
            mediaType: "application/json", schema: .object([has("wanted", .flag)]),
            meaning: "What is wanted from now on."), answer: .json(.named("TwoPeople")),
        room: .way)

    static let ofWay = [
        way, propose, proposal, approve, decline, agree, endRules, twoPeople, wantTwoPeople,
    ]

    private static let days = APISchema.whole(
        Int64(WayLimits.days.lowerBound)...Int64(WayLimits.days.upperBound))
    private static let share = APISchema.whole(
        Int64(WayLimits.share.lowerBound)...Int64(WayLimits.share.upperBound))
}
