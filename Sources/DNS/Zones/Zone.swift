/// All records of one zone, and what an authoritative server says from them.
public struct Zone: Sendable {
    /// The name at which the zone begins.
    public let apex: DNSName
    /// Without a start of authority the records are a loose collection, in which NS records are
    /// facts and not borders.
    private let hasBorders: Bool
    private var nodes: [DNSName: [ResourceRecord]] = [:]
    /// Whether names below another one may have to be answered by it: below a cut or a DNAME.
    private var hasBreaks = false
    private var hasWildcards = false

    /// Makes a zone of records; nil when there is no start of authority, when two disagree, or
    /// when a record lies outside.
    public init?(records: some Sequence<ResourceRecord>) {
        let records = Array(records)
        let authorities = records.filter { $0.type == .soa }
        guard let apex = authorities.first?.name,
            authorities.allSatisfy({ $0.data == authorities[0].data && $0.name == apex }),
            records.allSatisfy({ $0.name.isEqualOrBelow(apex) })
        else { return nil }
        self.init(apex: apex, records: records)
    }

    /// Makes a zone that need not have a start of authority; records outside are left out.
    public init(apex: DNSName, records: some Sequence<ResourceRecord>) {
        let records = Array(records)
        self.apex = apex
        hasBorders = records.contains { $0.type == .soa && $0.name == apex }
        nodes[apex] = []
        for record in records where record.name.isEqualOrBelow(apex) { add(record) }
    }

    private mutating func add(_ record: ResourceRecord) {
        // A name exists when one below it does (RFC 8020 §2), so the empty ones are entered too.
        var above = record.name
        while nodes[above] == nil, above != apex, let parent = above.parent {
            nodes[above] = []
            above = parent
        }
        if nodes[record.name, default: []].contains(where: {
            $0.type == record.type && $0.data == record.data
        }) {
            return
        }
        nodes[record.name, default: []].append(record)
        if record.type == .dname || hasBorders && record.type == .ns && record.name != apex {
            hasBreaks = true
        }
        if record.name.isWildcard { hasWildcards = true }
    }

    /// What the zone says to a question.
    public enum Answer: Hashable, Sendable {
        case records([ResourceRecord])
        /// The name is an alias; the question goes on at its target.
        case alias(ResourceRecord, target: DNSName)
        /// The name exists without records of this type.
        case noData
        case nameError
        /// Another zone begins at or above the name; its servers know.
        case delegation([ResourceRecord])
        case outside
    }

    /// Answers as RFC 1034 §4.3.2, with wildcards of RFC 4592 and aliases of RFC 6672.
    public func lookUp(_ name: DNSName, _ type: RecordType) -> Answer {
        guard name.isEqualOrBelow(apex) else { return .outside }
        if !hasBreaks { return lookUpWithoutBreaks(name, type) }
        // From the apex down: a cut or a DNAME above the name ends the walk.
        var path: [DNSName] = []
        var current: DNSName? = name
        while let step = current, step != apex {
            path.append(step)
            current = step.parent
        }
        var encloser = apex
        for step in [apex] + path.reversed() {
            guard let records = nodes[step] else {
                return wildcard(below: encloser, name, type)
            }
            encloser = step
            let servers = step == apex || !hasBorders ? [] : records.filter { $0.type == .ns }
            if !servers.isEmpty, step != name || type != .ds { return .delegation(servers) }
            if step != name, let alias = substitution(records, name) { return alias }
        }
        return answer(nodes[name] ?? [], name, type)
    }

    /// With nothing on the way that could end it, the walk may as well begin at the name.
    private func lookUpWithoutBreaks(_ name: DNSName, _ type: RecordType) -> Answer {
        if let records = nodes[name] { return answer(records, name, type) }
        guard hasWildcards else { return .nameError }
        var encloser = name.parent
        while let above = encloser, nodes[above] == nil { encloser = above.parent }
        return wildcard(below: encloser ?? apex, name, type)
    }

    private func wildcard(below encloser: DNSName, _ name: DNSName, _ type: RecordType) -> Answer {
        guard let source = encloser.adding(label: [UInt8(ascii: "*")]), let records = nodes[source]
        else { return .nameError }
        return answer(
            records.map {
                var record = $0
                record.name = name
                return record
            }, name, type)
    }

    private func answer(_ records: [ResourceRecord], _ name: DNSName, _ type: RecordType) -> Answer
    {
        let isWhole = type == .any || !records.indices.contains { records[$0].type != type }
        let matching = isWhole ? records : records.filter { $0.type == type }
        if !matching.isEmpty { return .records(matching) }
        for record in records {
            if case .cname(let target) = record.data { return .alias(record, target: target) }
        }
        return .noData
    }

    /// RFC 6672 §2.2: the part above changes, the part below stays.
    private func substitution(_ records: [ResourceRecord], _ name: DNSName) -> Answer? {
        for record in records {
            guard case .dname(let target) = record.data else { continue }
            let kept = name.wire.dropLast(record.name.wire.count)
            guard kept.count + target.wire.count <= Limits.nameOctets else { return .nameError }
            return .alias(record, target: DNSName(proven: kept + target.wire))
        }
        return nil
    }

    /// The start of authority, if the zone has one.
    public var startOfAuthority: ResourceRecord? {
        nodes[apex]?.first { $0.type == .soa }
    }

    /// All records in canonical order of names.
    public var records: [ResourceRecord] {
        nodes.keys.sorted().flatMap { nodes[$0] ?? [] }
    }
}
