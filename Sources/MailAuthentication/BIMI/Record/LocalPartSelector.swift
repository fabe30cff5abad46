/// The selector that is made from the local part of an address where a record has an `lps` tag
/// (§4.5).
enum LocalPartSelector {
    /// Nil when the local part gives none, or when the record's prefixes do not cover it.
    static func selector(for localPart: String, prefixes: [String]) -> BIMISelector? {
        guard let name = normalized(localPart) else { return nil }
        guard
            prefixes.isEmpty
                || prefixes.contains(where: { name.hasPrefix($0.utf8.map(\.lowercased).text) })
        else { return nil }
        return BIMISelector(name)
    }

    /// In small letters, because selectors are names in the DNS: without what stands behind a plus
    /// sign, runs of underscores and dots as one hyphen, no hyphen at either end.
    static func normalized(_ localPart: String) -> String? {
        var name: [UInt8] = []
        var isInRun = false
        for octet in localPart.utf8.prefix(while: { $0 != UInt8(ascii: "+") }) {
            if octet == UInt8(ascii: "_") || octet == UInt8(ascii: ".") {
                if !isInRun { name.append(UInt8(ascii: "-")) }
                isInRun = true
            } else {
                guard octet.isSelectorOctet else { return nil }
                name.append(octet.lowercased)
                isInRun = false
            }
        }
        let hyphen = UInt8(ascii: "-")
        let trimmed = name.drop { $0 == hyphen }.reversed().drop { $0 == hyphen }.reversed()
        guard (1...63).contains(trimmed.count) else { return nil }
        return Array(trimmed).text
    }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
