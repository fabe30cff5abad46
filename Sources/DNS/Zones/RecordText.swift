internal import Identities

/// Reads the words behind a record's type into its wire form.
struct RecordText {
    /// What is wrong, for the sentence of a `ZoneFileError`.
    struct Fault: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private let tokens: ArraySlice<ZoneLexer.Token>
    private var place: Int
    private let origin: DNSName?

    private init(_ tokens: ArraySlice<ZoneLexer.Token>, origin: DNSName?) {
        self.tokens = tokens
        place = tokens.startIndex
        self.origin = origin
    }

    /// The data of a record; the generic form `\# length hexadecimal` is taken for every type.
    static func parse(
        _ type: RecordType, _ tokens: ArraySlice<ZoneLexer.Token>, origin: DNSName?
    ) throws(Fault) -> RecordData {
        var text = RecordText(tokens, origin: origin)
        let wire: [UInt8]
        if let first = tokens.first, !first.isQuoted, first.text == Array("\\#".utf8) {
            wire = try text.generic()
        } else if let fields = RecordForm.fields(of: type) {
            wire = try text.fields(fields)
        } else {
            throw Fault("data of type \(type) must be written as \\# length hexadecimal")
        }
        guard wire.count <= Limits.messageOctets else {
            throw Fault("the data is longer than 65,535 octets")
        }
        do {
            return try RecordData(type: type, wire: wire)
        } catch {
            throw Fault("the data does not fit the type \(type)")
        }
    }

    private mutating func generic() throws(Fault) -> [UInt8] {
        place += 1
        let length = try number(0...UInt64(UInt16.max))
        let octets = try hexadecimal(rest())
        guard octets.count == Int(length) else {
            throw Fault("the data has \(octets.count) octets, not \(length)")
        }
        return octets
    }

    private mutating func fields(_ fields: [RecordForm.Field]) throws(Fault) -> [UInt8] {
        var wire: [UInt8] = []
        for field in fields { wire += try octets(of: field) }
        guard place == tokens.endIndex else { throw Fault("more words follow than the type has") }
        return wire
    }

    private mutating func octets(of field: RecordForm.Field) throws(Fault) -> [UInt8] {
        switch field {
        case .uint8: return [UInt8(try number(0...255))]
        case .uint16: return Self.bytes(try number(0...65_535), 2)
        case .uint32: return Self.bytes(try number(0...UInt64(UInt32.max)), 4)
        case .algorithm: return [UInt8(try number(0...255, names: Self.algorithms))]
        case .certificate: return Self.bytes(try number(0...65_535, names: Self.certificates), 2)
        case .period:
            guard let seconds = ZoneTime.period(try word()) else {
                throw Fault("no period of time")
            }
            return Self.bytes(UInt64(seconds), 4)
        case .time:
            guard let seconds = ZoneTime.seconds(try word()) else {
                throw Fault("no time of the form YYYYMMDDHHmmSS")
            }
            return Self.bytes(UInt64(seconds), 4)
        case .name: return try name().wire
        case .ipv4: return try address(isIPv4: true)
        case .ipv6: return try address(isIPv4: false)
        case .string:
            let octets = try self.string()
            guard octets.count <= 255 else { throw Fault("a string is longer than 255 octets") }
            return [UInt8(octets.count)] + octets
        case .strings: return try strings()
        case .text: return try self.string()
        case .hex:
            let octets = try hexadecimal(rest())
            guard !octets.isEmpty else { throw Fault("hexadecimal data is missing") }
            return octets
        case .base64:
            guard let octets = Base.octets64(try rest()) else { throw Fault("no base 64 data") }
            return octets
        case .salt: return try salt()
        case .hash:
            // RFC 5155 §3.3: without padding, though some write it.
            let text = try word()
            let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
            guard let octets = Base.octets32(text.dropLast(padding)),
                (1...255).contains(octets.count)
            else {
                throw Fault("no base 32 data")
            }
            return [UInt8(octets.count)] + octets
        case .type: return Self.bytes(UInt64(try type().rawValue), 2)
        case .types:
            var types: [RecordType] = []
            while place < tokens.endIndex { types.append(try type()) }
            return TypeBitmap.octets(of: types)
        case .parameters:
            var words: [[UInt8]] = []
            while place < tokens.endIndex { words.append(try word()) }
            do {
                return try ServiceParameters.octets(of: words)
            } catch {
                throw Fault(error.reason)
            }
        case .hyphenated(let count): return try separated(by: "-", parts: count, octets: 1)
        case .locator: return try separated(by: ":", parts: 4, octets: 2)
        }
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (1...count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - $0))) }
    }

    private mutating func token() throws(Fault) -> ZoneLexer.Token {
        guard place < tokens.endIndex else { throw Fault("words are missing behind the type") }
        defer { place += 1 }
        return tokens[place]
    }

    private mutating func word() throws(Fault) -> [UInt8] {
        try token().text
    }

    /// All words that are left, joined.
    private mutating func rest() throws(Fault) -> [UInt8] {
        var joined: [UInt8] = []
        while place < tokens.endIndex { joined += try word() }
        return joined
    }

    private mutating func number(
        _ range: ClosedRange<UInt64>, names: [String: UInt64] = [:]
    ) throws(Fault) -> UInt64 {
        let word = try self.word()
        let shown = String(decoding: word.prefix(40), as: UTF8.self)
        if let named = names[shown.uppercased()] { return named }
        guard let value = ZoneTime.number(word) else { throw Fault("\(shown) is no number") }
        guard range.contains(value) else {
            throw Fault("\(shown) is larger than \(range.upperBound)")
        }
        return value
    }

    private mutating func name() throws(Fault) -> DNSName {
        let token = try self.token()
        do {
            return try DNSName.parse(token.text, origin: origin)
        } catch {
            throw Fault(error.rawValue)
        }
    }

    private mutating func type() throws(Fault) -> RecordType {
        let word = String(decoding: try self.word().prefix(40), as: UTF8.self)
        guard let type = RecordType(word) else { throw Fault("\(word) is no type of record") }
        return type
    }

    private mutating func address(isIPv4: Bool) throws(Fault) -> [UInt8] {
        let word = try self.word()
        guard let address = IPAddress(utf8: word), isIPv4 != word.contains(UInt8(ascii: ":")) else {
            throw Fault("no \(isIPv4 ? "IPv4" : "IPv6") address")
        }
        if !isIPv4, address.isIPv4 {
            return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address.bytes
        }
        return address.bytes
    }

    private mutating func string() throws(Fault) -> [UInt8] {
        try Self.octets(of: try word())
    }

    /// A word with its escapes taken out; nil when one is wrong.
    static func unescapedOctets(_ word: [UInt8]) -> [UInt8]? {
        try? octets(of: word)
    }

    private static func octets(of word: [UInt8]) throws(Fault) -> [UInt8] {
        guard word.contains(UInt8(ascii: "\\")) else { return word }
        var octets: [UInt8] = []
        var index = 0
        while index < word.count {
            guard word[index] == UInt8(ascii: "\\") else {
                octets.append(word[index])
                index += 1
                continue
            }
            index += 1
            guard index < word.count else { throw Fault("a backslash stands at the end") }
            guard word[index] &- 0x30 < 10 else {
                octets.append(word[index])
                index += 1
                continue
            }
            guard index + 3 <= word.count,
                let value = ZoneTime.number(Array(word[index..<(index + 3)])), value <= 255
            else { throw Fault("a backslash must be followed by three digits up to 255") }
            octets.append(UInt8(value))
            index += 3
        }
        return octets
    }

    /// Strings up to the end; one of more than 255 octets goes on in the next (it is how people
    /// write DKIM keys).
    private mutating func strings() throws(Fault) -> [UInt8] {
        var wire: [UInt8] = []
        repeat {
            let octets = try string()
            var start = 0
            repeat {
                let end = min(start + 255, octets.count)
                wire.append(UInt8(end - start))
                wire += octets[start..<end]
                start = end
            } while start < octets.count
        } while place < tokens.endIndex
        return wire
    }

    private mutating func salt() throws(Fault) -> [UInt8] {
        let word = try self.word()
        if word == [UInt8(ascii: "-")] { return [0] }
        let octets = try hexadecimal(word)
        guard (1...255).contains(octets.count) else { throw Fault("no salt of 1 to 255 octets") }
        return [UInt8(octets.count)] + octets
    }

    private func hexadecimal(_ text: [UInt8]) throws(Fault) -> [UInt8] {
        guard text.count % 2 == 0 else { throw Fault("hexadecimal digits must come in pairs") }
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count / 2)
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = Self.hexValue(text[index]), let low = Self.hexValue(text[index + 1])
            else { throw Fault("no hexadecimal digit") }
            octets.append(high << 4 | low)
        }
        return octets
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private mutating func separated(
        by separator: String, parts: Int, octets: Int
    ) throws(Fault) -> [UInt8] {
        let word = try self.word()
        let pieces = word.split(
            separator: UInt8(ascii: separator.unicodeScalars.first ?? "-"),
            omittingEmptySubsequences: false)
        guard pieces.count == parts, pieces.allSatisfy({ $0.count == 2 * octets }) else {
            throw Fault("not \(parts) groups of \(2 * octets) digits")
        }
        return try hexadecimal(pieces.flatMap { $0 })
    }

    /// RFC 4034 A.1 and IANA's registry.
    private static let algorithms: [String: UInt64] = [
        "RSAMD5": 1, "DH": 2, "DSA": 3, "RSASHA1": 5, "DSA-NSEC3-SHA1": 6,
        "RSASHA1-NSEC3-SHA1": 7, "RSASHA256": 8, "RSASHA512": 10, "ECC-GOST": 12,
        "ECDSAP256SHA256": 13, "ECDSAP384SHA384": 14, "ED25519": 15, "ED448": 16,
        "INDIRECT": 252, "PRIVATEDNS": 253, "PRIVATEOID": 254,
    ]

    /// RFC 4398 §2.1.
    private static let certificates: [String: UInt64] = [
        "PKIX": 1, "SPKI": 2, "PGP": 3, "IPKIX": 4, "ISPKI": 5, "IPGP": 6, "ACPKIX": 7,
        "IACPKIX": 8, "URI": 253, "OID": 254,
    ]
}
