/// One SPF record as it was walked through: a tree, because `include` and `redirect` lead to
/// further records.
public struct SPFTrace: Sendable {
    /// One term of the record, in the order of evaluation.
    public struct Term: Sendable {
        /// As written in the record.
        public var text: String
        /// With macros expanded, where it has a domain.
        public var target: String?
        /// What came of it.
        public var outcome: Outcome
        /// One plain sentence on how that came about.
        public var note: String
        /// Look-ups that this term was charged, those below it not counted.
        public var lookups: Int
        /// The record that an `include` or `redirect` led to.
        public var inner: SPFTrace?

        public init(
            text: String, target: String? = nil, outcome: Outcome, note: String = "",
            lookups: Int = 0, inner: SPFTrace? = nil
        ) {
            self.text = text
            self.target = target
            self.outcome = outcome
            self.note = note
            self.lookups = lookups
            self.inner = inner
        }
    }

    public enum Outcome: String, Sendable, Codable {
        case match
        case noMatch = "no-match"
        /// A modifier, or a term behind the one that matched.
        case notEvaluated = "not-evaluated"
        case temperror
        case permerror
    }

    /// Whose record it is.
    public var domain: String
    /// The record's text; nil when there is none.
    public var record: String?
    /// What the record says for itself.
    public var result: SPFResult
    /// Whether the answer was authenticated by DNSSEC.
    public var isAuthenticated: Bool
    private var content: Content

    /// The terms, or what they are made of when somebody asks for them.
    private enum Content: Sendable {
        case terms([Term])
        /// Notes for the first terms of a record; the others were not evaluated.
        case notes(Boxed<SPFRecord>, [SPFTermNote])
    }

    public init(
        domain: String, record: String? = nil, terms: [Term] = [], result: SPFResult,
        isAuthenticated: Bool = false
    ) {
        self.domain = domain
        self.record = record
        content = .terms(terms)
        self.result = result
        self.isAuthenticated = isAuthenticated
    }

    init(
        domain: String, _ record: Boxed<SPFRecord>, _ notes: [SPFTermNote], result: SPFResult,
        isAuthenticated: Bool
    ) {
        self.domain = domain
        self.record = record.value.text
        content = .notes(record, notes)
        self.result = result
        self.isAuthenticated = isAuthenticated
    }

    /// In the order of the record.
    public var terms: [Term] {
        get {
            switch content {
            case .terms(let terms): return terms
            case .notes(let record, let notes):
                return record.value.termTexts.enumerated().map { place, text in
                    place < notes.count
                        ? notes[place].term(text) : Term(text: text, outcome: .notEvaluated)
                }
            }
        }
        set { content = .terms(newValue) }
    }
}
