/// Reads one JSON text (RFC 8259) within bounds of its own: depth, values, and the bytes given.
///
/// Small departures are passed over and noted: a byte order mark, bad UTF-8, raw control
/// characters, a comma before a bracket, text behind the value.
struct JSONReader {
    /// Why the text cannot be read, and at which byte.
    struct Fault: Error, Hashable {
        var offset: Int
        var reason: String
        /// A bound was met; nothing is wrong with the text.
        var isLimit = false
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: TLSReportLimits
    private var position = 0
    private var valuesLeft: Int
    private var repairs = RepairTally()

    /// The value of a text, and what was passed over.
    static func read(
        _ bytes: [UInt8], limits: TLSReportLimits
    ) throws(Fault) -> (value: JSONValue, repairs: RepairTally) {
        let outcome: Result<(JSONValue, RepairTally), Fault> = bytes.withUnsafeBufferPointer {
            var reader = JSONReader(bytes: $0, limits: limits, valuesLeft: limits.values)
            do throws(Fault) {
                let value = try reader.text()
                return .success((value, reader.repairs))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: TLSReportLimits, valuesLeft: Int) {
        self.bytes = bytes
        self.limits = limits
        self.valuesLeft = valuesLeft
    }

    private mutating func text() throws(Fault) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            position = 3
            repairs.add(.byteOrderMark, .note, at: "byte 0", "A byte order mark was passed over.")
        }
        let result = try value(depth: 0)
        skipBlanks()
        while position < bytes.count, bytes[position] == 0 { position += 1 }
        skipBlanks()
        if position < bytes.count {
            repairs.add(
                .trailingText, .note, at: "byte \(position)",
                "Text behind the report was left out.")
        }
        return result
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard depth < limits.depth else {
            throw Fault(
                offset: position, reason: "values lie more than \(limits.depth) deep in each other",
                isLimit: true)
        }
        valuesLeft -= 1
        guard valuesLeft >= 0 else {
            throw Fault(
                offset: position, reason: "there are more than \(limits.values) values in it",
                isLimit: true)
        }
        skipBlanks()
        guard position < bytes.count else { throw end() }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw Fault(offset: position, reason: "a value was expected here")
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        var members: [JSONValue.Member] = []
        position += 1
        while true {
            skipBlanks()
            if try closes(UInt8(ascii: "}"), isFirst: members.isEmpty) { return .object(members) }
            guard position < bytes.count else { throw end() }
            guard bytes[position] == UInt8(ascii: "\"") else {
                throw Fault(offset: position, reason: "a name in quotes was expected here")
            }
            let name = try string()
            skipBlanks()
            guard position < bytes.count else { throw end() }
            guard bytes[position] == UInt8(ascii: ":") else {
                throw Fault(offset: position, reason: "a colon was expected here")
            }
            position += 1
            members.append(.init(name: name, value: try value(depth: depth + 1)))
        }
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        var values: [JSONValue] = []
        position += 1
        while true {
            skipBlanks()
            if try closes(UInt8(ascii: "]"), isFirst: values.isEmpty) { return .array(values) }
            values.append(try value(depth: depth + 1))
        }
    }

    /// Takes the closing bracket, or the comma before the next item.
    private mutating func closes(_ bracket: UInt8, isFirst: Bool) throws(Fault) -> Bool {
        guard position < bytes.count else { throw end() }
        if bytes[position] == bracket {
            position += 1
            return true
        }
        if isFirst { return false }
        guard bytes[position] == UInt8(ascii: ",") else {
            throw Fault(offset: position, reason: "a comma or a closing bracket was expected here")
        }
        let comma = position
        position += 1
        skipBlanks()
        guard position < bytes.count else { throw end() }
        guard bytes[position] == bracket else { return false }
        repairs.add(
            .strayMarkup, .note, at: "byte \(comma)",
            "A comma without a following value was left out.")
        position += 1
        return true
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Fault) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else {
            throw Fault(offset: position, reason: "a value was expected here")
        }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(Fault) -> JSONValue {
        let start = position
        while position < bytes.count,
            "+-.eE0123456789".utf8.contains(bytes[position]), position - start < 64
        {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let decimal = Double(text), decimal.isFinite else {
            throw Fault(offset: start, reason: "this number cannot be read")
        }
        return .decimal(decimal)
    }

    private mutating func string() throws(Fault) -> String {
        let start = position
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                if let text = String(validating: content, as: UTF8.self) { return text }
                repairs.add(
                    .invalidUTF8, .repair, at: "byte \(start)",
                    "Bytes that are no UTF-8 were replaced by U+FFFD.")
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &content)
            default:
                if byte < 0x20 {
                    repairs.add(
                        .controlCharacter, .note, at: "byte \(position - 1)",
                        "A control character was not written as an escape.")
                }
                content.append(byte)
            }
        }
        throw end()
    }

    private mutating func escape(into content: inout [UInt8]) throws(Fault) {
        guard position < bytes.count else { throw end() }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            // RFC 8259 §7: what lies outside the basic plane is written as a surrogate pair.
            if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
                let mark = position
                position += 2
                let low = try hexadecimal()
                if (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = mark
                }
            }
            content += String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8
        default: throw Fault(offset: position - 1, reason: "this escape is unknown")
        }
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        guard position + 4 <= bytes.count else { throw end() }
        let digits = bytes[position..<(position + 4)]
        guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw Fault(offset: position, reason: "four hexadecimal digits were expected here") }
        position += 4
        return code
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
    }

    private func end() -> Fault {
        Fault(offset: bytes.count, reason: "the text ends before the value does")
    }
}
