/// A change of a zone that its primary server makes as a whole or not at all (RFC 2136).
///
/// In the message, the zone stands where a query has its question, the prerequisites where it has
/// answers, and the instructions where it has authorities.
public struct DNSUpdate: Hashable, Sendable {
    /// What must hold in the zone, or nothing is changed (RFC 2136 §2.4).
    public enum Prerequisite: Hashable, Sendable {
        case nameInUse(DNSName)
        case nameNotInUse(DNSName)
        case exists(DNSName, RecordType)
        case absent(DNSName, RecordType)
        /// One record of a set that must be exactly the sum of such prerequisites (§2.4.2).
        case holds(DNSName, RecordType, RecordData)
    }

    /// What is changed, one after the other (RFC 2136 §2.5).
    public enum Instruction: Hashable, Sendable {
        case add(ResourceRecord)
        case remove(DNSName, RecordType, RecordData)
        case removeSet(DNSName, RecordType)
        case removeName(DNSName)
    }

    /// The apex of the zone.
    public var zone: DNSName
    public var prerequisites: [Prerequisite]
    public var instructions: [Instruction]

    public init(
        zone: DNSName, prerequisites: [Prerequisite] = [], instructions: [Instruction] = []
    ) {
        self.zone = zone
        self.prerequisites = prerequisites
        self.instructions = instructions
    }

    /// The opcode of updates (RFC 2136 §1.3).
    public static let operation: UInt8 = 5

    /// The message that asks for the update.
    public func message(id: UInt16) -> DNSMessage {
        var message = DNSMessage()
        message.id = id
        message.operation = Self.operation
        message.questions = [DNSMessage.Question(name: zone, type: .soa)]
        message.answers = prerequisites.map(\.record)
        message.authorities = instructions.map(\.record)
        return message
    }

    /// Reads the update out of a message that asks for one.
    public static func parse(_ message: DNSMessage) throws(DNSMessageError) -> DNSUpdate {
        guard message.operation == operation, !message.isResponse, message.questions.count == 1,
            message.questions[0].type == .soa, message.questions[0].recordClass == .internet,
            message.answers.count <= Limits.updateRecords,
            message.authorities.count <= Limits.updateRecords
        else { throw DNSMessageError(fault: .badUpdate, offset: 0) }
        var update = DNSUpdate(zone: message.questions[0].name)
        for record in message.answers {
            update.prerequisites.append(try prerequisite(record, in: update.zone))
        }
        for record in message.authorities {
            update.instructions.append(try instruction(record, in: update.zone))
        }
        return update
    }

    private static func prerequisite(
        _ record: ResourceRecord, in zone: DNSName
    ) throws(DNSMessageError) -> Prerequisite {
        let fault = DNSMessageError(fault: .badUpdate, offset: 0)
        guard record.timeToLive == 0, record.name.isEqualOrBelow(zone) else { throw fault }
        let isEmpty = record.data == .unknown([])
        switch (record.recordClass, record.type) {
        case (.any, .any) where isEmpty: return .nameInUse(record.name)
        case (.none, .any) where isEmpty: return .nameNotInUse(record.name)
        case (.any, let type) where isEmpty && !type.isMeta: return .exists(record.name, type)
        case (.none, let type) where isEmpty && !type.isMeta: return .absent(record.name, type)
        case (.internet, let type) where !type.isMeta:
            return .holds(record.name, type, record.data)
        default: throw fault
        }
    }

    private static func instruction(
        _ record: ResourceRecord, in zone: DNSName
    ) throws(DNSMessageError) -> Instruction {
        let fault = DNSMessageError(fault: .badUpdate, offset: 0)
        guard record.name.isEqualOrBelow(zone) else { throw fault }
        let isEmpty = record.timeToLive == 0 && record.data == .unknown([])
        switch (record.recordClass, record.type) {
        case (.internet, let type) where !type.isMeta: return .add(record)
        case (.none, let type) where !type.isMeta && record.timeToLive == 0:
            return .remove(record.name, type, record.data)
        case (.any, .any) where isEmpty: return .removeName(record.name)
        case (.any, let type) where isEmpty && !type.isMeta: return .removeSet(record.name, type)
        default: throw fault
        }
    }
}

extension DNSUpdate.Prerequisite {
    /// The record that states it (RFC 2136 §2.4, table).
    var record: ResourceRecord {
        switch self {
        case .nameInUse(let name): .mark(name, .any, .any)
        case .nameNotInUse(let name): .mark(name, .any, .none)
        case .exists(let name, let type): .mark(name, type, .any)
        case .absent(let name, let type): .mark(name, type, .none)
        case .holds(let name, let type, let data):
            ResourceRecord(name: name, type: type, timeToLive: 0, data: data)
        }
    }
}

extension DNSUpdate.Instruction {
    /// The record that states it (RFC 2136 §2.5, table).
    var record: ResourceRecord {
        switch self {
        case .add(let record): record
        case .remove(let name, let type, let data):
            ResourceRecord(name: name, type: type, recordClass: .none, timeToLive: 0, data: data)
        case .removeSet(let name, let type): .mark(name, type, .any)
        case .removeName(let name): .mark(name, .any, .any)
        }
    }
}

extension ResourceRecord {
    /// A record without data: its class says what is meant.
    fileprivate static func mark(
        _ name: DNSName, _ type: RecordType, _ recordClass: RecordClass
    ) -> ResourceRecord {
        ResourceRecord(
            name: name, type: type, recordClass: recordClass, timeToLive: 0, data: .unknown([]))
    }
}
