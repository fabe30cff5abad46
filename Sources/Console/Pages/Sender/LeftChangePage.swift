import HostedDNS

/// After an undo whose change of the DNS is left where it is: what is undone, what is not, why, and
/// where to go.
struct LeftChangePage {
    let place: SenderDecisionPages.Place
    let left: LeftChange
    let mayChangeDNS: Bool
    let mayReadChanges: Bool

    func draw() -> Page {
        var fields = DomainText.fields(place.domain)
        fields["leftSentence"] = ForeignText.value(left.sentence, limit: 900)
        fields["leftAdvice"] = .text(advice)
        fields["backLink"] = place.origin.value
        if left.isAtHand, mayReadChanges {
            fields["leftLink"] = Link("changes", String(left.id)).value
        }
        return Page(
            "leftchange", title: "Undone, and the DNS is as it was", place: .domains,
            fields: fields)
    }

    private var advice: String {
        guard left.isAtHand else {
            return "Look at your zone where your DNS is kept, and take out there what this sender "
                + "does not need any more."
        }
        return mayChangeDNS
            ? "Open the change, see how it stands, and take it back there."
            : "Ask an owner or an operator to take the change \(left.id) back."
    }
}
