/// A text that is put before the text of mail from outside: lines in plain text, a box in HTML.
public struct Banner: Hashable, Sendable {
    /// As the operator wrote it, without blank lines around it.
    public let text: String
    /// The operator's lines, each broken at blanks into lines short enough for any mail.
    private let lines: [[String]]

    private static let width = 72
    private static let longestWord = 200

    /// Nil for a text that is empty, longer than `Limits.bannerOctets`, or has control characters
    /// other than line ends and tabs.
    public init?(_ text: String) {
        guard text.utf8.count <= Limits.bannerOctets else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\r" || $0 == "\t"
        }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.split(whereSeparator: \.isWhitespace) }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard isPlain, !lines.isEmpty else { return nil }
        self.text = lines.map { $0.joined(separator: " ") }.joined(separator: "\n")
        self.lines = lines.map(Self.wrapped)
    }

    private static func wrapped(_ words: [Substring]) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words {
            var rest = word
            repeat {
                let piece = rest.prefix(longestWord)
                rest = rest.dropFirst(piece.count)
                if !line.isEmpty, line.count + 1 + piece.count > width {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + piece
            } while !rest.isEmpty
        }
        return lines + [line]
    }

    /// What stands before a plain text: the lines, and an empty one.
    public var plain: String { lines.joined().joined(separator: "\r\n") + "\r\n\r\n" }

    /// The box for HTML, in ASCII: whatever the character set of the page, it is read alike. Its
    /// style outweighs the page's, which could hide it.
    public var html: String {
        let shown = lines.map { $0.map(Self.escaped).joined(separator: "\r\n") }
        return """
            <div dir="auto" style="display:block!important;visibility:visible!important;\r
            opacity:1!important;position:static!important;max-height:none!important;\r
            margin:0 0 12px!important;padding:8px 12px!important;\r
            border:1px solid #946200!important;border-left-width:6px!important;\r
            background:#fff8e1!important;color:#1f1f1f!important;\r
            font:14px/1.4 sans-serif!important;text-align:left!important">\r
            \(shown.joined(separator: "<br>\r\n"))\r
            </div>
            """
    }

    private static func escaped(_ line: String) -> String {
        var text = ""
        for scalar in line.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default:
                if scalar.isASCII {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += "&#\(scalar.value);"
                }
            }
        }
        return text
    }
}
