/// A text that a report, a message or a form brought in, made fit to be shown: no controls, no
/// change of direction, no piles of accents, no end without end.
enum ForeignText {
    /// Fields for the template `foreign`: `shown`, and `whole` where something was cut off.
    static func fields(_ text: String, limit: Int = Limits.foreignShown) -> Fields {
        let whole = clean(text, limit: Limits.foreignWhole)
        let shown = clean(text, limit: limit)
        return [
            "shown": .text(shown.isEmpty ? "(empty)" : shown),
            "whole": shown == whole ? nil : .text(whole),
        ]
    }

    static func value(_ text: String, limit: Int = Limits.foreignShown) -> Field {
        .fields(fields(text, limit: limit))
    }

    /// One line of at most `limit` characters.
    static func clean(_ text: String, limit: Int = Limits.foreignShown) -> String {
        var result = ""
        var count = 0
        for character in text.prefix(limit + 1) {
            if count == limit {
                result.append("…")
                break
            }
            count += 1
            for scalar in character.unicodeScalars.prefix(Self.scalarsPerCharacter) {
                result.unicodeScalars.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return result
    }

    /// Enough for any letter and most emoji, too little to paint over the neighbours.
    private static let scalarsPerCharacter = 4

    /// False for controls, line ends, and marks that change the direction or are invisible.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: true
        case 0...0x1F, 0x7F...0x9F, 0x00AD, 0x061C, 0x180E: false
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: false
        case 0xFFF9...0xFFFB, 0xE000...0xF8FF, 0xE0000...0x10FFFF: false
        default: true
        }
    }
}
