public import Identities
public import MailAuthentication

/// What a DMARC record asks for names below its domain, beside what it asks for the domain itself.
public struct SubdomainPolicies: Hashable, Sendable {
    /// `p`.
    public let domain: DMARCPolicy
    /// `t=y`: one level less is asked of all names.
    public let isTesting: Bool
    private let own: [SubdomainNames: DMARCPolicy]

    /// Reads a record; a text that asks for nothing asks for nothing below either.
    public init(record text: String?) {
        guard let text, case .record(let record) = DMARCRecordParser.parse(text),
            record.invalidPolicyTags.isEmpty,
            let applied = record.appliedPolicy(isSubdomain: false, authorExists: nil)
        else {
            (domain, isTesting, own) = (.none, false, [:])
            return
        }
        (domain, isTesting) = (applied.requested, applied.isTesting)
        var own: [SubdomainNames: DMARCPolicy] = [:]
        own[.existing] = record.subdomainPolicy
        own[.missing] = record.nonexistentSubdomainPolicy
        self.own = own
    }

    /// What the record says for these names alone; nil where it does not speak of them.
    public func own(_ names: SubdomainNames) -> DMARCPolicy? { own[names] }

    /// What receivers are asked to do: RFC 9989 §4.7 has `np` fall back to `sp`, and `sp` to `p`.
    public func asked(of names: SubdomainNames) -> DMARCPolicy {
        switch names {
        case .missing: own[.missing] ?? asked(of: .existing)
        case .existing: own[.existing] ?? domain
        }
    }

    /// What is asked where it is less than for the domain itself.
    public var open: [SubdomainStep] {
        SubdomainNames.allCases.map { SubdomainStep($0, asked(of: $0)) }
            .filter { $0.policy < domain }
    }

    /// How what is open is closed: `np` at once, since no honest mail comes from names that do not
    /// exist, and then `sp` level by level. Nothing while a policy is tested: `t=y` holds for all.
    public var moves: [SubdomainStep] {
        guard !isTesting else { return [] }
        return open.map { step in
            let isFirst = step.names == .existing && step.policy == .none && domain == .reject
            return SubdomainStep(step.names, isFirst ? .quarantine : domain)
        }
    }

    /// The policy one level lower, to go back to; nil where these names have none of their own that
    /// stops mail.
    public func back(_ names: SubdomainNames) -> SubdomainStep? {
        guard let policy = own[names], (isTesting ? policy.oneLevelDown : policy) > .none else {
            return nil
        }
        return SubdomainStep(names, policy.oneLevelDown)
    }

    /// Whether there is anything to go back from.
    public var hasBack: Bool { SubdomainNames.allCases.contains { back($0) != nil } }

    /// Why names below are less safe than the domain, in a sentence; nil where they are not.
    public func sentence(_ name: DomainName) -> String? {
        let weak = SubdomainNames.allCases.reversed().compactMap { names in
            own[names].flatMap { $0 < domain ? SubdomainStep(names, $0) : nil }
        }
        guard !open.isEmpty, !weak.isEmpty else { return nil }
        let tags = PlanWords.and(weak.map(\.tags))
        let reach =
            weak.contains { $0.policy == .none }
            ? "anybody can write in the name of a subdomain"
            : "mail forged in the name of a subdomain still comes as far as spam folders"
        let verb = weak.count == 1 ? "asks" : "ask"
        return "Below \(name) the record is weaker: \(tags) \(verb) for less than "
            + "p=\(domain.rawValue), so \(reach)."
    }
}
