import Crypto
import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// The page before a sender is authorised: exactly what changes in the DNS, and what is left to do
/// at the sender.
struct AuthorisePage {
    let place: SenderDecisionPages.Place
    let needed: SenderAuthorisation
    let preview: SenderDesk.Preview
    let mayChangeDNS: Bool
    let problem: String?

    func draw() -> Page {
        let (domain, volume) = (place.domain, place.detail.volume)
        let name = ForeignText.clean(volume.name, limit: 60)
        let from = place.isOnSenderPage ? "sender" : nil
        var fields: Fields = DomainText.fields(domain)
        fields["domainLink"] = Link("domains", domain.text).with(place.choice).value
        fields["senderLink"] =
            Link("domains", domain.text, "senders", volume.key).with(place.choice).value
        fields["senderName"] = ForeignText.value(volume.name, limit: 60)
        fields["authoriseProblem"] = .optional(problem)
        fields["isUnnamed"] = .flag(volume.key == "unknown")
        fields["unnamed"] = .text(SenderDecisionError.unnamed.description)
        fields["risk"] = .text(risk(volume, name: name))
        fields["needed"] = ForeignText.value(needed.sentence, limit: 500)
        fields["instructions"] = .list(
            needed.instructions.map { ["instruction": ForeignText.value($0, limit: 900)] })
        fields["hasInstructions"] = .flag(!needed.instructions.isEmpty)
        fields["actLink"] =
            Link("domains", domain.text, "senders", volume.key, "authorise")
            .with(place.choice).with("from", from).value
        switch preview {
        case .nothing: fields["isNothing"] = true
        case .exact(let change):
            fields["isExact"] = true
            fields["sets"] = .list(ChangePage.sets(change))
            fields["shown"] = .text(Self.fingerprint(change))
            fields["mayApply"] = .flag(mayChangeDNS)
            fields["consequences"] = .list(
                change.consequences.map { ["consequence": ForeignText.value($0, limit: 500)] })
        case .described(let changes, let why):
            fields["isDescribed"] = true
            fields["whyDescribed"] = ForeignText.value(why, limit: 900)
            fields["sets"] = .list(changes.map(Self.set))
        }
        return Page(
            "authorise", title: "Authorise \(name) · \(DomainText.plain(domain))",
            place: .domains, fields: fields)
    }

    /// Tells one change from another: what is confirmed is what was shown.
    static func fingerprint(_ change: ZoneChange) -> String {
        SHA256.hash(data: Array(ChangeText.render(change).utf8)).prefix(16).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    private func risk(_ volume: SenderVolume, name: String) -> String {
        let failing = ClassCounts.sum(volume.counts[.undecided], volume.counts[.forged])
        let days = Numbers.counted(place.detail.window.dayCount, "day", "days")
        guard failing > 0 else {
            return "All that \(name) sent in the last \(days) was proved or forwarded."
        }
        return "Of what \(name) sent in the last \(days), "
            + "\(Numbers.counted(failing, "message", "messages")) carried no matching proof. Once "
            + "you authorise it, that counts as your mail at risk until it is set up."
    }

    /// A change of a plan, for the template `changediff`.
    private static func set(_ change: DNSChange) -> Fields {
        func lines(_ texts: [String]) -> Field {
            .list(texts.map { ["line": ForeignText.value($0, limit: 900)] })
        }
        return [
            "recordName": ForeignText.value(change.name, limit: 253),
            "recordType": .text(change.type), "removed": lines(change.remove),
            "added": lines(change.add), "kept": .list([]),
            "isNew": .flag(change.remove.isEmpty), "isDeleted": .flag(change.add.isEmpty),
        ]
    }
}
