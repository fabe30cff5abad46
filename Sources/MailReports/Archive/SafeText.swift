/// Makes foreign text harmless to a terminal: no control character, escape sequence or
/// direction override survives.
public enum SafeText {
    /// One line: line ends and tabs become blanks, every other such character becomes U+FFFD, and
    /// the text is cut after `limit` scalars.
    public static func line(_ text: some StringProtocol, limit: Int = 1_000) -> String {
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            return String(text)
        }
        // Scalars, not characters: one character may hold any number of combining marks.
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit {
                kept.append("…")
                break
            }
            switch scalar {
            case "\t", "\n", "\r": kept.append(" ")
            default: kept.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
            }
            count += 1
        }
        return String(kept)
    }

    /// Whether a letter is not seen, or does something else than be seen.
    public static func isUnseen(_ scalar: Unicode.Scalar) -> Bool { isHarmful(scalar) }

    /// Controls (C0, DEL, C1), line separators, and marks that are invisible or turn the order of
    /// what follows.
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0xFEFF, 0xFFF0...0xFFFB, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }
}
