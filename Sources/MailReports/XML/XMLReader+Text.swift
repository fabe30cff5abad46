/// Text, references, comments, CDATA sections and instructions.
extension XMLReader {
    /// Reads text up to the first markup that the quick road cannot take whole.
    @inline(__always)
    mutating func readText(_ bytes: XMLBytes, _ start: Int) throws(XMLFailure) -> Int {
        var index = start
        while index < bytes.count {
            let end = Self.endOfText(bytes, index)
            if end > index {
                try emit(XMLBytes(rebasing: bytes[index..<end]), at: pieceOffset + index)
                index = end
                if index == bytes.count { return index }
            }
            if bytes[index] == UInt8(ascii: "&") {
                token.removeAll(keepingCapacity: true)
                state = .reference
                return index + 1
            }
            let next = try takeWholeTag(bytes, index)
            if next < 0 {
                tagOffset = pieceOffset + index
                state = .markup
                return index + 1
            }
            index = next
        }
        return index
    }

    /// The first `<` or `&` from `start` on, or the end.
    @inline(__always)
    private static func endOfText(_ bytes: XMLBytes, _ start: Int) -> Int {
        var index = start
        // Eight bytes at a time: a byte is zero after the exclusive or where it was the one
        // looked for, and subtracting one borrows into its high bit.
        let low: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        let raw = UnsafeRawBufferPointer(bytes)
        while index &+ 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let less = word ^ (low &* 0x3C)
            let and = word ^ (low &* 0x26)
            let found = ((less &- low) & ~less | (and &- low) & ~and) & high
            if found != 0 { return index &+ found.littleEndian.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x3C || byte == 0x26 { return index }
            index &+= 1
        }
        return index
    }

    /// A tag without attributes that lies whole in the chunk: by far the most common markup. The
    /// index after it, or -1 when it is something else.
    @inline(__always)
    private mutating func takeWholeTag(_ bytes: XMLBytes, _ start: Int) throws(XMLFailure) -> Int {
        var index = start &+ 1
        guard index < bytes.count else { return -1 }
        if bytes[index] == UInt8(ascii: "/") {
            let length = matchInnermost(bytes, index &+ 1)
            guard length >= 0 else { return -1 }
            index = index &+ 1 &+ length
            guard index < bytes.count, bytes[index] == UInt8(ascii: ">") else { return -1 }
            try pop(.tag)
            return index &+ 1
        }
        guard (bytes[index] | 0x20) &- 0x61 < 26 else { return -1 }
        let nameStart = index
        var colon = -1
        while index < bytes.count {
            let byte = bytes[index]
            if XMLText.isPlainNameByte(byte) {
                index &+= 1
            } else if byte == UInt8(ascii: ":"), colon < 0 {
                colon = index &- nameStart
                index &+= 1
            } else {
                break
            }
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: ">"),
            index - nameStart <= limits.nameBytes
        else { return -1 }
        let name = XMLBytes(rebasing: bytes[nameStart..<index])
        attributeCount = 0
        try push(name, colon: colon, at: pieceOffset + start)
        return index &+ 1
    }

    /// Hands a piece of text to the handler, or looks at it when it stands outside the document.
    @inline(__always)
    mutating func emit(_ text: XMLBytes, at offset: Int) throws(XMLFailure) {
        if isMuted {
            if !hasTrailingText { noteTrailing(text, at: offset) }
        } else if depth == 0 {
            try countLeading(text)
        } else {
            handler.text(text)
        }
    }

    private mutating func noteTrailing(_ text: XMLBytes, at offset: Int) {
        guard let first = text.firstIndex(where: { !XMLText.isBlank($0) }) else { return }
        hasTrailingText = true
        handler.depart(
            .trailingText, .note, at: offset + first,
            "Text follows the end of the report; it was left out.")
    }

    private mutating func countLeading(_ text: XMLBytes) throws(XMLFailure) {
        for byte in text where !XMLText.isBlank(byte) { leadingBytes += 1 }
        if leadingBytes > limits.leadingBytes {
            throw XMLFailure(
                .notAReport, at: 0, "The document does not begin with XML, so it is no report.")
        }
        if !hasLeadingText, leadingBytes > 0 {
            hasLeadingText = true
            handler.depart(
                .leadingText, .repair, at: 0,
                "Text stands before the first tag of the document; it was left out.")
        }
    }

    // MARK: References

    private static var referenceBytes: Int { 32 }

    /// Reads what follows `&`: one of the five names or a number; anything else stays as it is.
    mutating func readReference(_ bytes: XMLBytes, _ start: Int) throws(XMLFailure) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ";") {
                try resolveReference(at: pieceOffset + index)
                state = .text
                return index + 1
            }
            let belongs =
                XMLText.isPlainNameByte(byte) || (byte == UInt8(ascii: "#") && token.isEmpty)
            guard belongs, token.count < Self.referenceBytes else {
                flushReference(at: pieceOffset + index)
                state = .text
                return index
            }
            token.append(byte)
            index += 1
        }
        return index
    }

    /// An `&` that begins no reference.
    mutating func flushReference(at offset: Int) {
        depart(.bareAmpersand, at: offset, "An & stands alone; it was read as the character.")
        put([UInt8(ascii: "&")] + token)
    }

    private mutating func resolveReference(at offset: Int) throws(XMLFailure) {
        if let character = Self.character(of: token) {
            var encoded: [UInt8] = []
            XMLText.append(character, to: &encoded)
            return put(encoded)
        }
        depart(
            .unknownEntity, at: offset,
            "A reference names no character that XML knows; it was kept as sent.")
        put([UInt8(ascii: "&")] + token + [UInt8(ascii: ";")])
    }

    /// The five predefined names (XML 1.0 §4.6) and numbers of characters that XML allows.
    private static func character(of token: [UInt8]) -> UInt32? {
        let name = String(decoding: token, as: UTF8.self)
        switch name {
        case "lt": return 0x3C
        case "gt": return 0x3E
        case "amp": return 0x26
        case "quot": return 0x22
        case "apos": return 0x27
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let number =
            digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let number, number >= 0x20 || [0x09, 0x0A, 0x0D].contains(number),
            Unicode.Scalar(number) != nil
        else { return nil }
        return number
    }

    /// Adds bytes that do not stand so in the document.
    mutating func put(_ bytes: [UInt8]) {
        if isMuted { return }
        if depth == 0 {
            leadingBytes += bytes.count
        } else {
            bytes.withUnsafeBufferPointer { handler.text($0) }
        }
    }
}
