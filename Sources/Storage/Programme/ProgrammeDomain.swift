public import Identities
public import MailReports

/// What a domain is for, as its people say.
public enum DomainPurpose: String, Sendable, Codable, CaseIterable {
    case sends, receives, parked
}

/// A domain of the programme: whose it is, what it is for, and by when it shall be at p=reject.
public struct ProgrammeDomain: Hashable, Sendable, Codable {
    /// How it came into the programme.
    public enum Source: String, Sendable, Codable, CaseIterable {
        case hand, csv
        /// Its reports came in, or reports named it as sender below a domain of ours.
        case reports, traffic
        /// A change of our DNS named it.
        case zones
    }

    public var domain: DomainName
    /// Empty where nobody is named, as `tranche`.
    public var owner: String
    public var purpose: DomainPurpose?
    public var tranche: String
    public var target: UTCDay?
    public var source: Source
    /// Seconds since 1970.
    public var addedAt: Int64

    public init(
        domain: DomainName, owner: String = "", purpose: DomainPurpose? = nil,
        tranche: String = "", target: UTCDay? = nil, source: Source = .hand, addedAt: Int64 = 0
    ) {
        self.domain = domain
        self.owner = owner
        self.purpose = purpose
        self.tranche = tranche
        self.target = target
        self.source = source
        self.addedAt = addedAt
    }

    /// Another text whenever the domain says something else.
    public var version: String {
        ContentVersion.of([
            owner, purpose?.rawValue ?? "", tranche, target?.description ?? "",
        ])
    }

    /// For the audit log.
    var line: String {
        var parts: [String] = []
        if !owner.isEmpty { parts.append("owner: \(owner)") }
        if let purpose { parts.append("purpose: \(purpose.rawValue)") }
        if !tranche.isEmpty { parts.append("tranche: \(tranche)") }
        if let target { parts.append("target: \(target)") }
        return parts.isEmpty ? "in the programme" : parts.joined(separator: "; ")
    }
}

/// What shall be different about a domain; nil leaves a thing as it is.
public struct ProgrammeChange: Hashable, Sendable {
    /// A new value, or none any more.
    public enum Field<Value: Hashable & Sendable>: Hashable, Sendable {
        case clear
        case value(Value)
    }

    public var domain: DomainName
    public var owner: Field<String>?
    public var purpose: Field<DomainPurpose>?
    public var tranche: Field<String>?
    public var target: Field<UTCDay>?

    public init(
        domain: DomainName, owner: Field<String>? = nil, purpose: Field<DomainPurpose>? = nil,
        tranche: Field<String>? = nil, target: Field<UTCDay>? = nil
    ) {
        self.domain = domain
        self.owner = owner
        self.purpose = purpose
        self.tranche = tranche
        self.target = target
    }

    func applied(to domain: ProgrammeDomain) -> ProgrammeDomain {
        var copy = domain
        switch owner {
        case .clear?: copy.owner = ""
        case .value(let name)?: copy.owner = name
        case nil: break
        }
        switch purpose {
        case .clear?: copy.purpose = nil
        case .value(let purpose)?: copy.purpose = purpose
        case nil: break
        }
        switch tranche {
        case .clear?: copy.tranche = ""
        case .value(let name)?: copy.tranche = name
        case nil: break
        }
        switch target {
        case .clear?: copy.target = nil
        case .value(let day)?: copy.target = day
        case nil: break
        }
        return copy
    }
}

/// Bounds of the programme.
public enum ProgrammeLimits {
    /// Domains of one organisation.
    public static let domains = 20_000
    /// Octets and lines of a file; characters of a field in it.
    public static let file = 1 << 20
    public static let lines = 5_000
    public static let field = 120
    /// Lines that are wrong and told one by one.
    public static let faults = 500
    /// Names that one look into reports and zones may add.
    public static let found = 5_000
    /// Seconds after which a plan is made anew, whatever was reported.
    public static let planAge: Int64 = 86_400
    /// Days by which today's pace is measured.
    public static let paceDays = 90
}
