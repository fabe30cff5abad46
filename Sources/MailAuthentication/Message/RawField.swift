/// One header field as it stands in the message (RFC 5322 §2.2), folds included, without the line
/// end behind it.
public struct RawField: Hashable, Sendable {
    /// The header section that the field lies in, shared with all other fields.
    private let section: [UInt8]
    /// From the first octet of the name to the last of the value.
    public let range: Range<Int>
    /// Octets of the name; blanks between it and the colon do not count.
    public let nameCount: Int
    /// Where the value begins in the section: right behind the colon.
    public let valueStart: Int

    init(section: [UInt8], range: Range<Int>, nameCount: Int, valueStart: Int) {
        self.section = section
        self.range = range
        self.nameCount = nameCount
        self.valueStart = valueStart
    }

    /// A field of its own, for signers and tests. Nil when there is no colon behind a name.
    public init?(_ text: String) {
        var octets = Array(text.utf8)
        while octets.last == Octet.lineFeed || octets.last == Octet.carriageReturn {
            octets.removeLast()
        }
        guard let colon = octets.firstIndex(of: Octet.colon) else { return nil }
        var nameEnd = colon
        while nameEnd > 0, octets[nameEnd - 1].isBlank { nameEnd -= 1 }
        guard nameEnd > 0 else { return nil }
        self.init(
            section: octets, range: 0..<octets.count, nameCount: nameEnd, valueStart: colon + 1)
    }

    /// The whole field.
    public var octets: ArraySlice<UInt8> { section[range] }

    /// The name as written.
    public var nameOctets: ArraySlice<UInt8> {
        section[range.lowerBound..<range.lowerBound &+ nameCount]
    }

    /// The value as written, with its folds and the space before it.
    public var valueOctets: ArraySlice<UInt8> { section[valueStart..<range.upperBound] }

    /// The name as text.
    public var name: String { String(decoding: nameOctets, as: UTF8.self) }

    /// The value on one line: line ends left out (RFC 5322 §2.2.3), trimmed; octets that are not
    /// UTF-8 become replacement characters.
    public var unfolded: String {
        let octets = valueOctets.filter { $0 != Octet.carriageReturn && $0 != Octet.lineFeed }
        guard let first = octets.firstIndex(where: { !$0.isBlank }),
            let last = octets.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(decoding: octets[first...last], as: UTF8.self)
    }

    /// Compares names without regard to the case of ASCII letters.
    public func isNamed(_ wanted: StaticString) -> Bool {
        guard nameCount == wanted.utf8CodeUnitCount else { return false }
        let other = wanted.utf8Start
        return section.withUnsafeBufferPointer { octets in
            for index in 0..<nameCount
            where octets[range.lowerBound &+ index].lowercased != other[index].lowercased {
                return false
            }
            return true
        }
    }

    /// The same for a name that was read.
    func isNamed(_ wanted: ArraySlice<UInt8>) -> Bool {
        guard nameCount == wanted.count else { return false }
        return section.withUnsafeBufferPointer { octets in
            wanted.withUnsafeBufferPointer { other in
                for index in 0..<nameCount
                where octets[range.lowerBound &+ index].lowercased != other[index].lowercased {
                    return false
                }
                return true
            }
        }
    }

    /// Lends the whole field without copying or counting references.
    func withOctets<T>(_ use: (UnsafeBufferPointer<UInt8>) -> T) -> T {
        section.withUnsafeBufferPointer { use(UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
