public import DNS

/// All records of one name and type, as a zone has them: their order means nothing, and they share
/// one time to live (RFC 2181 §5).
public struct RecordSet: Hashable, Sendable {
    /// Seconds for which the records may be kept.
    public var timeToLive: UInt32
    /// In the order of their octets, each once.
    public let data: [RecordData]

    /// Nil when there is no record: an empty set is none at all.
    public init?(timeToLive: UInt32, data: some Sequence<RecordData>) {
        let sorted = data.map { ($0, $0.wire) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }
        var kept: [RecordData] = []
        var last: [UInt8]?
        for (one, wire) in sorted where wire != last {
            kept.append(one)
            last = wire
        }
        guard !kept.isEmpty else { return nil }
        self.timeToLive = timeToLive
        self.data = kept
    }

    /// Whether both hold the same records, whatever their time to live. Letters in names count as
    /// the DNS compares them.
    public func holdsSame(as other: RecordSet) -> Bool { Set(data) == Set(other.data) }

    /// The records as a zone file writes them.
    public func presentations(as type: RecordType) -> [String] {
        data.map { $0.presentation(as: type) }
    }

    /// The text of each TXT record, its strings joined.
    public var texts: [String] {
        data.compactMap {
            guard case .txt(let strings) = $0 else { return nil }
            return String(decoding: strings.joined(), as: UTF8.self)
        }
    }
}

extension Optional where Wrapped == RecordSet {
    /// The same for sets that may be absent.
    public func holdsSame(as other: RecordSet?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let one?, let two?): one.holdsSame(as: two)
        default: false
        }
    }
}
