internal import Identities

/// A policy's text on its way, line by line.
struct MTASTSPolicyReader {
    private let octets: [UInt8]
    private var line = 0
    private var defects: [MTASTSPolicy.Defect] = []
    private var hasVersion = false
    private var mode: MTASTSPolicy.Mode?
    private var maxAge: Int64?
    private var patterns: [MXPattern] = []
    private var extensions: [MTASTSRecord.Extension] = []
    private var isWebPage = false

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    mutating func read() throws(MTASTSPolicyError) {
        var rest = octets[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
            rest = rest.dropFirst(3)
            line = 1
            note(.byteOrderMark, "The file begins with a byte order mark, which nobody expects.")
        }
        line = 0
        while !rest.isEmpty {
            line += 1
            let end = rest.firstIndex { $0 == Octet.lineFeed || $0 == Octet.carriageReturn }
            let content = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end ?? rest.endIndex)...]
            if rest.first == Octet.carriageReturn {
                rest = rest.dropFirst()
                if rest.first == Octet.lineFeed {
                    rest = rest.dropFirst()
                } else {
                    note(.lineEnd, "The line ends in a lone carriage return.")
                }
            } else {
                rest = rest.dropFirst()
            }
            try take(content)
        }
    }

    func policy() throws(MTASTSPolicyError) -> MTASTSPolicy {
        guard hasVersion else {
            throw isWebPage
                ? MTASTSPolicyError(.webPage, "This is a web page, not a policy.")
                : MTASTSPolicyError(.missingVersion, "There is no line “version: STSv1”.")
        }
        guard let mode else {
            throw MTASTSPolicyError(
                .missingMode, "There is no line “mode:” with enforce, testing or none.")
        }
        guard let maxAge else {
            throw MTASTSPolicyError(
                .missingMaxAge, "There is no line “max_age:” with a number of seconds.")
        }
        guard mode == .none || !patterns.isEmpty else {
            throw MTASTSPolicyError(
                .missingMX, "There is no line “mx:” with the name of a mail host.")
        }
        return MTASTSPolicy(
            mode: mode, maxAge: maxAge, patterns: patterns, extensions: extensions,
            defects: defects)
    }

    private mutating func note(_ fault: MTASTSPolicy.Fault, _ reason: String) {
        guard defects.count < Limits.transportDefects else { return }
        defects.append(MTASTSPolicy.Defect(fault, line: line, reason: reason))
    }

    private mutating func take(_ content: ArraySlice<UInt8>) throws(MTASTSPolicyError) {
        let trimmed = TransportRecordFields.trimmed(content)
        guard !trimmed.isEmpty else {
            return note(.emptyLine, "The line is empty; strict readers refuse that.")
        }
        if line == 1, trimmed.first == UInt8(ascii: "<") { isWebPage = true }
        guard let colon = trimmed.firstIndex(of: Octet.colon) else {
            return malformed(trimmed)
        }
        let sentName = TransportRecordFields.trimmed(trimmed[..<colon])
        guard TransportRecordFields.isName(sentName) else { return malformed(trimmed) }
        if trimmed.startIndex != content.startIndex || sentName.endIndex != colon {
            note(.blanks, "Blanks stand before the name or before its colon.")
        }
        var name = String(decoding: sentName, as: UTF8.self)
        let small = String(decoding: sentName.map(\.lowercased), as: UTF8.self)
        if Self.known.contains(small), small != name {
            note(.letterCase, "\(name) should be written \(small).")
            name = small
        }
        let value = TransportRecordFields.trimmed(trimmed[(colon + 1)...])
        try take(name, value)
    }

    private mutating func malformed(_ content: ArraySlice<UInt8>) {
        note(
            .malformedLine,
            "“\(TransportRecordFields.excerpt(content))” is not a name, a colon and a value.")
    }

    private static let known: Set<String> = ["version", "mode", "max_age", "mx"]

    private mutating func take(
        _ name: String, _ value: ArraySlice<UInt8>
    ) throws(MTASTSPolicyError) {
        switch name {
        case "version":
            guard !isRepeated(hasVersion, name) else { return }
            try takeVersion(value)
        case "mode":
            guard !isRepeated(mode != nil, name) else { return }
            try takeMode(value)
        case "max_age":
            guard !isRepeated(maxAge != nil, name) else { return }
            try takeMaxAge(value)
        case "mx": takePattern(value)
        default: takeExtension(name, value)
        }
    }

    /// RFC 8461 §3.2: of a field that is there twice, the first counts.
    private mutating func isRepeated(_ isKnown: Bool, _ name: String) -> Bool {
        if isKnown { note(.repeatedField, "\(name) is there more than once; the first counts.") }
        return isKnown
    }

    private mutating func takeVersion(_ value: ArraySlice<UInt8>) throws(MTASTSPolicyError) {
        if !value.elementsEqual("STSv1".utf8) {
            guard value.map(\.lowercased) == Array("stsv1".utf8) else {
                throw MTASTSPolicyError(
                    .unsupportedVersion, line: line,
                    "The version is “\(TransportRecordFields.excerpt(value))”, not STSv1.")
            }
            note(.letterCase, "The version should be written STSv1.")
        }
        hasVersion = true
    }

    private mutating func takeMode(_ value: ArraySlice<UInt8>) throws(MTASTSPolicyError) {
        let word = String(decoding: value.prefix(16).map(\.lowercased), as: UTF8.self)
        guard let mode = MTASTSPolicy.Mode(rawValue: word) else {
            throw MTASTSPolicyError(
                .unknownMode, line: line,
                "The mode is “\(TransportRecordFields.excerpt(value))”, not enforce, testing or "
                    + "none.")
        }
        if !value.elementsEqual(word.utf8) {
            note(.letterCase, "The mode should be written \(word).")
        }
        self.mode = mode
    }

    private mutating func takeMaxAge(_ value: ArraySlice<UInt8>) throws(MTASTSPolicyError) {
        guard (1...10).contains(value.count), value.allSatisfy(\.isDigit) else {
            throw MTASTSPolicyError(
                .invalidMaxAge, line: line,
                "max_age is “\(TransportRecordFields.excerpt(value))”, not a number of seconds.")
        }
        let seconds = value.reduce(Int64(0)) { $0 * 10 + Int64($1 &- 0x30) }
        if seconds > Limits.mtaSTSMaxAge {
            note(.longMaxAge, "max_age is above \(Limits.mtaSTSMaxAge), which counts instead.")
        } else if seconds < 604_800, mode != MTASTSPolicy.Mode.none {
            note(.shortMaxAge, "max_age is under a week, which protects little.")
        }
        maxAge = min(seconds, Limits.mtaSTSMaxAge)
    }

    private mutating func takePattern(_ value: ArraySlice<UInt8>) {
        guard let pattern = MXPattern(String(decoding: value, as: UTF8.self)) else {
            return note(
                .invalidPattern,
                "“\(TransportRecordFields.excerpt(value))” is neither the name of a mail host nor "
                    + "*. and a domain; it is passed over.")
        }
        guard patterns.count < Limits.mtaSTSPatterns else {
            return note(
                .tooMany, "Only the first \(Limits.mtaSTSPatterns) mail hosts are kept.")
        }
        if value.contains(where: { $0 >= 0x80 }) {
            note(.invalidPattern, "The name of a mail host stands there as \(pattern).")
        }
        patterns.append(pattern)
    }

    private mutating func takeExtension(_ name: String, _ value: ArraySlice<UInt8>) {
        guard !value.isEmpty, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            let text = String(validating: value, as: UTF8.self)
        else {
            return note(.extensionValue, "The value of \(name) is empty or unreadable.")
        }
        guard extensions.count < Limits.transportExtensions else {
            return note(
                .tooMany, "Only the first \(Limits.transportExtensions) unknown fields are kept.")
        }
        extensions.append(MTASTSRecord.Extension(name: name, value: text))
    }
}
