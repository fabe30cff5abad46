import Identities

/// Sorts the ARC fields of a message into sets and checks that they are whole.
struct ARCFieldCollector {
    private(set) var highestInstance = 0
    private(set) var isTooLarge = false

    private var results: [Int: (field: RawField, start: Int)] = [:]
    private var messageSignatures: [Int: (field: RawField, tags: TagList)] = [:]
    private var seals: [Int: (field: RawField, tags: TagList)] = [:]
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
        seals.sorted { $0.key < $1.key }
            .compactMap { $0.value.tags["d"].flatMap { DomainName(utf8: $0.value) } }
    }

    /// Whether the newest seal says `cv=fail`.
    var isMarkedFailed: Bool {
        guard let newest = seals.keys.max() else { return false }
        return seals[newest]?.tags["cv"]?.isEqual(to: "fail") ?? false
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
            try note(instance, kind, isTaken: results[instance] != nil)
            results[instance] = (field, start)
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
            try note(instance, kind, isTaken: seals[instance] != nil)
            seals[instance] = (field, tags)
        } else {
            try note(instance, kind, isTaken: messageSignatures[instance] != nil)
            messageSignatures[instance] = (field, tags)
        }
    }

    private mutating func note(_ instance: Int, _ kind: Kind, isTaken: Bool) throws(ARCDefect) {
        highestInstance = max(highestInstance, instance)
        guard instance <= Limits.arcSets else {
            throw ARCDefect("The message has more than \(Limits.arcSets) ARC sets.")
        }
        guard !isTaken else {
            throw ARCDefect("There are two \(kind.rawValue) fields with the number \(instance).")
        }
    }

    /// RFC 8617 §5.2, step 3.
    private func wholeSets() throws(ARCDefect) -> [ARCSet] {
        var sets: [ARCSet] = []
        sets.reserveCapacity(highestInstance)
        for instance in 1...max(1, highestInstance) {
            guard let results = results[instance] else { throw missing(.results, instance) }
            guard let messageSignature = messageSignatures[instance] else {
                throw missing(.messageSignature, instance)
            }
            guard let (field, tags) = seals[instance] else { throw missing(.seal, instance) }
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

    private func missing(_ kind: Kind, _ instance: Int) -> ARCDefect {
        let hasAny =
            results[instance] != nil || messageSignatures[instance] != nil
            || seals[instance] != nil
        return ARCDefect(
            hasAny
                ? "ARC set \(instance) has no \(kind.rawValue) field."
                : "ARC set \(instance) of \(highestInstance) is missing.")
    }
}
