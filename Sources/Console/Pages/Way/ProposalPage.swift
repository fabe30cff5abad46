import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// One proposed policy, drawn: the difference, what was known of its consequences, the decision.
struct ProposalPage {
    let proposal: WayProposal
    /// The DNS change that makes it.
    let change: StoredChange?
    let wantsTwo: Bool
    let mayAct: Bool
    var notice: String?
    var problem: String?

    func draw() -> Page {
        let (domain, draft) = (proposal.domain, proposal.draft)
        let link = "/way/\(proposal.id)"
        let isOpen = WayState.open.contains(proposal.state)
        var fields = DomainText.fields(domain)
        fields["wayLink"] = Link("domains", domain.text, "way").value
        fields["proposalNumber"] = .text(String(proposal.id))
        fields["proposalTags"] = .text(proposal.tags)
        fields["lead"] = .list(lead)
        fields["wayNotice"] = notice.map { ForeignText.value($0, limit: 900) }
        fields["wayProblem"] = problem.map { ForeignText.value($0, limit: 900) }
        fields["proposalReason"] = ForeignText.value(draft.reason, limit: 600)
        fields["proposalRemark"] =
            proposal.remark.isEmpty ? nil : ForeignText.value(proposal.remark, limit: 900)
        fields["sets"] = RiskFields.difference(domain, from: draft.replaces, to: draft.record)
        fields["stepWords"] = .optional(stepWords)
        fields["known"] = .fields(RiskFields.fields(draft.known, choice: .standard))
        fields["mayDecide"] = .flag(mayAct && isOpen)
        fields["wantsTwo"] = .flag(wantsTwo)
        fields["domainToType"] = .text(domain.text)
        fields["approveLink"] = .text(link + "/approve")
        fields["declineLink"] = .text(link + "/decline")
        fields["askedBy"] = ForeignText.value(proposal.askedBy.name, limit: 60)
        fields["askedAt"] = Dates.fields(proposal.askedAt)
        fields["decidedBy"] = proposal.decidedBy.map { ForeignText.value($0, limit: 60) }
        fields["decidedAt"] = proposal.decidedAt.map { Dates.fields($0) }
        if let change {
            fields["changeLink"] = .text("/changes/\(change.id)")
            fields["changeNumber"] = .text(String(change.id))
            fields["changeState"] = .text(change.state.words)
        }
        return Page(
            "proposal", title: "Proposal \(proposal.id)", place: .domains, fields: fields)
    }

    private var lead: [Fields] {
        let name = DomainText.plain(proposal.domain)
        switch proposal.state {
        case .proposed:
            let second = wantsTwo ? " by somebody else than who proposed it" : ""
            return [
                Words.piece("Nothing is changed yet. ", strong: true),
                Words.piece("This policy for \(name) waits for a decision\(second). "),
                Words.piece(ForeignText.clean(proposal.draft.known.sentence, limit: 300)),
            ]
        case .approved:
            return [
                Words.piece(
                    "This policy for \(name) is approved, and its DNS change is not worked out "
                        + "yet. Approve it again to go on.")
            ]
        case .made:
            return [
                Words.piece("This policy for \(name) was approved. ", strong: true),
                Words.piece(change.map { "Its DNS change is \($0.state.words)." } ?? ""),
            ]
        case .declined:
            return [Words.piece("This policy for \(name) was declined. Nothing was changed.")]
        }
    }

    /// What the tags mean that a reader may not know.
    private var stepWords: String? {
        let (before, after) = (proposal.draft.replaces, proposal.draft.record)
        guard let names = WayMove.names(from: before, to: after) else {
            return proposal.step.isTest ? Self.test(proposal.step) : nil
        }
        let below = SubdomainPolicies(record: after)
        return names.compactMap { names in
            below.own(names).map { SubdomainStep(names, $0) }
        }.map { "With \($0.tags) \($0.words)." }.joined(separator: " ")
    }

    private static func test(_ step: WayStep) -> String {
        "With t=y receivers that follow RFC 9989 act one level below: "
            + (step == .rejectTest
                ? "they put mail that fails aside, and refuse none. "
                : "they deliver mail that fails. ")
            + "Older receivers do not know t=y and act by \(step.tested.tags) at once; the figures "
            + "here are for that."
    }
}
