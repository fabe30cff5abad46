/// A text of an SPF record in which macros may stand (RFC 7208 §7), proved to be well formed.
public struct SPFMacroString: Hashable, Sendable {
    /// Where the text stands, which decides what may be in it.
    public enum Place: Sendable {
        /// The domain of a term: its last label must be a name, or a macro.
        case domain
        /// The value of an unknown modifier.
        case modifier
        /// The text that `exp=` leads to, where spaces and the letters c, r and t are allowed.
        case explanation
    }

    /// As published.
    let octets: [UInt8]
    /// The letters of its macros in lower case, each at its place of the alphabet.
    let letters: SPFMacroLetters
    /// The name that a text without macros is, for a domain.
    let name: SPFName?

    /// Reads a text; offsets in errors count from its start.
    public init(_ text: some StringProtocol, _ place: Place) throws(SPFRecordError) {
        try self.init(octets: Array(text.utf8), place)
    }

    /// Reads a text that is no part of a record.
    init(octets: [UInt8], _ place: Place) throws(SPFRecordError) {
        self = try octets.withUnsafeBufferPointer { (buffer) throws(SPFRecordError) in
            try SPFMacroString(parsing: buffer[...], place)
        }
    }

    /// Reads a part of a record; offsets in errors are its places there.
    init(parsing octets: SPFRecordParser.Octets, _ place: Place) throws(SPFRecordError) {
        var scan = Scan(octets: octets, place: place)
        try scan.run()
        if place == .domain { try scan.proveEnd() }
        self.octets = Array(octets)
        letters = scan.letters
        // A longer name loses labels, as one made by macros does (RFC 7208 §7.3).
        let isName = place == .domain && !scan.hasMacros && octets.count <= Limits.spfNameOctets
        name = isName ? SPFName(self.octets[...]) : nil
    }

    /// As published.
    public var text: String { String(decoding: octets, as: UTF8.self) }

    /// Whether the same text gives different names for different mails.
    public var hasMacros: Bool { name == nil && octets.contains(0x25) }

    public static func == (left: SPFMacroString, right: SPFMacroString) -> Bool {
        left.octets == right.octets
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(octets)
    }
}

/// A set of macro letters.
struct SPFMacroLetters: Hashable, Sendable {
    private var bits: UInt32 = 0

    mutating func insert(_ letter: UInt8) { bits |= 1 << UInt32((letter &- 0x61) & 31) }

    func contains(_ letter: UInt8) -> Bool { bits & 1 << UInt32((letter &- 0x61) & 31) != 0 }
}

/// One walk over a text (RFC 7208 §7.1).
private struct Scan {
    let octets: SPFRecordParser.Octets
    let place: SPFMacroString.Place
    var letters = SPFMacroLetters()
    var hasMacros = false
    /// Behind the last macro.
    private var literalStart: Int

    init(octets: SPFRecordParser.Octets, place: SPFMacroString.Place) {
        self.octets = octets
        self.place = place
        literalStart = octets.startIndex
    }

    mutating func run() throws(SPFRecordError) {
        var index = octets.startIndex
        while index < octets.endIndex {
            let octet = octets[index]
            if octet == 0x25 {
                index = try macro(at: index)
                hasMacros = true
                literalStart = index
                continue
            }
            guard octet > 0x20 && octet < 0x7F || octet == Octet.space && place == .explanation
            else { throw bad(.badOctet, index, "holds a character that it may not hold") }
            index += 1
        }
    }

    /// The index behind the macro.
    private mutating func macro(at start: Int) throws(SPFRecordError) -> Int {
        var index = start + 1
        guard index < octets.endIndex else {
            throw bad(.badMacro, start, "ends in a percent sign; %% stands for one")
        }
        switch octets[index] {
        case 0x25, 0x5F, 0x2D: return index + 1
        case 0x7B: index += 1
        default:
            throw bad(
                .badMacro, start, "has a percent sign that begins no macro; %% stands for one")
        }
        guard index < octets.endIndex else {
            throw bad(.badMacro, start, "has a macro without its closing brace")
        }
        let letter = octets[index].lowercased
        guard SPFMacro.isLetter(letter) else {
            throw bad(.badMacro, index, "has a macro with a letter that is none")
        }
        guard place == .explanation || !SPFMacro.isExplanationLetter(letter) else {
            throw bad(.badMacro, index, "has a macro (c, r or t) for explanations only")
        }
        letters.insert(letter)
        index += 1
        // RFC 7208 §7.3: how many parts must not be zero.
        let digits = index
        var isZero = true
        while index < octets.endIndex, octets[index].isDigit {
            if octets[index] != 0x30 { isZero = false }
            index += 1
        }
        guard index == digits || !isZero else {
            throw bad(.badMacro, digits, "has a macro that keeps zero parts")
        }
        if index < octets.endIndex, octets[index].lowercased == 0x72 { index += 1 }
        while index < octets.endIndex, SPFMacro.isDelimiter(octets[index]) { index += 1 }
        guard index < octets.endIndex, octets[index] == 0x7D else {
            throw bad(.badMacro, start, "has a macro that is not well formed or not closed")
        }
        return index + 1
    }

    /// RFC 7208 §7.1 `domain-end`: a macro, or a dot and a label that no number is.
    func proveEnd() throws(SPFRecordError) {
        guard !octets.isEmpty else {
            throw SPFRecordError(
                .missingArgument, at: octets.startIndex, "A term has no domain behind its sign.")
        }
        guard literalStart < octets.endIndex else { return }
        var end = octets.endIndex
        if octets[end - 1] == 0x2E { end -= 1 }
        var start = end
        var hasLetter = false
        var hasHyphen = false
        while start > literalStart {
            let octet = octets[start - 1]
            if octet.isLetter {
                hasLetter = true
            } else if octet == 0x2D {
                hasHyphen = true
            } else if !octet.isDigit {
                break
            }
            start -= 1
        }
        guard start > literalStart, octets[start - 1] == 0x2E else {
            throw bad(.badDomain, start, "is no full domain name")
        }
        guard start < end, hasLetter || hasHyphen, octets[start] != 0x2D, octets[end - 1] != 0x2D
        else { throw bad(.badDomain, start, "ends in no top-level domain") }
    }

    private func bad(
        _ code: SPFRecordError.Code, _ offset: Int, _ fault: String
    ) -> SPFRecordError {
        SPFRecordError(code, at: offset, "“\(SPFExcerpt(octets))” \(fault).")
    }
}
