/// The tags of a Message-Instance or DKIM2-Signature field (draft-ietf-dkim-dkim2-spec-04 §7, §8).
///
/// They are read from the very octets that signatures cover, in which white space is gone
/// everywhere. So nothing can be read out of a field that is not signed as it is read.
struct DKIM2TagList: Sendable {
    struct Tag: Sendable {
        /// In lower case: names are compared without regard to case, unlike those of DKIM.
        let name: String
        let value: ArraySlice<UInt8>
    }

    /// The field as it is signed: its name in lower case, then the value, both without white space;
    /// no line end.
    let canonical: [UInt8]
    let tags: [Tag]

    init(_ field: RawField) throws(DKIM2Fault) {
        let canonical = Self.canonicalize(field)
        self.canonical = canonical
        let title = String(decoding: field.nameOctets, as: UTF8.self)
        var tags: [Tag] = []
        var start = field.nameCount + 1
        while start < canonical.count {
            let end = canonical[start...].firstIndex(of: Octet.semicolon) ?? canonical.count
            if end > start {
                guard tags.count < Limits.dkim2Tags else {
                    throw DKIM2Fault("A \(title) field has more than \(Limits.dkim2Tags) tags.")
                }
                let tag = try Self.tag(canonical[start..<end], of: title)
                guard !tags.contains(where: { $0.name == tag.name }) else {
                    throw DKIM2Fault("A \(title) field has the tag \(tag.name)= twice.")
                }
                tags.append(tag)
            }
            start = end + 1
        }
        self.tags = tags
    }

    subscript(_ name: String) -> ArraySlice<UInt8>? {
        tags.first { $0.name == name }?.value
    }

    /// The field as it was when its own signatures were made: the values behind the second colon of
    /// each part of `s=` are empty (§9).
    var canonicalWithoutSignatures: [UInt8] {
        guard let value = self["s"] else { return canonical }
        var output = Array(canonical[..<value.startIndex])
        output.reserveCapacity(canonical.count)
        var colons = 0
        for octet in value {
            if octet == UInt8(ascii: ",") {
                colons = 0
            } else if colons >= 2 {
                continue
            } else if octet == Octet.colon {
                colons += 1
            }
            output.append(octet)
        }
        output += canonical[value.endIndex...]
        return output
    }

    private static func canonicalize(_ field: RawField) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(field.range.count)
        for octet in field.nameOctets { output.append(octet.lowercased) }
        output.append(Octet.colon)
        for octet in field.valueOctets where !octet.isWhitespace { output.append(octet) }
        return output
    }

    private static func tag(
        _ octets: ArraySlice<UInt8>, of title: String
    ) throws(DKIM2Fault) -> Tag {
        guard let equals = octets.firstIndex(of: Octet.equals) else {
            throw DKIM2Fault("A part of a \(title) field has no equals sign.")
        }
        let name = octets[..<equals]
        guard let first = name.first, first.isLetter, name.count <= Limits.dkim2NameCharacters,
            name.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") })
        else { throw DKIM2Fault("A \(title) field has a tag with an invalid name.") }
        return Tag(
            name: String(decoding: name.map(\.lowercased), as: UTF8.self),
            value: octets[(equals + 1)...])
    }
}

extension DKIM2TagList {
    /// The number of `i=`, `m=` or `t=`; nil when it is none or too large for anything real.
    static func number(_ octets: ArraySlice<UInt8>) -> Int64? {
        guard !octets.isEmpty, octets.count <= 18, octets.allSatisfy(\.isDigit) else { return nil }
        return octets.reduce(into: 0) { $0 = $0 &* 10 &+ Int64($1 &- 0x30) }
    }
}
