import Identities
import MailAuthentication

/// A domain that sends nothing can be closed at once: there is no mail to lose.
extension PlanDraft {
    mutating func lockDown() {
        var changes: [DNSChange] = []
        if spf.flatMap(SPFText.init)?.sendsNothing != true {
            changes += changeSPF(to: "v=spf1 -all")
        }
        if !facts.wildcardKeyIsRevoked {
            changes.append(
                DNSChange(
                    name: "*._domainkey.\(domain)", type: "TXT", add: ["v=DKIM1; p="]))
        }
        switch facts.mailExchange {
        case .null, .notAsked: break
        case .none:
            changes.append(DNSChange(name: domain, type: "MX", add: ["0 ."]))
        case .hosts(let hosts):
            changes.append(DNSChange(name: domain, type: "MX", remove: hosts, add: ["0 ."]))
        }
        changes += closeRecord()
        guard !changes.isEmpty else {
            steps.append(
                PlanStep(
                    .watch, title: "Leave it closed",
                    why: "The domain sends no mail, and its records say so to everybody.",
                    messages: 0, risk: .init(.low, "Nothing is changed."),
                    evidence: forgeryEvidence))
            explainForgery()
            return
        }
        var instructions: [String] = []
        if !facts.isSPFKnown { instructions.append(Self.spfIsUnknown) }
        if case .notAsked = facts.mailExchange {
            instructions.append(
                "The MX records could not be looked up. If there are none, publish MX 0 . as well: "
                    + "it tells every sender that the domain takes no mail.")
        }
        if case .hosts = facts.mailExchange {
            instructions.append(
                "Leave the MX records alone if the domain still has to receive mail; everything "
                    + "else can be published all the same.")
        }
        if sums.misconfigured > 0 || sums.undecided > 0 {
            instructions.append(
                "First ask who sends the "
                    + PlanNumbers.messages(PlanNumbers.sum([sums.misconfigured, sums.undecided]))
                    + " that are not plainly forged: after this step they no longer arrive.")
        }
        let isQuiet = sums.misconfigured == 0 && sums.undecided == 0
        steps.append(
            PlanStep(
                .lockDown, title: "Close the domain for mail today",
                why: "\(domain) sends no mail, so every message in its name is forged. These "
                    + "records let receivers refuse all of them; there is nothing to wait for.",
                changes: changes, instructions: instructions, messages: sums.forged,
                share: PlanNumbers.share(sums.forged, of: sums.all),
                risk: isQuiet
                    ? .init(.low, "No mail of yours is in the reports, so none can be lost.")
                    : .init(
                        .medium,
                        "Some mail in the reports may be yours: see what to ask first."),
                evidence: forgeryEvidence, blocksReject: true))
        explainForgery()
    }

    private var forgeryEvidence: [String] {
        [
            "\(PlanNumbers.messages(sums.compliant)) that passed, "
                + "\(PlanNumbers.count(sums.forged)) forged, in "
                + "\(PlanNumbers.days(facts.daysObserved)) of reports"
        ]
    }

    private mutating func closeRecord() -> [DNSChange] {
        guard facts.recordDomain == facts.domain else { return closeBelow() }
        var text = RecordText(record ?? "v=DMARC1")
        text.set("p", "reject", after: "v")
        text.set("sp", "reject", after: "p")
        text.set("np", "reject", after: "sp")
        text.remove(["t", "pct", "rf", "ri"])
        if text.value("rua") == nil, let reportURI { text.set("rua", reportURI) }
        // A record that says the same in other words is left alone.
        if let record, RecordText(record) == text { return [] }
        return change(to: text.render())
    }

    /// The record that holds today belongs to a domain above, whose other names may send mail: this
    /// one gets a record of its own.
    private func closeBelow() -> [DNSChange] {
        guard EnforcementPlanner.effectivePolicy(facts) != .reject else { return [] }
        var text = RecordText("v=DMARC1; p=reject; sp=reject; np=reject")
        if let reports = record.map(RecordText.init)?.value("rua") ?? reportURI {
            text.set("rua", reports)
        }
        return [DNSChange(name: "_dmarc.\(domain)", type: "TXT", add: [text.render()])]
    }
}
