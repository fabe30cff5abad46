/// A list of `tag=value` pairs as DKIM, ARC and their key records write it (RFC 6376 §3.2).
struct TagList: Sendable {
    /// One pair.
    struct Tag: Sendable {
        /// The value without blanks and line ends at its two ends.
        let value: ArraySlice<UInt8>
        /// Everything between `=` and `;`, counted from the first octet that was parsed.
        let rawValueRange: Range<Int>

        /// The value as text.
        var text: String { String(decoding: value, as: UTF8.self) }

        /// The value without any blanks and line ends.
        var compact: [UInt8] { value.filter { !$0.isWhitespace } }

        /// The words between the separators, without blanks and line ends at their ends. Behind
        /// `limit` words the rest is one word.
        func words(
            separator: UInt8, limit: Int, omittingEmpty: Bool = false
        ) -> [ArraySlice<UInt8>] {
            var words: [ArraySlice<UInt8>] = []
            words.reserveCapacity(16)
            var start = value.startIndex
            value.withUnsafeBufferPointer { octets in
                for index in octets.indices where octets[index] == separator {
                    guard words.count < limit else { break }
                    let end = value.startIndex &+ index
                    let word = TagList.trimmed(value[start..<end])
                    if !(omittingEmpty && word.isEmpty) { words.append(word) }
                    start = end &+ 1
                }
            }
            let last = TagList.trimmed(value[start...])
            if !(omittingEmpty && last.isEmpty) { words.append(last) }
            return words
        }

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

    /// Where a tag stands in the octets.
    private struct Place {
        /// The name in one number, which is quick to compare.
        let key: UInt64
        let name: Range<Int>
        let value: Range<Int>
        let rawValue: Range<Int>
    }

    private let octets: ArraySlice<UInt8>
    private let places: [Place]

    /// In the order written.
    var names: [String] { places.map { String(decoding: nameOctets(of: $0), as: UTF8.self) } }

    /// `allowsEmptyTags`: nothing between two semicolons is passed over, not refused.
    init(
        parsing octets: ArraySlice<UInt8>, allowsEmptyTags: Bool = false
    ) throws(TagListError) {
        self.octets = octets
        places = try octets.withUnsafeBufferPointer { (octets) throws(TagListError) in
            try Self.places(octets, allowsEmptyTags)
        }
    }

    /// The tag of this name; capitals and small letters differ.
    subscript(_ name: StaticString) -> Tag? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let key = Self.key(wanted)
        for place in places where place.key == key && place.name.count == wanted.count {
            guard wanted.count <= 8 || nameOctets(of: place).elementsEqual(wanted) else { continue }
            let start = octets.startIndex
            return Tag(
                value: octets[start &+ place.value.lowerBound..<start &+ place.value.upperBound],
                rawValueRange: place.rawValue)
        }
        return nil
    }

    private func nameOctets(of place: Place) -> ArraySlice<UInt8> {
        let start = octets.startIndex
        return octets[start &+ place.name.lowerBound..<start &+ place.name.upperBound]
    }

    private static func places(
        _ octets: UnsafeBufferPointer<UInt8>, _ allowsEmptyTags: Bool
    ) throws(TagListError) -> [Place] {
        var places: [Place] = []
        places.reserveCapacity(12)
        var position = 0
        while position < octets.count {
            let end = end(of: position, octets)
            if let place = try place(octets, position..<end) {
                guard !places.contains(where: { isSameName($0, place, octets) }) else {
                    let name = String(decoding: octets[place.name], as: UTF8.self)
                    throw TagListError(.duplicate(name), offset: position)
                }
                guard places.count < Limits.tagListTags else {
                    throw TagListError(.tooMany, offset: position)
                }
                places.append(place)
            } else if !allowsEmptyTags, end < octets.count || places.isEmpty {
                // Only behind the last semicolon may there be nothing.
                throw TagListError(.emptyTag, offset: position)
            }
            position = end < octets.count ? end &+ 1 : end
        }
        guard !places.isEmpty else { throw TagListError(.emptyTag, offset: 0) }
        return places
    }

    /// The next semicolon, or the end.
    private static func end(of position: Int, _ octets: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(octets)
        var index = position
        while index &+ 8 <= octets.count {
            let hits = OctetWord(raw, at: index).marks(of: Octet.semicolon)
            if hits != 0 { return index &+ hits.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < octets.count, octets[index] != Octet.semicolon { index &+= 1 }
        return index
    }

    /// Nil for nothing but blanks.
    private static func place(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) throws(TagListError) -> Place? {
        let part = trimmed(octets, range)
        guard !part.isEmpty else { return nil }
        var equals = part.lowerBound
        while equals < part.upperBound, octets[equals] != Octet.equals { equals &+= 1 }
        guard equals < part.upperBound else {
            throw TagListError(.noEqualsSign, offset: part.lowerBound)
        }
        let name = trimmed(octets, part.lowerBound..<equals)
        guard !name.isEmpty, octets[name.lowerBound].isLetter, name.count <= Limits.tagNameOctets,
            octets[name].allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x5F })
        else { throw TagListError(.badName, offset: part.lowerBound) }
        return Place(
            key: key(UnsafeBufferPointer(rebasing: octets[name])), name: name,
            value: trimmed(octets, equals &+ 1..<part.upperBound),
            rawValue: equals &+ 1..<range.upperBound)
    }

    /// The last eight octets of a name as a number: names of up to eight have one of their own.
    private static func key(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var key: UInt64 = 0
        for octet in name { key = key &<< 8 | UInt64(octet) }
        return key
    }

    private static func isSameName(
        _ left: Place, _ right: Place, _ octets: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        left.key == right.key && left.name.count == right.name.count
            && (left.name.count <= 8 || octets[left.name].elementsEqual(octets[right.name]))
    }

    private static func trimmed(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, octets[start].isWhitespace { start &+= 1 }
        while start < end, octets[end &- 1].isWhitespace { end &-= 1 }
        return start..<end
    }

    /// Without blanks and line ends at both ends.
    static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let kept = octets.withUnsafeBufferPointer { trimmed($0, $0.indices) }
        let start = octets.startIndex
        return octets[start &+ kept.lowerBound..<start &+ kept.upperBound]
    }
}
