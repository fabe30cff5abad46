import Identities

/// Sorts the ARC fields of a message into sets and checks that they are whole.
struct ARCFieldCollector {
    private(set) var highestInstance = 0
    private(set) var isTooLarge = false

    /// What was found of one set.
    private struct Parts {
        var results: (field: RawField, start: Int)?
        var messageSignature: (field: RawField, tags: TagList)?
        var seal: (field: RawField, tags: TagList)?

        var isEmpty: Bool { results == nil && messageSignature == nil && seal == nil }
    }

    /// From instance 1 up, at most `Limits.arcSets`.
    private var parts: [Parts] = []
    /// What is found wrong is told only at the end: a sealer must learn the highest instance from
    /// a broken chain too.
    private var firstDefect: ARCDefect?

    init() {}

    mutating func collect(_ message: RawMessage) throws(ARCDefect) -> [ARCSet] {
        let fields = Self.arcFields(of: message)
        guard !fields.isEmpty else { return [] }
        let octets = fields.reduce(0) { $0 + $1.field.range.count }
        isTooLarge = fields.count > 3 * Limits.arcSets || octets > Limits.arcFieldOctets
        guard !isTooLarge else {
            throw ARCDefect(
                "The message has more ARC fields than \(Limits.arcSets) sets have, or they are "
                    + "larger than \(Limits.arcFieldOctets) octets.")
        }
        for (field, kind) in fields {
            do throws(ARCDefect) {
                try add(field, kind)
            } catch {
                if firstDefect == nil { firstDefect = error }
            }
        }
        // RFC 8617 §5.2, step 2: this comes before the structure.
        if isMarkedFailed {
            throw ARCDefect("The newest seal says that the chain had failed before.")
        }
        if let firstDefect { throw firstDefect }
        return try wholeSets()
    }

    /// The domains of the seals that can be read, by instance.
    var sealers: [DomainName] {
        parts.compactMap { $0.seal?.tags["d"].flatMap { DomainName(utf8: $0.value) } }
    }

    /// Whether the newest seal says `cv=fail`.
    var isMarkedFailed: Bool {
        parts.last { $0.seal != nil }?.seal?.tags["cv"]?.isEqual(to: "fail") ?? false
    }

    private enum Kind: String {
        case results = "ARC-Authentication-Results"
        case messageSignature = "ARC-Message-Signature"
        case seal = "ARC-Seal"
    }

    private static func arcFields(of message: RawMessage) -> [(field: RawField, kind: Kind)] {
        message.fields.compactMap { field in
            switch field.nameCount {
            case 8 where field.isNamed("ARC-Seal"): (field, .seal)
            case 21 where field.isNamed("ARC-Message-Signature"): (field, .messageSignature)
            case 26 where field.isNamed("ARC-Authentication-Results"): (field, .results)
            default: nil
            }
        }
    }

    private mutating func add(_ field: RawField, _ kind: Kind) throws(ARCDefect) {
        if kind == .results {
            guard let (instance, start) = ARCInstance.parsePrefix(of: field.valueOctets) else {
                throw ARCDefect("An \(kind.rawValue) field does not begin with its number (i=).")
            }
            try note(instance, kind) { $0.results != nil }
            parts[instance - 1].results = (field, start)
            return
        }
        let tags: TagList
        do throws(TagListError) {
            tags = try TagList(parsing: field.valueOctets)
        } catch {
            throw ARCDefect("An \(kind.rawValue) field cannot be read: \(error.reason)")
        }
        guard let tag = tags["i"], let instance = ARCInstance.parse(tag.value) else {
            throw ARCDefect("An \(kind.rawValue) field has no valid number (i=).")
        }
        if kind == .seal {
            try note(instance, kind) { $0.seal != nil }
            parts[instance - 1].seal = (field, tags)
        } else {
            try note(instance, kind) { $0.messageSignature != nil }
            parts[instance - 1].messageSignature = (field, tags)
        }
    }

    /// Makes room for a field of a set that has none of its kind.
    private mutating func note(
        _ instance: Int, _ kind: Kind, isTaken: (Parts) -> Bool
    ) throws(ARCDefect) {
        highestInstance = max(highestInstance, instance)
        guard instance <= Limits.arcSets else {
            throw ARCDefect("The message has more than \(Limits.arcSets) ARC sets.")
        }
        while parts.count < instance { parts.append(Parts()) }
        guard !isTaken(parts[instance - 1]) else {
            throw ARCDefect("There are two \(kind.rawValue) fields with the number \(instance).")
        }
    }

    /// RFC 8617 §5.2, step 3.
    private func wholeSets() throws(ARCDefect) -> [ARCSet] {
        var sets: [ARCSet] = []
        sets.reserveCapacity(highestInstance)
        for instance in 1...max(1, highestInstance) {
            let part = instance <= parts.count ? parts[instance - 1] : Parts()
            guard let results = part.results else { throw missing(.results, instance, part) }
            guard let messageSignature = part.messageSignature else {
                throw missing(.messageSignature, instance, part)
            }
            guard let (field, tags) = part.seal else { throw missing(.seal, instance, part) }
            let seal = try ARCSeal(field, tags, instance: instance)
            let expected: ARCValidation.Result = instance == 1 ? .none : .pass
            guard seal.chainStatus == expected else {
                throw ARCDefect(
                    "ARC-Seal \(instance) says cv=\(seal.chainStatus.rawValue), which must be "
                        + "\(expected.rawValue) there.")
            }
            sets.append(
                ARCSet(
                    instance: instance, results: results, messageSignature: messageSignature,
                    seal: seal))
        }
        return sets
    }

    private func missing(_ kind: Kind, _ instance: Int, _ part: Parts) -> ARCDefect {
        ARCDefect(
            part.isEmpty
                ? "ARC set \(instance) of \(highestInstance) is missing."
                : "ARC set \(instance) has no \(kind.rawValue) field.")
    }
}
