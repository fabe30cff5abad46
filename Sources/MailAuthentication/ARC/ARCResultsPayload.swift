/// What a set carries of the Authentication-Results of its sealer (RFC 8617 §4.1.1): one payload,
/// however many fields it stood in.
public enum ARCResultsPayload {
    /// Joins the results of all Authentication-Results fields of a message that bear our
    /// authserv-id, in the order in which they stand. Without any it says so (`none`).
    public static func combined(of message: RawMessage, authservID: String) -> String {
        var results: [String] = []
        for field in message.fields where field.isNamed("Authentication-Results") {
            guard field.range.count <= Limits.arcResultsOctets,
                let found = Self.results(in: field, of: authservID)
            else { continue }
            results += found
        }
        // RFC 8601 §2.2: `none` says that nothing was checked.
        let checked = results.filter { $0.lowercased() != "none" }
        return ([authservID] + (checked.isEmpty ? ["none"] : checked)).joined(separator: "; ")
    }

    /// The results of one field; nil when it is another host's or cannot be read.
    private static func results(in field: RawField, of authservID: String) -> [String]? {
        var scanner = ARCFieldScanner(field.valueOctets)
        guard let host = host(&scanner),
            String(decoding: host, as: UTF8.self).lowercased() == authservID.lowercased()
        else { return nil }
        return parts(of: scanner.rest).filter { !$0.isEmpty }
    }

    /// Who found the results, and the version, up to behind the first semicolon (RFC 8601 §2.2).
    private static func host(_ scanner: inout ARCFieldScanner) -> [UInt8]? {
        guard scanner.skipBlanksAndComments(), let host = scanner.word(), !host.isEmpty,
            scanner.skipBlanksAndComments()
        else { return nil }
        if scanner.current?.isDigit == true {
            guard scanner.number(digits: 4) == 1, scanner.skipBlanksAndComments() else {
                return nil
            }
        }
        return scanner.take(Octet.semicolon) ? host : nil
    }

    /// What stands between the semicolons, on one line each.
    private static func parts(of octets: ArraySlice<UInt8>) -> [String] {
        var scanner = ARCFieldScanner(octets)
        var parts: [String] = []
        while true {
            let start = scanner.position
            scanner.skipToSemicolon()
            parts.append(onOneLine(octets[start..<scanner.position]))
            guard scanner.take(Octet.semicolon) else { return parts }
        }
    }

    /// Every run of blanks and line ends is one space.
    private static func onOneLine(_ octets: ArraySlice<UInt8>) -> String {
        let words = octets.split(whereSeparator: \.isWhitespace)
        return String(decoding: Array(words.joined(separator: [Octet.space])), as: UTF8.self)
    }

    /// Checks and folds a payload for a field: each result on a line of its own. What comes from
    /// outside cannot begin a field of its own here.
    static func folded(_ payload: String, instance: Int) throws(ARCDefect) -> String {
        let octets = Array(payload.utf8)
        guard octets.count <= Limits.arcResultsOctets else {
            throw ARCDefect("The results are longer than \(Limits.arcResultsOctets) octets.")
        }
        guard octets.allSatisfy({ $0 >= Octet.space && $0 != 0x7F || $0.isWhitespace }) else {
            throw ARCDefect("The results hold a control character.")
        }
        var parts = parts(of: octets[...])
        while parts.count > 1, parts.last == "" { parts.removeLast() }
        var scanner = ARCFieldScanner(octets[...])
        guard parts.count > 1, !parts.contains(""), host(&scanner) != nil else {
            throw ARCDefect(
                "The results must be a host's name and what it found, after semicolons.")
        }
        var lines: [String] = []
        for (index, part) in (["i=\(instance)"] + parts).enumerated() {
            let isLast = index == parts.count
            lines += try ARCFieldLayout.lines(of: part + (isLast ? "" : ";"))
        }
        // The instance and the host's name begin the field.
        let head = lines.prefix(2).joined(separator: " ")
        return ([head] + lines.dropFirst(2)).joined(separator: "\r\n  ")
    }
}
