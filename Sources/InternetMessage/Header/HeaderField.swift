/// One header field as it stands in the message (RFC 5322 §2.2): nothing is changed or copied, and
/// text is made only when it is asked for.
public struct HeaderField: Sendable {
    /// The octets of the message, or of the decoded part, that holds the field.
    let source: [UInt8]
    /// The name, without the colon.
    public let nameRange: Range<Int>
    /// Everything after the colon, folds included, without the last line end.
    public let valueRange: Range<Int>

    init(source: [UInt8], nameRange: Range<Int>, valueRange: Range<Int>) {
        self.source = source
        self.nameRange = nameRange
        self.valueRange = valueRange
    }

    /// The name as written.
    public var name: String { String(decoding: source[nameRange], as: UTF8.self) }

    /// The value as written, folds included.
    public var rawValue: ArraySlice<UInt8> { source[valueRange] }

    /// The field as written, from the first octet of the name to the end of the value.
    public var rawField: ArraySlice<UInt8> {
        source[nameRange.lowerBound..<valueRange.upperBound]
    }

    /// The value on one line, without space at both ends; encoded words are left as they are.
    public var unfolded: String {
        Charset.decodeUnlabelled(unfoldedBytes(limit: Limits.fieldTextBytes)).text
    }

    /// The value as a person reads it: on one line, encoded words decoded (RFC 2047).
    public var text: String { decodedText.text }

    /// As `text`, with what was wrong.
    public var decodedText: DecodedText {
        EncodedWord.decode(unfoldedBytes(limit: Limits.fieldTextBytes))
    }

    /// The mailboxes and groups of an address field.
    public var addresses: AddressList {
        AddressList(parsing: unfoldedBytes(limit: Limits.structuredFieldBytes))
    }

    /// The time of a date field.
    public var date: DateTime? { DateTime(parsing: unfoldedBytes(limit: 1_024)) }

    /// The identifiers of `Message-ID`, `In-Reply-To`, `References` and `Content-ID`.
    public var messageIdentifiers: [MessageIdentifier] {
        MessageIdentifier.list(parsing: unfoldedBytes(limit: Limits.structuredFieldBytes))
    }

    /// Compares names without regard to the case of letters.
    public func isNamed(_ wanted: String) -> Bool {
        var wanted = wanted
        return wanted.withUTF8 { name in
            guard name.count == nameRange.count else { return false }
            for index in 0..<name.count
            where source[nameRange.lowerBound &+ index].lowercased != name[index].lowercased {
                return false
            }
            return true
        }
    }

    /// The value on one line: RFC 5322 §2.2.3, for every kind of line end.
    func unfoldedBytes(limit: Int) -> [UInt8] {
        let raw = source[valueRange].prefix(limit).trimmed
        guard raw.contains(where: { $0 == Octet.lineFeed || $0 == Octet.carriageReturn }) else {
            return [UInt8](raw)
        }
        var line: [UInt8] = []
        line.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            let octet = raw[index]
            index &+= 1
            guard octet == Octet.lineFeed || octet == Octet.carriageReturn else {
                line.append(octet)
                continue
            }
            // A line end that no blank follows would glue two words together.
            if index < raw.endIndex, !raw[index].isWhitespace { line.append(Octet.space) }
        }
        return line
    }
}

extension Sequence<HeaderField> {
    /// The first field with this name, in any case of letters.
    public func first(named name: String) -> HeaderField? { first { $0.isNamed(name) } }

    /// All fields with this name, in any case of letters, in order.
    public func all(named name: String) -> [HeaderField] { filter { $0.isNamed(name) } }
}
