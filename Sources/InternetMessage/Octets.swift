/// The octets with a meaning in mail, by name.
enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let percent: UInt8 = 0x25
    static let apostrophe: UInt8 = 0x27
    static let openParenthesis: UInt8 = 0x28
    static let closeParenthesis: UInt8 = 0x29
    static let asterisk: UInt8 = 0x2A
    static let comma: UInt8 = 0x2C
    static let hyphen: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let less: UInt8 = 0x3C
    static let equals: UInt8 = 0x3D
    static let greater: UInt8 = 0x3E
    static let question: UInt8 = 0x3F
    static let at: UInt8 = 0x40
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let underscore: UInt8 = 0x5F
}

extension UInt8 {
    /// Space or tab.
    @inline(__always) var isBlank: Bool { self == Octet.space || self == Octet.tab }

    /// Space, tab, CR or LF.
    @inline(__always) var isWhitespace: Bool {
        isBlank || self == Octet.lineFeed || self == Octet.carriageReturn
    }

    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }

    @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// The octet with ASCII capitals made small.
    @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit.
    @inline(__always) var hexValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension UnsafeRawBufferPointer {
    /// Eight octets, the first one lowest. Only for places that were checked to exist.
    @inline(__always) func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension [UInt8] {
    /// The first place of `octet` in `start ..< end`.
    ///
    /// Eight octets at a time: this is where a large body is spent.
    func position(of octet: UInt8, from start: Int, to end: Int) -> Int? {
        withUnsafeBytes { buffer in
            var index = Swift.max(start, 0)
            let end = Swift.min(end, buffer.count)
            let pattern = UInt64(octet) &* 0x0101_0101_0101_0101
            while index &+ 8 <= end {
                let word = buffer.word(at: index) ^ pattern
                let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
                if zeros != 0 {
                    return index &+ zeros.trailingZeroBitCount &>> 3
                }
                index &+= 8
            }
            while index < end {
                if buffer[index] == octet { return index }
                index &+= 1
            }
            return nil
        }
    }

    /// Whether all octets in `range` are ASCII.
    func isASCII(in range: Range<Int>) -> Bool {
        withUnsafeBytes { buffer in
            var index = Swift.max(range.lowerBound, 0)
            let end = Swift.min(range.upperBound, buffer.count)
            while index &+ 8 <= end {
                let word = buffer.word(at: index)
                if word & 0x8080_8080_8080_8080 != 0 { return false }
                index &+= 8
            }
            while index < end {
                if buffer[index] >= 0x80 { return false }
                index &+= 1
            }
            return true
        }
    }

    /// Whether the octets from `start` on begin with `text`, letters of either case.
    func hasPrefix(_ text: StaticString, at start: Int, to end: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard start >= 0, end &- start >= length, end <= count else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<length
            where self[start &+ index].lowercased != wanted[index].lowercased {
                return false
            }
            return true
        }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The octets without space, tab, CR and LF at both ends.
    var trimmed: SubSequence {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        var end = rest.endIndex
        while end > rest.startIndex {
            let before = rest.index(end, offsetBy: -1)
            guard rest[before].isWhitespace else { break }
            end = before
        }
        return rest[..<end]
    }

    /// ASCII in small letters; other octets become U+FFFD where they are not UTF-8.
    var lowercasedText: String { String(decoding: map(\.lowercased), as: UTF8.self) }
}
