/// A list of `tag=value` pairs as DKIM, ARC and their key records write it (RFC 6376 §3.2).
struct TagList: Sendable {
    /// One pair.
    struct Tag: Sendable {
        let name: String
        /// The value without blanks and line ends at its two ends.
        let value: ArraySlice<UInt8>
        /// Everything between `=` and `;`, counted from the first octet that was parsed.
        let rawValueRange: Range<Int>
        /// The name in one number, which is quick to compare.
        fileprivate let key: UInt64

        /// The value as text.
        var text: String { String(decoding: value, as: UTF8.self) }

        /// The value without any blanks and line ends.
        var compact: [UInt8] { value.filter { !$0.isWhitespace } }

        /// The value as text without any blanks and line ends.
        var compactText: String { String(decoding: compact, as: UTF8.self) }

        /// Whether the value is exactly this.
        func isEqual(to wanted: StaticString) -> Bool {
            value.elementsEqual(
                UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount))
        }

        /// Where everything between `=` and `;` stands in the field whose value was parsed, counted
        /// from the first octet of its name.
        func range(in field: RawField) -> Range<Int> {
            let start = field.valueStart &- field.range.lowerBound
            return start &+ rawValueRange.lowerBound..<start &+ rawValueRange.upperBound
        }
    }

    /// In the order written.
    let tags: [Tag]

    /// `allowsEmptyTags`: nothing between two semicolons is passed over, not refused.
    init(
        parsing octets: ArraySlice<UInt8>, allowsEmptyTags: Bool = false
    ) throws(TagListError) {
        var tags: [Tag] = []
        tags.reserveCapacity(12)
        var position = octets.startIndex
        while position < octets.endIndex {
            let end = octets[position...].firstIndex(of: Octet.semicolon) ?? octets.endIndex
            if let tag = try Self.tag(octets, position..<end) {
                guard !tags.contains(where: { $0.name == tag.name }) else {
                    throw TagListError(.duplicate(tag.name), offset: position - octets.startIndex)
                }
                guard tags.count < Limits.tagListTags else {
                    throw TagListError(.tooMany, offset: position - octets.startIndex)
                }
                tags.append(tag)
            } else if !allowsEmptyTags, end < octets.endIndex || tags.isEmpty {
                // Only behind the last semicolon may there be nothing.
                throw TagListError(.emptyTag, offset: position - octets.startIndex)
            }
            position = end < octets.endIndex ? end + 1 : end
        }
        guard !tags.isEmpty else { throw TagListError(.emptyTag, offset: 0) }
        self.tags = tags
    }

    /// The tag of this name; capitals and small letters differ.
    subscript(_ name: StaticString) -> Tag? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let key = Self.key(wanted)
        return tags.first {
            $0.key == key && (wanted.count < 8 || $0.name.utf8.elementsEqual(wanted))
        }
    }

    /// The last eight octets of a name as a number: shorter names have one of their own.
    private static func key(_ name: some Sequence<UInt8>) -> UInt64 {
        name.reduce(0) { $0 &<< 8 | UInt64($1) }
    }

    /// Nil for nothing but blanks.
    private static func tag(
        _ octets: ArraySlice<UInt8>, _ range: Range<Int>
    ) throws(TagListError) -> Tag? {
        let part = trimmed(octets[range])
        guard !part.isEmpty else { return nil }
        let offset = part.startIndex - octets.startIndex
        guard let equals = part.firstIndex(of: Octet.equals) else {
            throw TagListError(.noEqualsSign, offset: offset)
        }
        let name = trimmed(part[part.startIndex..<equals])
        guard let first = name.first, first.isLetter, name.count <= Limits.tagNameOctets,
            name.allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x5F })
        else { throw TagListError(.badName, offset: offset) }
        let start = octets.startIndex
        return Tag(
            name: String(decoding: name, as: UTF8.self),
            value: trimmed(part[(equals + 1)...]),
            rawValueRange: equals + 1 - start..<range.upperBound - start, key: key(name))
    }

    /// Without blanks and line ends at both ends.
    static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var start = octets.startIndex
        var end = octets.endIndex
        while start < end, octets[start].isWhitespace { start += 1 }
        while start < end, octets[end - 1].isWhitespace { end -= 1 }
        return octets[start..<end]
    }
}
