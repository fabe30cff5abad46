import Identities
import MailAuthentication

/// A plan in the making: the steps so far, and the records as they will be after them.
struct PlanDraft {
    let facts: PlanFacts
    let sums: PlanSums
    let stage: EnforcementPlan.Stage
    let catalogue: SenderCatalogue
    var steps: [PlanStep] = []
    /// The DMARC and SPF records after the steps so far; nil while there is none.
    var record: String?
    var spf: String?

    init(
        facts: PlanFacts, sums: PlanSums, stage: EnforcementPlan.Stage, catalogue: SenderCatalogue
    ) {
        self.facts = facts
        self.sums = sums
        self.stage = stage
        self.catalogue = catalogue
        self.record = facts.record == nil ? nil : facts.recordText
        self.spf = facts.spfText
    }

    var domain: String { facts.domain.text }
    var recordName: String { "_dmarc.\(facts.recordDomain)" }
    var isRejecting: Bool { stage == .rejecting }

    /// What happens to mail that fails at the present policy, for a sentence.
    var fateOfFailures: String {
        switch stage {
        case .rejecting: "is refused by receivers today"
        case .quarantine: "goes to spam folders today, and would be refused at p=reject"
        default: "would be refused at p=reject"
        }
    }

    /// A change of the DMARC record, remembered for the steps after it.
    mutating func change(to text: String) -> [DNSChange] {
        let old = record ?? facts.recordText
        record = text
        guard old != text else { return [] }
        return [
            DNSChange(
                name: recordName, type: "TXT", remove: [old].compactMap(\.self), add: [text])
        ]
    }

    /// What a step says when it would change an SPF record that nobody could read.
    static let spfIsUnknown =
        "The SPF record could not be looked up, so no change of it is proposed: make the plan "
        + "again when DNS answers."

    /// A change of the SPF record, remembered likewise; none where the present one is not known,
    /// since a second one beside it would make both an error (RFC 7208 §4.5).
    mutating func changeSPF(to text: String) -> [DNSChange] {
        guard facts.isSPFKnown else { return [] }
        let old = spf
        spf = text
        guard old != text else { return [] }
        return [
            DNSChange(name: domain, type: "TXT", remove: [old].compactMap(\.self), add: [text])
        ]
    }

    /// The address for reports as a URI; nil when the facts name none.
    var reportURI: String? {
        facts.reportAddress.map { $0.contains(":") ? $0 : "mailto:\($0)" }
    }

    /// Evidence lines of a sender.
    func evidence(_ sender: PlanSender) -> [String] {
        var lines: [String] = []
        if sender.sources > 0 {
            let sources = sender.sources == 1 ? "1 address" : "\(sender.sources) addresses"
            var line =
                "\(PlanNumbers.messages(sender.messages)) from \(sources)"
            if let first = sender.firstDay, let last = sender.lastDay {
                line += first == last ? " on \(first)" : ", \(first) to \(last)"
            }
            lines.append(line)
        }
        lines.append(
            "aligned DKIM in \(PlanNumbers.count(sender.dkimAligned)), aligned SPF in "
                + "\(PlanNumbers.count(sender.spfAligned)) of "
                + PlanNumbers.messages(sender.messages))
        if !sender.sampleSelectors.isEmpty {
            lines.append("selectors: " + list(sender.sampleSelectors))
        }
        if !sender.sampleMailFroms.isEmpty {
            lines.append("MAIL FROM domains: " + list(sender.sampleMailFroms))
        }
        lines.append(PlanWords.recognition(sender.confidence))
        return Array(lines.prefix(PlanLimits.evidenceLines))
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { String($0.prefix(PlanLimits.quotedLength)) }
        return shown.joined(separator: ", ") + (names.count > 5 ? " …" : "")
    }
}
