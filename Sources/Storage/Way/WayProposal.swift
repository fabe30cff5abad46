public import DomainAnalysis
public import Identities

/// Where a proposal stands.
public enum WayState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Waits for a decision. Next: `approved`, `declined`.
    case proposed
    /// Approved; its DNS change is being worked out. Next: `made`, `proposed`.
    case approved
    /// Its DNS change is kept, and tells what became of it. Final.
    case made
    /// Not wanted. Final.
    case declined

    public static let open: Set<WayState> = [.proposed, .approved]

    public var words: String {
        switch self {
        case .proposed: "waits for a decision"
        case .approved: "approved; its DNS change is not worked out yet"
        case .made: "approved"
        case .declined: "declined"
        }
    }
}

/// What is asked for: a policy for a domain, with what is known of its consequences.
public struct WayDraft: Hashable, Sendable {
    public var domain: DomainName
    public var record: String
    /// The domain's own record now; nil where there is none.
    public var replaces: String?
    public var reason: String
    public var known: PolicyRisk

    public init(
        domain: DomainName, record: String, replaces: String?, reason: String, known: PolicyRisk
    ) {
        self.domain = domain
        self.record = record
        self.replaces = replaces
        self.reason = reason
        self.known = known
    }
}

/// A proposal as it is kept.
public struct WayProposal: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var draft: WayDraft
    public var state: WayState
    public var askedBy: AuditActor
    /// Seconds since 1970, as all instants here.
    public var askedAt: Int64
    public var decidedBy: String?
    public var decidedAt: Int64?
    /// The DNS change that makes it.
    public var change: Int64?
    /// Why it was declined, or what kept its change from being made; empty for nothing.
    public var remark: String

    public var domain: DomainName { draft.domain }
    public var step: WayStep { WayStep(record: draft.record) }
    /// What is asked for, as the record says it: `p=reject`, or `np=reject`.
    public var tags: String { WayMove.tags(from: draft.replaces, to: draft.record) }
}

/// The rules of one domain, and how far it is by them.
public struct StoredWayRules: Hashable, Sendable {
    public var domain: DomainName
    public var rules: WayRules
    public var agreedBy: String
    public var agreedAt: Int64
    /// Nil while they act.
    public var stoppedAt: Int64?
    public var position: WayPosition
    public var stepSince: Int64
    /// What was known when the step began.
    public var before: PolicyRisk
    /// What the last look came to, a sentence.
    public var remark: String
    public var checkedAt: Int64?

    public var step: WayStep { position.step }

    /// Another text whenever somebody agrees on other rules, or ends them.
    public var version: String {
        ContentVersion.of([
            rules.sentence, agreedBy, String(agreedAt), stoppedAt.map { String($0) } ?? "",
        ])
    }
}

/// Why something on the way to reject was not done: said to the person who asked.
public enum WayError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(Int64)
    /// Another proposal for the domain is open.
    case openAlready(Int64)
    case decided(Int64, WayState)
    /// The organisation wants two people, and this is the one who asked.
    case ownProposal(Int64)
    case noRules(DomainName)
    /// Somebody else agreed on others, or ended them, meanwhile.
    case otherRules(DomainName)

    public var description: String {
        switch self {
        case .unknown(let id): "There is no proposal \(id)."
        case .openAlready(let id):
            "Proposal \(id) for this domain still waits for a decision. Decide on it first."
        case .decided(let id, let state): "Proposal \(id) is decided already: \(state.words)."
        case .ownProposal(let id):
            "Proposal \(id) is your own, and your organisation wants a second person to approve a "
                + "policy. Ask a colleague."
        case .otherRules(let domain):
            "Somebody else has changed the rules for \(domain) meanwhile. Look at them again."
        case .noRules(let domain): "No rules are agreed for \(domain)."
        }
    }
}
