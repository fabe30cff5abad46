import DNS
import Identities

/// In JSON, records stand as a zone file writes them:
/// `{"ttl": 3600, "records": ["\"v=DMARC1; p=none\""]}`.
extension RecordSetChange: Codable {
    private enum CodingKeys: String, CodingKey { case name, type, before, after }

    private struct Side: Codable {
        var ttl: UInt32
        var records: [String]
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func fault(_ key: CodingKeys, _ reason: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: fields, debugDescription: reason)
        }
        guard let name = DNSName(try fields.decode(String.self, forKey: .name)) else {
            throw fault(.name, "no name of the DNS")
        }
        guard let type = RecordType(try fields.decode(String.self, forKey: .type)) else {
            throw fault(.type, "no type of record")
        }
        func side(_ key: CodingKeys) throws -> RecordSet? {
            guard let side = try fields.decodeIfPresent(Side.self, forKey: key) else { return nil }
            guard side.records.count <= ChangeLimits.records else {
                throw fault(key, "too many records")
            }
            var data: [RecordData] = []
            for text in side.records {
                do {
                    data.append(try RecordData(type: type, presentation: text))
                } catch {
                    throw fault(key, error.reason)
                }
            }
            return RecordSet(timeToLive: side.ttl, data: data)
        }
        self.init(name: name, type: type, before: try side(.before), after: try side(.after))
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(name.description, forKey: .name)
        try fields.encode(type.description, forKey: .type)
        func side(_ set: RecordSet?) -> Side? {
            set.map { Side(ttl: $0.timeToLive, records: $0.presentations(as: type)) }
        }
        // Absent sides are written too: null says that nothing is there.
        try fields.encode(side(before), forKey: .before)
        try fields.encode(side(after), forKey: .after)
    }
}

extension ZoneChange: Codable {
    private enum CodingKeys: String, CodingKey {
        case domain, reason, askedBy, consequences, sets
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        guard let domain = DomainName(try fields.decode(String.self, forKey: .domain)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .domain, in: fields, debugDescription: "no domain name")
        }
        let sets = try fields.decode([RecordSetChange].self, forKey: .sets)
        do {
            try self.init(
                domain: domain, sets: sets,
                reason: try fields.decode(String.self, forKey: .reason),
                askedBy: try fields.decode(String.self, forKey: .askedBy),
                consequences: try fields.decodeIfPresent([String].self, forKey: .consequences)
                    ?? [])
        } catch let error as ZoneChangeError {
            throw DecodingError.dataCorruptedError(
                forKey: .sets, in: fields, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(domain.text, forKey: .domain)
        try fields.encode(reason, forKey: .reason)
        try fields.encode(askedBy, forKey: .askedBy)
        try fields.encode(consequences, forKey: .consequences)
        try fields.encode(sets, forKey: .sets)
    }
}
