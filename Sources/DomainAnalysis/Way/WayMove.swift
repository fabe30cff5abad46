import MailAuthentication

/// A step that can be proposed: a policy for the domain itself, or for names below it.
public enum WayMove: Hashable, Sendable, CaseIterable, RawRepresentable {
    case domain(WayStep)
    case below(SubdomainStep)

    public static let allCases: [WayMove] =
        WayStep.allCases.map(WayMove.domain)
        + SubdomainNames.allCases.flatMap { names in
            [.none, .quarantine, .reject].map { .below(SubdomainStep(names, $0)) }
        }

    /// `quarantine-test` and the other words of `WayStep`, or `np-reject`.
    public var rawValue: String {
        switch self {
        case .domain(let step): step.rawValue
        case .below(let step): "\(step.names.rawValue)-\(step.policy.rawValue)"
        }
    }

    public init?(rawValue: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else {
            return nil
        }
        self = found
    }

    /// As the record says it.
    public var tags: String {
        switch self {
        case .domain(let step): step.tags
        case .below(let step): step.tags
        }
    }

    /// The move whose policy this one tests; itself where it tests nothing.
    public var tested: WayMove {
        if case .domain(let step) = self { return .domain(step.tested) }
        return self
    }

    public func record(from published: String?) -> String {
        switch self {
        case .domain(let step): step.record(from: published)
        case .below(let step): step.record(from: published)
        }
    }

    // MARK: Reading a proposal

    /// The names below a domain whose policies alone differ between two records; nil where the
    /// records differ in more than that.
    public static func names(from before: String?, to after: String) -> [SubdomainNames]? {
        guard let before else { return nil }
        let tags = Set(SubdomainNames.allCases.map(\.rawValue))
        var (old, new) = (RecordText(before), RecordText(after))
        old.remove(tags)
        new.remove(tags)
        guard old == new else { return nil }
        let (was, becomes) = (SubdomainPolicies(record: before), SubdomainPolicies(record: after))
        let changed = SubdomainNames.allCases.filter { was.own($0) != becomes.own($0) }
        // Without a tag of their own these names' mail falls under another.
        guard !changed.isEmpty, changed.allSatisfy({ becomes.own($0) != nil }) else { return nil }
        return changed
    }

    /// What is new in a record that is to take another's place: `p=reject`, or `np=reject; sp=none`.
    public static func tags(from before: String?, to after: String) -> String {
        guard let names = names(from: before, to: after) else {
            return WayStep(record: after).tags
        }
        let below = SubdomainPolicies(record: after)
        return names.compactMap { names in
            below.own(names).map { SubdomainStep(names, $0).tags }
        }.joined(separator: "; ")
    }
}

/// Where a domain stands by its rules: its own policy, and what is weaker below it.
public struct WayPosition: Hashable, Sendable, RawRepresentable {
    public var step: WayStep
    /// Nothing where rules leave the names below alone.
    public var open: [SubdomainStep]

    public init(_ step: WayStep, open: [SubdomainStep] = []) {
        self.step = step
        self.open = open
    }

    /// `reject`, or `reject;np-none;sp-none`.
    public var rawValue: String {
        ([step.rawValue] + open.map { WayMove.below($0).rawValue }).joined(separator: ";")
    }

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: ";", omittingEmptySubsequences: false)
        guard let step = parts.first.flatMap({ WayStep(rawValue: String($0)) }) else { return nil }
        self.init(step)
        for part in parts.dropFirst() {
            guard case .below(let below)? = WayMove(rawValue: String(part)) else { return nil }
            open.append(below)
        }
    }
}
