/// Reads a recipe from its JSON (draft-ietf-dkim-dkim2-spec-04 §5): the draft's few forms and no
/// others, in one pass and within bounds. A general decoder takes a hundred times as long on what
/// an attacker writes, and keeps one of two equal keys in silence.
struct RecipeReader {
    private let json: [UInt8]
    private var position = 0
    private var steps = 0

    /// The fault's reason continues "The recipe of …".
    static func read(_ json: [UInt8]) throws(DKIM2Fault) -> MessageRecipe {
        guard json.count <= Limits.dkim2RecipeOctets else {
            throw DKIM2Fault("has more than \(Limits.dkim2RecipeOctets) octets")
        }
        var reader = RecipeReader(json: json)
        let recipe = try reader.recipe()
        reader.skipBlanks()
        guard reader.position == json.count else { throw malformed }
        return recipe
    }

    private init(json: [UInt8]) {
        self.json = json
    }

    private static let malformed = DKIM2Fault("is not JSON of the form that the draft gives")

    // MARK: The draft's forms

    private mutating func recipe() throws(DKIM2Fault) -> MessageRecipe {
        var fields: [String: [MessageRecipe.Step]]?
        var body: MessageRecipe.Body?
        try expect("{")
        var isFirst = true
        while try next(before: "}", &isFirst) {
            // Members that the draft does not name are passed over (§2).
            switch try key() {
            case "h":
                guard fields == nil else { throw DKIM2Fault("has two parts h") }
                fields = try header()
            case "b":
                guard body == nil else { throw DKIM2Fault("has two parts b") }
                body = takeNull() ? .lost : .steps(try stepList())
            default: try skipValue(depth: 0)
            }
        }
        guard fields != nil || body != nil else {
            throw DKIM2Fault("has steps neither for the header nor for the body")
        }
        return MessageRecipe(fields: fields ?? [:], body: body ?? .unchanged)
    }

    private mutating func header() throws(DKIM2Fault) -> [String: [MessageRecipe.Step]] {
        var fields: [String: [MessageRecipe.Step]] = [:]
        try expect("{")
        var isFirst = true
        while try next(before: "}", &isFirst) {
            let octets = try key().utf8.map(\.lowercased)
            // RFC 5322 §2.2: the name becomes one of a field again.
            guard !octets.isEmpty, octets.count <= Limits.dkim2NameCharacters,
                octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != Octet.colon })
            else { throw DKIM2Fault("names a field that cannot be one") }
            let name = String(decoding: octets, as: UTF8.self)
            guard fields.updateValue(try stepList(), forKey: name) == nil else {
                throw DKIM2Fault("names the field \(name) twice")
            }
            // A field without steps costs as much as a step.
            try countStep()
        }
        return fields
    }

    private mutating func stepList() throws(DKIM2Fault) -> [MessageRecipe.Step] {
        var list: [MessageRecipe.Step] = []
        var last = 0
        try expect("[")
        var isFirst = true
        while try next(before: "]", &isFirst) {
            try countStep()
            let step = try step()
            if case .copy(let range) = step {
                // §5.1, §5.2: what is copied is copied in ascending order and once.
                guard range.lowerBound > last else {
                    throw DKIM2Fault("copies lines or fields out of order or twice")
                }
                last = range.upperBound
            }
            list.append(step)
        }
        return list
    }

    private mutating func countStep() throws(DKIM2Fault) {
        steps += 1
        guard steps <= Limits.dkim2RecipeSteps else {
            throw DKIM2Fault("has more than \(Limits.dkim2RecipeSteps) steps")
        }
    }

    /// An object with exactly one member: `c`, a range, or `d`, lines.
    private mutating func step() throws(DKIM2Fault) -> MessageRecipe.Step {
        try expect("{")
        let step: MessageRecipe.Step
        switch try key() {
        case "c":
            try expect("[")
            let start = try number()
            try expect(",")
            let end = try number()
            try expect("]")
            guard start >= 1, start <= end else {
                throw DKIM2Fault("has a step c that is not a range of numbers")
            }
            step = .copy(start...end)
        case "d":
            var lines: [String] = []
            try expect("[")
            var isFirst = true
            while try next(before: "]", &isFirst) {
                let line = try string()
                guard
                    !line.utf8.contains(where: {
                        $0 == Octet.carriageReturn || $0 == Octet.lineFeed
                    })
                else { throw DKIM2Fault("has a step d with line ends in its lines") }
                lines.append(line)
            }
            guard !lines.isEmpty else { throw DKIM2Fault("has a step d without lines") }
            step = .text(lines)
        default: throw DKIM2Fault("has a step that is neither c nor d")
        }
        skipBlanks()
        guard take("}") else { throw DKIM2Fault("has a step that is not exactly one of c and d") }
        return step
    }

    // MARK: JSON

    private mutating func skipBlanks() {
        while position < json.count, json[position].isWhitespace { position += 1 }
    }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard position < json.count, json[position] == UInt8(ascii: letter) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ letter: Unicode.Scalar) throws(DKIM2Fault) {
        skipBlanks()
        guard take(letter) else { throw Self.malformed }
    }

    /// Whether another member or element follows.
    private mutating func next(
        before end: Unicode.Scalar, _ isFirst: inout Bool
    ) throws(DKIM2Fault) -> Bool {
        skipBlanks()
        if take(end) { return false }
        if isFirst { isFirst = false } else { try expect(",") }
        return true
    }

    private mutating func key() throws(DKIM2Fault) -> String {
        let key = try string()
        try expect(":")
        return key
    }

    private mutating func takeNull() -> Bool {
        skipBlanks()
        guard json[position...].starts(with: "null".utf8) else { return false }
        position += 4
        return true
    }

    private mutating func number() throws(DKIM2Fault) -> Int {
        skipBlanks()
        let digits = json[position...].prefix { $0.isDigit }
        guard !digits.isEmpty, digits.count <= 9, digits.count == 1 || digits.first != 0x30 else {
            throw DKIM2Fault("has a step c that is not a range of numbers")
        }
        position = digits.endIndex
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private mutating func string() throws(DKIM2Fault) -> String {
        try expect("\"")
        let start = position
        while position < json.count {
            switch json[position] {
            case UInt8(ascii: "\""):
                let text = String(validating: json[start..<position], as: UTF8.self)
                position += 1
                guard let text else { throw DKIM2Fault("has text that is not UTF-8") }
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw Self.malformed
            default: position += 1
            }
        }
        throw Self.malformed
    }

    /// The same with escapes, the first of them at hand.
    private mutating func escapedString(from start: Int) throws(DKIM2Fault) -> String {
        var octets = Array(json[start..<position])
        while position < json.count {
            let octet = json[position]
            position += 1
            switch octet {
            case UInt8(ascii: "\""):
                guard let text = String(validating: octets, as: UTF8.self) else {
                    throw DKIM2Fault("has text that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): octets += Array(String(try escape()).utf8)
            case 0..<0x20: throw Self.malformed
            default: octets.append(octet)
            }
        }
        throw Self.malformed
    }

    private mutating func escape() throws(DKIM2Fault) -> Unicode.Scalar {
        guard position < json.count else { throw Self.malformed }
        let octet = json[position]
        position += 1
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(octet)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // RFC 8259 §7: what lies beyond the first plane is written as two halves.
            guard unit < 0xDC00, take("\\"), take("u") else { throw Self.malformed }
            let low = try hexadecimal()
            guard low >= 0xDC00, low < 0xE000,
                let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            else { throw Self.malformed }
            return scalar
        default: throw Self.malformed
        }
    }

    private mutating func hexadecimal() throws(DKIM2Fault) -> UInt32 {
        guard position + 4 <= json.count else { throw Self.malformed }
        var value: UInt32 = 0
        for octet in json[position..<position + 4] {
            guard octet.isDigit || (octet.isLetter && octet.lowercased <= UInt8(ascii: "f")) else {
                throw Self.malformed
            }
            value = value << 4 | UInt32(octet.isDigit ? octet - 0x30 : octet.lowercased - 0x57)
        }
        position += 4
        return value
    }

    private mutating func skipValue(depth: Int) throws(DKIM2Fault) {
        guard depth < Limits.dkim2RecipeDepth else {
            throw DKIM2Fault("is nested more than \(Limits.dkim2RecipeDepth) deep")
        }
        skipBlanks()
        guard position < json.count else { throw Self.malformed }
        var isFirst = true
        switch json[position] {
        case UInt8(ascii: "{"):
            position += 1
            while try next(before: "}", &isFirst) {
                _ = try key()
                try skipValue(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            position += 1
            while try next(before: "]", &isFirst) { try skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            // A number or a word; which one does not matter, as nobody reads it.
            let word = json[position...].prefix {
                $0.isDigit || $0.isLetter || "+-.".utf8.contains($0)
            }
            guard !word.isEmpty else { throw Self.malformed }
            position = word.endIndex
        }
    }
}
