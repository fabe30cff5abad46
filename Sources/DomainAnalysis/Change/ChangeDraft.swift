public import DNS
public import Identities

/// A change in the making: what the zone holds now, and what steps of a plan make of it.
public struct ChangeDraft: Sendable {
    public let domain: DomainName
    private var order: [Key] = []
    private var sets: [Key: RecordSetChange] = [:]

    private struct Key: Hashable {
        let name: DNSName
        let type: RecordType
    }

    public init(domain: DomainName) {
        self.domain = domain
    }

    /// Names and types whose records a person has to know before these changes can be worked out.
    public static func needed(
        for changes: [DNSChange]
    ) throws(ZoneChangeError) -> [(name: DNSName, type: RecordType)] {
        var needed: [(name: DNSName, type: RecordType)] = []
        for change in changes {
            let (name, type) = try place(change)
            if !needed.contains(where: { $0.name == name && $0.type == type }) {
                needed.append((name, type))
            }
        }
        return needed
    }

    /// Takes up what the zone holds now; to be called once for each name and type.
    public mutating func found(_ set: RecordSet?, at name: DNSName, _ type: RecordType) {
        let key = Key(name: name, type: type)
        if sets.updateValue(
            RecordSetChange(name: name, type: type, before: set, after: set), forKey: key) == nil
        {
            order.append(key)
        }
    }

    /// Puts other records in the place of all that are there.
    public mutating func replace(
        _ name: DNSName, _ type: RecordType, with data: [RecordData]
    ) {
        let key = Key(name: name, type: type)
        guard var change = sets[key] else { return }
        let timeToLive = change.before?.timeToLive ?? ChangeLimits.newTimeToLive
        change.after = RecordSet(timeToLive: timeToLive, data: data)
        sets[key] = change
    }

    /// The records as they will be.
    public func records(_ name: DNSName, _ type: RecordType) -> [RecordData] {
        sets[Key(name: name, type: type)]?.after?.data ?? []
    }

    /// Takes up a change of a plan: these records go, those come, all others stay.
    public mutating func take(_ change: DNSChange) throws(ZoneChangeError) {
        let (name, type) = try Self.place(change)
        var data = records(name, type)
        for text in change.remove {
            guard let index = data.firstIndex(where: { Self.is($0, text, type) }) else {
                throw .missing(
                    "“\(text.prefix(ChangeLimits.quoted))”", name,
                    now: data.map { $0.presentation(as: type) })
            }
            data.remove(at: index)
        }
        for text in change.add { data.append(try Self.data(text, type)) }
        replace(name, type, with: data)
    }

    /// The change.
    ///
    /// - Parameter timeToLive: for sets that are new or that change; nil keeps each as it is.
    public func change(
        reason: String, askedBy person: String, timeToLive: UInt32? = nil,
        consequences: [String] = []
    ) throws(ZoneChangeError) -> ZoneChange {
        var result: [RecordSetChange] = []
        for key in order {
            guard var set = sets[key] else { continue }
            if let timeToLive, set.changesSomething { set.after?.timeToLive = timeToLive }
            result.append(set)
        }
        return try ZoneChange(
            domain: domain, sets: result, reason: reason, askedBy: person,
            consequences: consequences)
    }

    // MARK: Texts of a plan

    private static func place(
        _ change: DNSChange
    ) throws(ZoneChangeError) -> (DNSName, RecordType) {
        guard let name = DNSName(change.name) else {
            throw .unreadable("“\(change.name.prefix(ChangeLimits.quoted))” is no name of the DNS.")
        }
        guard let type = RecordType(change.type) else {
            throw .unreadable("“\(change.type.prefix(20))” is no type of record.")
        }
        return (name, type)
    }

    /// A plan writes the text of a TXT record as it is, and all else as a zone file does.
    private static func data(
        _ text: String, _ type: RecordType
    ) throws(ZoneChangeError) -> RecordData {
        if type == .txt { return .text(text) }
        do {
            return try RecordData(type: type, presentation: text)
        } catch {
            throw .unreadable(
                "“\(text.prefix(ChangeLimits.quoted))” is no record of type \(type): "
                    + "\(error.reason).")
        }
    }

    private static func `is`(_ data: RecordData, _ text: String, _ type: RecordType) -> Bool {
        if case .txt(let strings) = data {
            return String(decoding: strings.joined(), as: UTF8.self) == text
        }
        return (try? Self.data(text, type)) == data
    }
}
