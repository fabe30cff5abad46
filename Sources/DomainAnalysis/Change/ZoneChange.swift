public import DNS
public import Identities

/// A change of DNS records for one domain, exact to the record: what is there, what shall be there,
/// why, who asked, and what follows from it.
public struct ZoneChange: Hashable, Sendable {
    public var domain: DomainName
    public var sets: [RecordSetChange]
    public var reason: String
    /// The person who asked for it.
    public var askedBy: String
    /// What may be lost by it, as sentences; empty where nothing is. A change with consequences is
    /// made only when the person types the domain's name.
    public var consequences: [String]

    /// - Throws: `ZoneChangeError` when it changes nothing, is too large, names a set twice, or
    ///   touches names outside the domain.
    public init(
        domain: DomainName, sets: [RecordSetChange], reason: String, askedBy: String,
        consequences: [String] = []
    ) throws(ZoneChangeError) {
        let sets = sets.filter(\.changesSomething)
        guard !sets.isEmpty else { throw .nothingToDo(domain) }
        guard sets.count <= ChangeLimits.sets else { throw .tooManySets }
        var seen: Set<Key> = []
        for set in sets {
            guard set.name.isEqualOrBelow(DNSName(domain)) else {
                throw .outside(set.name, domain)
            }
            guard !set.type.isMeta, set.type != .soa, set.type != .rrsig, set.type != .nsec,
                set.type != .nsec3, set.type != .nsec3param
            else { throw .unchangeable(set.type) }
            guard seen.insert(Key(name: set.name, type: set.type)).inserted else {
                throw .twice(set.name, set.type)
            }
            let records = max(set.before?.data.count ?? 0, set.after?.data.count ?? 0)
            guard records <= ChangeLimits.records else { throw .tooManyRecords(set.name) }
            guard set.type != .cname || (set.after?.data.count ?? 0) <= 1 else {
                throw .twoAliases(set.name)
            }
        }
        self.domain = domain
        self.sets = sets
        self.reason = String(reason.prefix(ChangeLimits.reason))
        self.askedBy = String(askedBy.prefix(ChangeLimits.person))
        self.consequences = Array(consequences.prefix(ChangeLimits.consequences))
    }

    private struct Key: Hashable {
        let name: DNSName
        let type: RecordType
    }

    /// Whether a person has to type the domain's name first.
    public var isDangerous: Bool { !consequences.isEmpty }

    /// The change that takes this one back: it holds only while everything is as this one left it.
    ///
    /// - Parameter consequences: what taking it back may lose.
    public func inverse(
        askedBy person: String, consequences: [String] = []
    ) -> ZoneChange {
        var copy = self
        copy.sets = sets.map(\.inverse)
        copy.reason = String("Undo: \(reason)".prefix(ChangeLimits.reason))
        copy.askedBy = String(person.prefix(ChangeLimits.person))
        copy.consequences = Array(consequences.prefix(ChangeLimits.consequences))
        return copy
    }

    /// Whether both change the records of one name and type.
    public func overlaps(_ other: ZoneChange) -> Bool {
        sets.contains { mine in
            other.sets.contains { $0.name == mine.name && $0.type == mine.type }
        }
    }

    /// The longest time for which somebody may still hold what was there before, in seconds.
    public var longestTimeToLive: UInt32 {
        sets.map { max($0.before?.timeToLive ?? 0, $0.after?.timeToLive ?? 0) }.max() ?? 0
    }
}

/// Why a change cannot be made of what was asked for.
public enum ZoneChangeError: Error, Hashable, Sendable {
    case nothingToDo(DomainName)
    case tooManySets
    case tooManyRecords(DNSName)
    case outside(DNSName, DomainName)
    case unchangeable(RecordType)
    case twice(DNSName, RecordType)
    case twoAliases(DNSName)
    /// A record that should go is not there; the second text is what is.
    case missing(String, DNSName, now: [String])
    /// A name or a record cannot be read; the text says which and why.
    case unreadable(String)
}

extension ZoneChangeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothingToDo(let domain):
            return "Nothing has to be changed: the DNS of \(domain) already says this."
        case .tooManySets:
            return "One change may touch \(ChangeLimits.sets) names and types. Make several."
        case .tooManyRecords(let name):
            return "\(name) would have more than \(ChangeLimits.records) records of one type."
        case .outside(let name, let domain):
            return "\(name) does not lie in \(domain), so this change may not touch it."
        case .unchangeable(let type):
            return "Records of type \(type) are kept by the zone's server itself."
        case .twice(let name, let type):
            return "The change names \(type) of \(name) twice."
        case .twoAliases(let name):
            return "\(name) would have two aliases (CNAME); a name has one at most."
        case .missing(let record, let name, let now):
            let found = now.isEmpty ? "nothing is there" : "there is " + now.joined(separator: ", ")
            return
                "The record to be replaced at \(name), \(record), is not there any more: \(found). "
                + "Look at the plan again."
        case .unreadable(let sentence):
            return sentence
        }
    }
}
