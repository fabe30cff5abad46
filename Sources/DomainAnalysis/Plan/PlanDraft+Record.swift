import Identities
import MailAuthentication

/// Steps about the DMARC record: to have one, to hear of it, to raise it.
extension PlanDraft {
    /// A record to start from, and an address that gets the reports.
    mutating func establishRecord() {
        if stage == .unprotected {
            publishFirstRecord()
        } else if let present = facts.record, present.aggregateReportURIs.isEmpty {
            askForReports()
        }
    }

    private mutating func publishFirstRecord() {
        let addresses = reportURI.map { "; rua=\($0)" } ?? "; rua=mailto:dmarc-reports@\(domain)"
        let broken = facts.recordText
        let changes = change(to: "v=DMARC1; p=none" + addresses)
        var instructions: [String] = []
        if reportURI == nil {
            instructions.append(
                "Set up a mailbox for the reports first and put its address after rua=.")
        }
        let risk = PlanStep.Risk(
            .low, "p=none asks receivers to change nothing; you only begin to get reports.")
        if let broken {
            steps.append(
                PlanStep(
                    .repairRecord, title: "Replace the DMARC record, which receivers ignore",
                    why: PlanWords.whyUnusable(broken), changes: changes,
                    instructions: instructions, risk: risk, blocksReject: true))
        } else {
            steps.append(
                PlanStep(
                    .publishRecord, title: "Publish a DMARC record that only watches",
                    why: "Without a DMARC record anybody can write in the name of \(domain), and "
                        + "no receiver tells you who does.",
                    changes: changes, instructions: instructions, risk: risk,
                    evidence: ["no record at \(recordName)"], blocksReject: true))
        }
    }

    private mutating func askForReports() {
        guard let record else { return }
        var text = RecordText(record)
        var instructions: [String] = []
        if let reportURI {
            text.set("rua", reportURI)
        } else {
            text.set("rua", "mailto:dmarc-reports@\(domain)")
            instructions.append("Set up that mailbox first, or put another address after rua=.")
        }
        steps.append(
            PlanStep(
                .askForReports, title: "Ask receivers for reports",
                why: "The record names no address for aggregate reports (rua), so nobody tells "
                    + "you what is sent in the name of \(domain).",
                changes: change(to: text.render()), instructions: instructions,
                risk: .init(.low, "Reports change nothing about the delivery of mail."),
                blocksReject: true))
    }

    /// Tags that RFC 9989 removed: pct, rf and ri.
    mutating func removeTags() {
        guard let record else { return }
        var text = RecordText(record)
        let present = ["pct", "rf", "ri"].filter { text.value($0) != nil }
        guard !present.isEmpty else { return }
        let percentage = facts.record?.percentage
        var why =
            "RFC 9989 removed \(PlanWords.and(present)); receivers that follow it pass over "
            + (present.count == 1 ? "it." : "them.")
        var risk = PlanStep.Risk(.low, "These tags did nothing any more.")
        if let percentage, percentage < 100, stage == .quarantine || stage == .rejecting {
            why +=
                " pct=\(percentage) no longer softens the policy there: it is applied to all "
                + "mail that fails, while older receivers still apply it to \(percentage) %."
            risk = .init(
                .medium, "Older receivers will now apply the policy to all mail that fails.")
            if percentage == 0 { text.set("t", "y", after: "p") }
        }
        text.remove(["pct", "rf", "ri"])
        steps.append(
            PlanStep(
                .removeTags, title: "Take out tags that no longer count", why: why,
                changes: change(to: text.render()), risk: risk,
                evidence: present.map { "\($0)=\(RecordText(record).value($0) ?? "")" }))
    }

    // MARK: - Raising the policy

    mutating func raisePolicy() {
        switch stage {
        case .rejecting:
            watch()
        case .quarantine:
            raise(to: .reject)
        default:
            // A domain that tests quarantine already has the first of these behind it.
            let isTesting = facts.record?.isTesting == true && facts.record?.policy == .quarantine
            if !isTesting { test() }
            raise(to: .quarantine)
            raise(to: .reject)
        }
    }

    private mutating func test() {
        guard let record else { return }
        var text = RecordText(record)
        text.set("p", "quarantine", after: "v")
        text.set("t", "y", after: "p")
        steps.append(
            PlanStep(
                .quarantineTest, title: "Try p=quarantine in test mode",
                why: "With t=y receivers still treat failing mail as at p=none, but mailing lists "
                    + "and other software already see that a policy is coming.",
                changes: change(to: text.render()), messages: 0,
                risk: .init(.low, "No receiver that follows RFC 9989 acts on a policy in test."),
                blocksReject: true))
    }

    private mutating func raise(to policy: DMARCPolicy) {
        guard let record else { return }
        var text = RecordText(record)
        text.set("p", policy.rawValue, after: "v")
        text.remove(["t"])
        let isLast = policy == .reject
        let failing = legitimateLoss
        let why: String
        if isLast {
            why =
                "Receivers refuse mail that does not prove itself, so forged mail no longer "
                + "arrives."
                + (sums.forged > 0
                    ? " In the days observed that would have been "
                        + "\(PlanNumbers.messages(forgedStopped))." : "")
        } else {
            why =
                "Mail that does not prove itself goes to spam folders, where a mistake can still "
                + "be found and mended. Stay here for at least \(PlanLimits.daysPerStage) days "
                + "and read the reports (RFC 9989 §7.4)."
        }
        steps.append(
            PlanStep(
                isLast ? .reject : .quarantine,
                title: isLast ? "Publish p=reject" : "Publish p=quarantine",
                why: why, changes: change(to: text.render()), messages: failing,
                share: PlanNumbers.share(failing, of: sums.genuine),
                risk: policyRisk(policy, failing: failing), blocksReject: !isLast))
    }

    /// Own mail that would fail today.
    var legitimateLoss: Int64 {
        facts.atReject.map { max(0, $0.legitimateRejected) } ?? sums.misconfigured
    }

    var forgedStopped: Int64 {
        facts.atReject.map { max(0, $0.forgedRejected) } ?? sums.forged
    }

    private func policyRisk(_ policy: DMARCPolicy, failing: Int64) -> PlanStep.Risk {
        let fate = policy == .reject ? "refused" : "put into spam folders"
        guard sums.legitimate > 0 else {
            return .init(
                .high,
                "No mail of yours is in the reports yet, so nobody can say what would be \(fate): "
                    + "wait for them.")
        }
        let share = PlanNumbers.share(failing, of: sums.legitimate)
        if share >= PlanLimits.lossThatIsHigh {
            return .init(
                .high,
                "As things stand, \(PlanNumbers.messages(failing)) of yours "
                    + "(\(PlanNumbers.percent(share))) would be \(fate): take the steps above "
                    + "first.")
        }
        let forwarded = facts.atReject.map { max(0, $0.forwardedRejected) } ?? sums.forwarded
        if policy == .reject,
            PlanNumbers.share(forwarded, of: sums.genuine) >= PlanLimits.forwardedShareThatWarns
        {
            return .init(
                .medium,
                "Mail that people of yours send to mailing lists or that is forwarded may be "
                    + "refused (\(PlanNumbers.messages(forwarded)) in the days observed). "
                    + "RFC 9989 §7.4 advises domains of people who write to lists against "
                    + "p=reject: move such people to another domain, or tell them.")
        }
        let undecided = facts.atReject.map { max(0, $0.undecidedRejected) } ?? sums.undecided
        let others =
            undecided > 0
            ? " So would \(PlanNumbers.messages(undecided)) that nobody has decided about." : ""
        guard failing > 0 else {
            return .init(.low, "No mail of yours in the reports would be \(fate)." + others)
        }
        return .init(
            share >= PlanLimits.senderShareThatBlocks ? .medium : .low,
            "As things stand, \(PlanNumbers.messages(failing)) of yours "
                + "(\(PlanNumbers.percent(share))) would be \(fate)." + others)
    }

    private mutating func watch() {
        var instructions = [
            "Keep the address for reports, and look at every sender that is new.",
            "Before you take on a service that sends for you, set up its DKIM first.",
        ]
        if facts.record?.aggregateReportURIs.isEmpty == true {
            instructions.removeFirst()
        }
        steps.append(
            PlanStep(
                .watch, title: "Keep p=reject and watch",
                why: "The policy is where it should be. What can still go wrong is new: a service "
                    + "nobody announced, a key that is changed or removed.",
                instructions: instructions, messages: sums.compliant,
                share: PlanNumbers.share(sums.compliant, of: sums.genuine),
                risk: .init(.low, "Nothing is changed.")))
    }

    /// `sp` and `np` below `p` leave a door open beside the one that was closed.
    mutating func coverSubdomains() {
        guard let record else { return }
        var text = RecordText(record)
        guard let policy = text.value("p").flatMap({ DMARCPolicy(rawValue: $0.lowercased()) })
        else { return }
        let weak = ["sp", "np"].filter { tag in
            guard let value = text.value(tag) else { return false }
            return (DMARCPolicy(rawValue: value.lowercased()) ?? .none) < policy
        }
        guard !weak.isEmpty else { return }
        let seen = weak.map { "\($0)=\(text.value($0) ?? "")" }
        let isOpen = weak.contains { text.value($0)?.lowercased() != "quarantine" }
        for tag in weak { text.set(tag, policy.rawValue) }
        steps.append(
            PlanStep(
                .subdomains, title: "Protect the subdomains as well",
                why: isOpen
                    ? "With \(PlanWords.and(seen)) anybody can write in the name of a subdomain "
                        + "of \(facts.recordDomain)."
                    : "With \(PlanWords.and(seen)) mail forged in the name of a subdomain of "
                        + "\(facts.recordDomain) still comes as far as spam folders.",
                changes: change(to: text.render()),
                instructions: weak.contains("sp")
                    ? ["First look at the reports of the subdomains that send mail."] : [],
                risk: .init(
                    weak.contains("sp") ? .medium : .low,
                    weak.contains("sp")
                        ? "Subdomains that send mail need aligned DKIM or SPF of their own first."
                        : "A subdomain that does not exist in the DNS sends no honest mail."),
                evidence: seen))
    }
}
