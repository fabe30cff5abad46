import Identities
public import MailAuthentication

/// Which names below a domain a policy of their own is for (RFC 9989 §4.7); in the order in which
/// their policies are raised.
public enum SubdomainNames: String, Hashable, Sendable, Codable, CaseIterable {
    /// `np`: names that do not exist in the DNS.
    case missing = "np"
    /// `sp`: names without a record of their own; also those that do not exist, where there is no
    /// `np`.
    case existing = "sp"

    public var tag: PolicyTag {
        switch self {
        case .missing: .nonexistentSubdomainPolicy
        case .existing: .subdomainPolicy
        }
    }

    /// `names below example.com that do not exist`, and the like.
    static func words(_ names: [SubdomainNames], below domain: DomainName) -> String {
        switch names {
        case [.missing]: "names below \(domain) that do not exist"
        case [.existing]: "names below \(domain) without a DMARC record of their own"
        default: "names below \(domain)"
        }
    }
}

/// A policy for names below a domain: a step on the way to reject as those of the domain itself.
public struct SubdomainStep: Hashable, Sendable, Codable {
    public var names: SubdomainNames
    public var policy: DMARCPolicy

    public init(_ names: SubdomainNames, _ policy: DMARCPolicy) {
        self.names = names
        self.policy = policy
    }

    /// As the record says it.
    public var tags: String { "\(names.rawValue)=\(policy.rawValue)" }

    /// What receivers do with mail that fails.
    public var words: String {
        let whose =
            names == .missing
            ? "mail that fails from names that do not exist" : "mail that fails from subdomains"
        return switch policy {
        case .none: "receivers deliver \(whose)"
        case .quarantine: "receivers treat \(whose) as suspicious"
        case .reject: "receivers do not take \(whose)"
        }
    }

    /// A record with this policy; everything else stays as the owner wrote it, `pct` and `t` as
    /// well, since they say what becomes of the domain's own mail.
    public func record(from published: String?) -> String {
        var text = RecordText(published ?? WayStep.none.record(from: nil))
        let hasOther = text.value(SubdomainNames.existing.rawValue) != nil
        text.set(
            names.rawValue, policy.rawValue,
            after: names == .missing && hasOther ? SubdomainNames.existing.rawValue : "p")
        return text.render()
    }
}
