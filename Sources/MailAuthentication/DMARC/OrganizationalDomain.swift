public import Identities

/// How the Organizational Domain and the record for an Author Domain are found.
public enum DiscoveryMethod: String, Sendable, Codable, CaseIterable {
    /// The DNS Tree Walk (RFC 9989 §4.10).
    case treeWalk = "treewalk"
    /// A public suffix list (RFC 7489 §3.2).
    case publicSuffixList = "psl"
}

/// The top of the names that are run by the same organisation as a given one.
public struct OrganizationalDomain: Hashable, Sendable, Codable {
    /// What made this name the Organizational Domain.
    public enum Basis: String, Sendable, Codable, CaseIterable {
        /// Its record says `psd=n`.
        case notPublicSuffix
        /// It lies one label below a record with `psd=y`.
        case belowPublicSuffix
        /// Its record is the one with the fewest labels.
        case highestRecord
        /// No record was found above; the name stands for itself.
        case itself
        /// The public suffix list says so.
        case listed
        /// The DNS failed on the way: the name is not known.
        case undetermined
    }

    /// The Organizational Domain; the domain asked about where `basis` is `undetermined`.
    public var name: DomainName
    public var basis: Basis
    public var steps: [WalkStep]
    /// Why it is not known, where the DNS failed.
    public var failure: String?

    public init(
        name: DomainName, basis: Basis, steps: [WalkStep] = [], failure: String? = nil
    ) {
        self.name = name
        self.basis = basis
        self.steps = steps
        self.failure = failure
    }
}
