import Crypto

/// The header fields of one instance of a message.
struct InstanceHeader: Sendable {
    /// Top to bottom, without Message-Instance and DKIM2-Signature fields.
    private(set) var fields: [RawField]

    init(_ fields: [RawField]) {
        self.fields = fields.filter {
            !$0.isNamed("Message-Instance") && !$0.isNamed("DKIM2-Signature")
        }
    }

    /// Whether a field of this name, in lower case, counts for the hash. What does not is added and
    /// taken away on the way by anyone (draft-ietf-dkim-dkim2-spec-04 §4).
    static func isHashed(_ name: [UInt8]) -> Bool {
        if name.starts(with: "x-".utf8) || name.starts(with: "arc-".utf8) { return false }
        return !ignored.contains { name.elementsEqual($0.utf8) }
    }

    private static let ignored = [
        "received", "return-path", "delivered-to", "authentication-results", "dkim-signature",
        "message-instance", "dkim2-signature",
    ]

    /// The SHA-256 of the relevant fields (§6.2): each canonicalised as DKIM's relaxed form, in
    /// alphabetical order of names, those of one name from the bottom up.
    func hash() -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(4_096)
        for (_, index) in order() {
            HeaderCanonicalizer.append(fields[index], .relaxed, to: &octets)
        }
        return Array(SHA256.hash(data: octets))
    }

    /// The values of the relevant fields by name, from the bottom up, as the hash takes them.
    func values() -> [String: [[UInt8]]] {
        var values: [String: [[UInt8]]] = [:]
        for (name, index) in order() {
            var octets: [UInt8] = []
            HeaderCanonicalizer.append(fields[index], .relaxed, to: &octets)
            values[String(decoding: name, as: UTF8.self), default: []]
                .append(Array(octets[(name.count + 1)...].dropLast(2)))
        }
        return values
    }

    /// Restores the fields of the former instance.
    mutating func apply(_ recipes: [String: [MessageRecipe.Step]]) throws(DKIM2Fault) {
        guard !recipes.isEmpty else { return }
        var groups: [String: [RawField]] = [:]
        for field in fields.reversed() {
            let name = Self.lowercasedName(field)
            if recipes[name] != nil { groups[name, default: []].append(field) }
        }
        var restored: [String: [RawField]] = [:]
        for (name, steps) in recipes {
            restored[name] = try Self.restore(groups[name] ?? [], by: steps, named: name)
        }
        var output: [RawField] = []
        output.reserveCapacity(fields.count)
        for field in fields {
            let name = Self.lowercasedName(field)
            if recipes[name] == nil {
                output.append(field)
            } else if let group = restored.removeValue(forKey: name) {
                output += group.reversed()
            }
        }
        for name in restored.keys.sorted() { output += (restored[name] ?? []).reversed() }
        fields = output
    }

    private static func restore(
        _ group: [RawField], by steps: [MessageRecipe.Step], named name: String
    ) throws(DKIM2Fault) -> [RawField] {
        var output: [RawField] = []
        for step in steps {
            switch step {
            case .copy(let range):
                // Fields that do not count may have come and gone since.
                guard range.upperBound <= group.count || !isHashed(Array(name.utf8)) else {
                    throw DKIM2Fault("copies \(name) fields that the message does not have")
                }
                output += group.dropFirst(range.lowerBound - 1).prefix(range.count)
            case .text(let values):
                output += values.compactMap { RawField("\(name): \($0)") }
            }
        }
        return output
    }

    private static func lowercasedName(_ field: RawField) -> String {
        String(decoding: field.nameOctets.map(\.lowercased), as: UTF8.self)
    }

    /// Names in lower case with the positions of their fields, in the order of the hash.
    private func order() -> [(name: [UInt8], index: Int)] {
        var order: [(name: [UInt8], index: Int)] = []
        order.reserveCapacity(fields.count)
        for index in fields.indices {
            let name = fields[index].nameOctets.map(\.lowercased)
            if Self.isHashed(name) { order.append((name, index)) }
        }
        order.sort {
            if $0.name == $1.name { return $0.index > $1.index }
            return $0.name.lexicographicallyPrecedes($1.name)
        }
        return order
    }
}
