/// What came of one term of a record, as short as it can be kept until somebody reads the trace.
struct SPFTermNote: Sendable {
    let outcome: SPFTrace.Outcome
    /// Of a term that may lead to look-ups, or ended the check.
    private let charge: Boxed<SPFCheck.Charge>?

    init(_ outcome: SPFTrace.Outcome, _ charge: SPFCheck.Charge? = nil) {
        self.outcome = outcome
        self.charge = charge.map(Boxed.init)
    }

    /// The same in full.
    func term(_ text: String) -> SPFTrace.Term {
        SPFTrace.Term(
            text: text, target: charge?.value.target, outcome: outcome,
            note: charge?.value.note ?? "", lookups: charge?.value.lookups ?? 0,
            inner: charge?.value.inner)
    }
}
