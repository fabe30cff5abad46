public import Identities

/// The offline resolver: answers from zones in memory as a recursive resolver would, following
/// aliases from zone to zone.
public struct ZoneLookup: DNSLookup {
    /// By apex, in lower case through `DNSName`'s equality.
    private let zones: [DNSName: Zone]
    /// The zone, where there is one only.
    private let only: Zone?

    /// Zones may lie below one another; the deepest one that holds a name answers for it.
    public init(zones: [Zone]) {
        self.zones = Dictionary(zones.map { ($0.apex, $0) }, uniquingKeysWith: { $1 })
        only = self.zones.count == 1 ? zones.last : nil
    }

    /// Takes the records of a file that holds any names: each start of authority begins a zone, and
    /// what belongs to none is answered as it stands.
    public init(records: some Sequence<ResourceRecord>) {
        let records = Array(records)
        let apexes = Set(records.lazy.filter { $0.type == .soa }.map(\.name)).union([.root])
        var parts: [DNSName: [ResourceRecord]] = [:]
        for record in records {
            var above = record.name
            // The NS records of a cut stand in the zone below when the file holds that too, and
            // answer there just the same.
            while !apexes.contains(above), let parent = above.parent { above = parent }
            parts[above, default: []].append(record)
        }
        self.init(zones: parts.map { Zone(apex: $0.key, records: $0.value) })
    }

    public var answersAtOnce: Bool { true }

    public func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        answer(DNSName(name), type)
    }

    public func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        answer(name, type)
    }

    /// The same without suspension.
    public func answer(_ name: DomainName, _ type: RecordType) -> DNSAnswer {
        answer(DNSName(name), type)
    }

    /// The same for a name of any octets.
    public func answer(_ name: DNSName, _ type: RecordType) -> DNSAnswer {
        var name = name
        var aliases: [DomainName] = []
        var timeToLive = UInt32.max
        while let zone = zone(of: name, type) {
            switch zone.lookUp(name, type) {
            case .records(let records):
                for index in records.indices {
                    timeToLive = min(timeToLive, records[index].timeToLive)
                }
                return DNSAnswer(
                    .records, records: records, aliases: aliases, timeToLive: timeToLive)
            case .alias(let record, let target):
                guard aliases.count < Limits.aliases else {
                    return DNSAnswer(
                        .failure("The chain of aliases is too long."), aliases: aliases)
                }
                guard let alias = target.domainName else {
                    return DNSAnswer(.failure("An alias leads to no host name."), aliases: aliases)
                }
                aliases.append(alias)
                timeToLive = min(timeToLive, record.timeToLive)
                name = target
            case .noData: return no(.noData, zone, aliases, timeToLive)
            case .nameError: return no(.nameError, zone, aliases, timeToLive)
            case .delegation(let servers):
                let cut = servers.first?.name.description ?? ""
                return DNSAnswer(
                    .failure("The zone \(cut) is not in the zone file."), aliases: aliases)
            case .outside: return DNSAnswer(.nameError, aliases: aliases)
            }
        }
        return DNSAnswer(.nameError, aliases: aliases)
    }

    /// RFC 2308 §5: a "no" is kept for the smaller of the start of authority's two times.
    private func no(
        _ outcome: DNSAnswer.Outcome, _ zone: Zone, _ aliases: [DomainName], _ timeToLive: UInt32
    ) -> DNSAnswer {
        var kept: UInt32 = 0
        if let record = zone.startOfAuthority, case .soa(let soa) = record.data {
            kept = min(record.timeToLive, soa.minimum, timeToLive)
        }
        return DNSAnswer(outcome, aliases: aliases, timeToLive: kept)
    }

    private func zone(of name: DNSName, _ type: RecordType) -> Zone? {
        if let only {
            return name.isEqualOrBelow(only.apex) ? only : nil
        }
        // The parent's side holds DS (RFC 4035 §3.1.4.1).
        var above: DNSName? = type == .ds ? name.parent : name
        while let current = above {
            if let zone = zones[current] { return zone }
            above = current.parent
        }
        return zones[name]
    }
}
