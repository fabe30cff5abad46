public import Identities
public import MailAuthentication

/// What a proposed DMARC record would have done to mail that was already reported, worked out for
/// both ways in which receivers find records.
///
/// JSON keys:
/// - `domain`, `record` (the proposed text), `warnings` (remarks on it).
/// - `methods.treewalk` and `methods.psl`: a `ReplaySummary` each.
/// - `rows`: one `ReplayRowResult` per row, in the order in which they were given.
/// - `divergences`: the rows that the two methods treat differently, see `ReplayDivergence`.
/// - `unresolved`: `{name, reason}` for each name whose look-up failed; the rows that depend on it
///   are `undetermined`, nothing is guessed.
public struct ReplayResult: Hashable, Sendable, Codable {
    public var domain: DomainName
    public var record: String
    public var warnings: [String]
    public var methods: Methods
    public var rows: [ReplayRowResult]
    public var divergences: [ReplayDivergence]
    public var unresolved: [Unresolved]

    /// The same sums for each method of discovery.
    public struct Methods: Hashable, Sendable, Codable {
        public var treewalk: ReplaySummary
        public var psl: ReplaySummary

        public init(treewalk: ReplaySummary, psl: ReplaySummary) {
            self.treewalk = treewalk
            self.psl = psl
        }

        public subscript(method: DiscoveryMethod) -> ReplaySummary {
            switch method {
            case .treeWalk: treewalk
            case .publicSuffixList: psl
            }
        }
    }

    /// A name that the DNS gave no answer for.
    public struct Unresolved: Hashable, Sendable, Codable {
        public var name: String
        public var reason: String

        public init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }
}

/// One row with its outcome by both methods.
///
/// JSON keys: `row` (its position, from 1), `headerFrom`, `messages`, `senderKey`, `senderName`,
/// `sourceClass`, `observedDisposition`, `treewalk` and `psl` (a `ReplayOutcome` each).
public struct ReplayRowResult: Hashable, Sendable, Codable {
    public var row: Int
    public var headerFrom: DomainName
    public var messages: Int64
    public var senderKey: String
    public var senderName: String
    public var sourceClass: SourceClass
    public var observedDisposition: String
    public var treewalk: ReplayOutcome
    public var psl: ReplayOutcome

    init(row: Int, _ input: ReplayRow, treewalk: ReplayOutcome, psl: ReplayOutcome) {
        self.row = row
        headerFrom = input.headerFrom
        // Counts come from strangers' reports: a negative one counts for nothing.
        messages = max(0, input.messages)
        senderKey = input.senderKey
        senderName = input.senderName
        sourceClass = input.sourceClass
        observedDisposition = input.observedDisposition
        self.treewalk = treewalk
        self.psl = psl
    }

    public subscript(method: DiscoveryMethod) -> ReplayOutcome {
        switch method {
        case .treeWalk: treewalk
        case .publicSuffixList: psl
        }
    }
}
