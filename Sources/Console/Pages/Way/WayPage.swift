import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// Where a domain stands on the way to reject, drawn.
struct WayPage {
    let survey: DomainSurvey
    let choice: WindowChoice
    /// What the next step would do; nil at the end of the way.
    let ahead: PolicyRisk?
    let proposals: [WayProposal]
    let rules: StoredWayRules?
    let wantsTwo: Bool
    let mayAct: Bool
    let isOwner: Bool
    let now: Int64
    var done: String?
    var problem: String?

    private var domain: DomainName { survey.domain }
    private var open: WayProposal? { proposals.first { WayState.open.contains($0.state) } }
    private var acting: StoredWayRules? { rules.flatMap { $0.stoppedAt == nil ? $0 : nil } }
    private var moves: [WayMove] { survey.moves(testing: rules?.rules.isTesting ?? false) }
    private var next: WayMove? { moves.first }

    func draw() -> Page {
        let place = "/domains/\(domain.text)/way"
        var fields = DomainHeading.fields(domain, choice: choice, tab: .way)
        fields["lead"] = .list(lead)
        fields["wayProblem"] = problem.map { ForeignText.value($0, limit: 900) }
        fields["wayNotice"] = notice.map { .text($0) }
        fields["stages"] = .list(stages)
        fields["failures"] = .list(
            survey.failures.map { ["failure": ForeignText.value($0, limit: 400)] })
        fields["published"] = survey.record.map { ForeignText.value($0, limit: 900) }
        fields["inheritedFrom"] = survey.inheritedFrom.map {
            ForeignText.value($0.unicode, limit: 253)
        }
        if let ahead { fields["ahead"] = .fields(RiskFields.fields(ahead, choice: choice)) }
        fields["nextTags"] = .optional(next?.tested.tags)
        fields["openLink"] = .optional(open.map { "/way/\($0.id)" })
        fields["openNumber"] = .optional(open.map { String($0.id) })
        fields["mayPropose"] = .flag(mayAct && open == nil && survey.failures.isEmpty)
        fields["proposeLink"] = .text(place + "/propose")
        fields["choices"] = .list(choices)
        fields["recordInput"] = .text(
            ForeignText.clean(next?.record(from: survey.record) ?? survey.record ?? "", limit: 900))
        fields["emergencyLink"] = .text(place + "/emergency")
        for (name, value) in ruleFields(place) { fields[name] = value }
        fields["wantsTwo"] = .flag(wantsTwo)
        fields["isOwner"] = .flag(isOwner)
        fields["mayAct"] = .flag(mayAct)
        fields["domainToType"] = .text(domain.text)
        fields["proposals"] = .list(proposals.map(Self.row))
        fields["hasProposals"] = .flag(!proposals.isEmpty)
        return Page(
            "way", title: "Way to reject · \(DomainText.plain(domain))", place: .domains,
            fields: fields)
    }

    // MARK: Words

    private var lead: [Fields] {
        let name = DomainText.plain(domain)
        if let failure = survey.failures.first, survey.record == nil {
            return [
                Words.piece(
                    "Where \(name) stands is not known: "
                        + ForeignText.clean(failure, limit: 300))
            ]
        }
        var pieces = [Words.piece("\(name) is at ")]
        pieces.append(Words.piece(survey.step.tags, strong: true))
        pieces.append(Words.piece(", \(survey.step.words). "))
        if let below = survey.below.sentence(domain) {
            pieces.append(Words.piece(below + " "))
        }
        guard let ahead, let next else {
            pieces.append(Words.piece("There is no further step; keep watching the reports."))
            return pieces
        }
        if let open {
            pieces.append(Words.piece("Proposal \(open.id)", to: "/way/\(open.id)"))
            pieces.append(Words.piece(" \(open.state.words)."))
            return pieces
        }
        guard ahead.messages > 0 || ahead.names != nil else {
            pieces.append(
                Words.piece(
                    "No mail was reported in these days, so nothing can be said about what "
                        + "\(next.tested.tags) would do."))
            return pieces
        }
        if ahead.names != nil {
            pieces.append(
                Words.piece(
                    "\(next.tags) would be next. "
                        + ForeignText.clean(ahead.sentence, limit: 400) + " "))
            pieces.append(Words.piece("See who sends", to: "#risk"))
            pieces.append(Words.piece(", and "))
            pieces.append(
                Words.piece(
                    "what that rests on: \(RiskFields.word(ahead.coverage.level)).", to: "#basis"))
            return pieces
        }
        pieces.append(Words.piece("With \(next.tested.tags), "))
        if ahead.atRisk > 0 {
            pieces.append(
                Words.piece(
                    "\(Numbers.share(ahead.atRisk, of: ahead.legitimate)) of the mail that is or "
                        + "may be yours", to: "#risk"))
            pieces.append(
                Words.piece(
                    " (\(Numbers.spoken(ahead.atRisk)) of \(Numbers.spoken(ahead.legitimate)) "
                        + "messages) would have been stopped in these days; "))
        } else {
            pieces.append(Words.piece("nothing of yours", strong: true))
            pieces.append(Words.piece(" would have been stopped in these days; "))
        }
        pieces.append(
            Words.piece(
                "what that rests on: \(RiskFields.word(ahead.coverage.level)).", to: "#basis"))
        return pieces
    }

    private var notice: String? {
        switch done {
        case "agreed": "The rules are agreed. They are looked at every quarter of an hour."
        case "stopped": "The rules have ended. Nothing goes on by itself any more."
        case "two-people":
            wantsTwo
                ? "From now on somebody else than who proposed a policy has to approve it."
                : "From now on one person is enough to approve a policy."
        default: nil
        }
    }

    /// The road; the tests of a policy are on it where they are wanted or the domain is at one.
    private var stages: [Fields] {
        WayStep.allCases.filter {
            !$0.isTest || $0 == survey.step || acting?.rules.isTesting == true
        }.map { step in
            [
                "stageName": .text("\(step.tags)"), "isHere": .flag(step == survey.step),
                "isDone": .flag(step < survey.step),
            ]
        }
            + survey.below.open.map { step in
                let raised = SubdomainStep(step.names, survey.below.domain)
                return ["stageName": .text(raised.tags), "isHere": false, "isDone": false]
            }
    }

    private var choices: [Fields] {
        let steps = WayStep.allCases.filter { $0 != survey.step }.map(WayMove.domain)
        let below = moves.filter { if case .below = $0 { true } else { false } }
        return (below + steps).map { move in
            [
                "stepValue": .text(move.rawValue), "stepTags": .text(Self.choice(move)),
                "isNext": .flag(move == next),
            ]
        }
    }

    private static func choice(_ move: WayMove) -> String {
        guard case .below(let step) = move else { return move.tags }
        return step.tags
            + (step.names == .missing ? " (names that do not exist)" : " (subdomains)")
    }

    // MARK: Rules and history

    private func ruleFields(_ place: String) -> [String: Field] {
        let shown = rules?.rules
        func share(_ hundredths: Int) -> Field {
            .text(String(WayRules.percent(hundredths).dropLast(2)))
        }
        var fields: [String: Field] = [
            "rulesLink": .text(place + "/rules"), "stopLink": .text(place + "/stop"),
            "hasRules": .flag(acting != nil),
            "quarantineInput": .text(String(shown?.quarantineAfter ?? 14)),
            "rejectInput": .text(String(shown?.rejectAfter ?? 14)),
            "testInput": .text(shown.map { $0.testDays > 0 ? String($0.testDays) : "" } ?? ""),
            "subdomainsInput": .flag(shown?.subdomains ?? false),
            "shareInput": share(shown?.share ?? 50), "backInput": share(shown?.backShare ?? 100),
        ]
        guard let rules else { return fields }
        fields["rulesSentence"] = .text(rules.rules.sentence)
        fields["agreedBy"] = ForeignText.value(rules.agreedBy, limit: 60)
        fields["agreedAt"] = Dates.fields(rules.agreedAt)
        fields["stoppedAt"] = rules.stoppedAt.map { Dates.fields($0) }
        fields["rulesRemark"] =
            rules.remark.isEmpty ? nil : ForeignText.value(rules.remark, limit: 900)
        fields["rulesCheckedAt"] = rules.checkedAt.map { Dates.fields($0) }
        return fields
    }

    private static func row(_ proposal: WayProposal) -> Fields {
        [
            "proposalLink": .text("/way/\(proposal.id)"),
            "proposalNumber": .text(String(proposal.id)),
            "proposalTags": .text(proposal.tags),
            "proposalReason": ForeignText.value(proposal.draft.reason, limit: 300),
            "proposalState": .text(proposal.state.words),
            "askedAt": Dates.fields(proposal.askedAt),
            "askedBy": ForeignText.value(proposal.askedBy.name, limit: 60),
            "decidedBy": proposal.decidedBy.map { ForeignText.value($0, limit: 60) },
        ]
    }
}
