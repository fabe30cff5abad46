public import Identities

/// What somebody may do in an organisation.
public enum Role: String, Sendable, Codable, CaseIterable {
    /// Everything, people and tokens included.
    case owner
    /// Everything about domains, reports and mail.
    case `operator`
    /// Sees everything and changes nothing.
    case auditor
    /// Sees the domains that are theirs, and nothing else.
    case domainOwner = "domain-owner"

    /// As a person would say it.
    public var words: String {
        switch self {
        case .owner: "owner"
        case .operator: "operator"
        case .auditor: "auditor"
        case .domainOwner: "domain owner"
        }
    }

    /// What it means, in a clause.
    public var meaning: String {
        switch self {
        case .owner: "may do everything, and say who else may do what"
        case .operator: "may do everything about domains, reports and mail"
        case .auditor: "sees everything and changes nothing"
        case .domainOwner: "sees the domains that you name, and nothing else"
        }
    }
}

/// A role together with what it is bounded to.
public struct Standing: Hashable, Sendable, CustomStringConvertible {
    public var role: Role
    /// A domain owner's domains, each with all names below it; empty for the other roles.
    public var domains: [DomainName]

    /// - Parameter domains: taken into account for a domain owner only.
    public init(_ role: Role, domains: [DomainName] = []) {
        self.role = role
        self.domains = role == .domainOwner ? Set(domains).sorted() : []
    }

    /// Reads what `description` writes; nil when it is none.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard let role = words.first.flatMap({ Role(rawValue: String($0)) }) else { return nil }
        let domains = words.dropFirst().map { DomainName($0) }
        guard !domains.contains(nil) else { return nil }
        self.init(role, domains: domains.compactMap { $0 })
    }

    /// `owner`, `domain-owner a.example b.example`.
    public var description: String {
        ([role.rawValue] + domains.map(\.text)).joined(separator: " ")
    }

    /// Whether a domain is among those that may be seen.
    public func covers(_ domain: DomainName) -> Bool {
        role != .domainOwner || domains.contains { domain.isEqualOrBelow($0) }
    }
}
