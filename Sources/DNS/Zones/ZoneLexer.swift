/// Cuts a zone file into entries: one line, or several inside brackets (RFC 1035 §5.1).
struct ZoneLexer {
    struct Token {
        /// Escapes are kept for the reader of the field.
        var text: [UInt8]
        var isQuoted: Bool
    }

    struct Entry {
        var tokens: [Token] = []
        /// The line begins with a blank: the owner is that of the entry before.
        var isIndented = false
        var line: Int
    }

    private let bytes: [UInt8]
    private var place = 0
    private(set) var line = 1

    init(_ bytes: [UInt8]) {
        // A byte order mark is no part of the first name.
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The next entry with tokens; nil at the end. After an error that is not fatal the next call
    /// goes on with the next line.
    mutating func next() throws(ZoneFileError) -> Entry? {
        while place < bytes.count {
            let entry = try entry()
            if !entry.tokens.isEmpty { return entry }
        }
        return nil
    }

    private mutating func entry() throws(ZoneFileError) -> Entry {
        var entry = Entry(line: line)
        let start = place
        var isOpen = false
        entry.isIndented = Self.isBlank(bytes[place])
        while place < bytes.count {
            guard place - start <= Limits.zoneEntryOctets else {
                throw error("the entry is longer than one megabyte", isFatal: true)
            }
            let byte = bytes[place]
            switch byte {
            case Self.newline:
                place += 1
                line += 1
                if !isOpen { return entry }
            case UInt8(ascii: ";"): skipLine()
            case UInt8(ascii: "("):
                guard !isOpen else {
                    throw error("a bracket opens inside brackets", isFatal: true)
                }
                isOpen = true
                place += 1
            case UInt8(ascii: ")"):
                guard isOpen else {
                    throw error("a bracket closes that was not opened", isFatal: true)
                }
                isOpen = false
                place += 1
            case Self.quote: entry.tokens.append(try quoted(isOpen: isOpen))
            case _ where Self.isBlank(byte): place += 1
            default: entry.tokens.append(try plain(isOpen: isOpen))
            }
        }
        guard !isOpen else {
            throw error("the file ends inside brackets", isFatal: true)
        }
        return entry
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    private mutating func skipLine() {
        while place < bytes.count, bytes[place] != Self.newline { place += 1 }
    }

    private mutating func error(_ reason: String, isFatal: Bool = false) -> ZoneFileError {
        defer {
            skipLine()
            if isFatal { place = bytes.count }
        }
        return ZoneFileError(line: line, reason: reason, isFatal: isFatal)
    }

    private mutating func quoted(isOpen: Bool) throws(ZoneFileError) -> Token {
        place += 1
        let start = place
        while place < bytes.count, bytes[place] != Self.quote {
            guard place - start <= Limits.zoneEntryOctets else {
                throw error("a quoted text is longer than one megabyte", isFatal: true)
            }
            if bytes[place] == Self.newline {
                guard isOpen else { throw error("a quoted text has no end") }
                line += 1
            }
            if bytes[place] == Self.backslash, place + 1 < bytes.count,
                bytes[place + 1] != Self.newline
            {
                place += 1
            }
            place += 1
        }
        guard place < bytes.count else {
            throw error("a quoted text has no end", isFatal: isOpen)
        }
        let text = Array(bytes[start..<place])
        place += 1
        if place < bytes.count, !Self.endsToken(bytes[place]) {
            throw error("a quoted text must be followed by a blank")
        }
        return Token(text: text, isQuoted: true)
    }

    private mutating func plain(isOpen: Bool) throws(ZoneFileError) -> Token {
        let start = place
        while place < bytes.count, !Self.endsToken(bytes[place]) {
            guard place - start <= Limits.zoneEntryOctets else {
                throw error("a word is longer than one megabyte", isFatal: true)
            }
            if bytes[place] == Self.quote {
                guard place > start, bytes[place - 1] == UInt8(ascii: "=") else {
                    throw error("a quote stands inside a word")
                }
                // RFC 9460 §2.1: key="value" is one word.
                let key = Array(bytes[start..<place])
                return Token(text: key + (try quoted(isOpen: isOpen).text), isQuoted: false)
            }
            if bytes[place] == Self.backslash, place + 1 < bytes.count,
                bytes[place + 1] != Self.newline
            {
                place += 1
            }
            place += 1
        }
        return Token(text: Array(bytes[start..<place]), isQuoted: false)
    }

    private static func endsToken(_ byte: UInt8) -> Bool {
        switch byte {
        case newline, UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"): true
        default: isBlank(byte)
        }
    }
}
