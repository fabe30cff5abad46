/// The scripts in which a label is shown as Unicode; a letter outside this table is shown in the
/// ASCII form of its label.
enum Script: Hashable {
    case latin, greek, cyrillic, armenian, georgian, hebrew, arabic
    case devanagari, bengali, gurmukhi, gujarati, tamil, telugu, kannada, malayalam, sinhala
    case thai, lao, khmer, hangul, hiragana, katakana, bopomofo, han

    /// The scripts of a label's letters, or nil when one letter is not in the table. ASCII digits
    /// and the hyphen belong to all.
    static func scripts(of label: String) -> Set<Script>? {
        var found: Set<Script> = []
        for scalar in label.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39, 0x2D: continue
            case 0x61...0x7A: found.insert(.latin)
            default:
                // Digits of other scripts look like ASCII digits of another value.
                guard scalar.properties.numericType != .decimal, let script = of(scalar) else {
                    return nil
                }
                found.insert(script)
            }
        }
        return found
    }

    /// One script, or the mixtures that Japanese, Korean and Chinese are written in (UTS #39 §5.2;
    /// Latin beside them is left out).
    static func mayStandTogether(_ scripts: Set<Script>) -> Bool {
        scripts.count <= 1 || scripts.isSubset(of: [.han, .hiragana, .katakana])
            || scripts.isSubset(of: [.han, .hangul]) || scripts.isSubset(of: [.han, .bopomofo])
    }

    /// Whether every letter of a Cyrillic, Greek or Armenian label has a Latin twin.
    static func isWholeLookalike(_ label: String) -> Bool {
        label.unicodeScalars.allSatisfy {
            $0.value < 0x80 || latinTwins.contains($0)
        }
            && label.unicodeScalars.contains { latinTwins.contains($0) }
    }

    private static let latinTwins: Set<Unicode.Scalar> = Set(
        ("асԁеһіјӏорԛѕԝхуъЬҽпгѵѡвкмнт" + "αγικνορτυχωϲϳηεβ" + "ցհոսօզգյռ").unicodeScalars)

    private static func of(_ scalar: Unicode.Scalar) -> Script? {
        let value = scalar.value
        // The table is sorted; letters that pass for others (dotless i, kra, long s) are left out.
        var low = 0
        var high = table.count
        while low < high {
            let middle = (low + high) / 2
            let row = table[middle]
            if value < row.first {
                high = middle
            } else if value > row.last {
                low = middle + 1
            } else {
                return row.script
            }
        }
        return nil
    }

    private struct Row: Sendable {
        let first: UInt32
        let last: UInt32
        let script: Script

        init(_ first: UInt32, _ last: UInt32, _ script: Script) {
            self.first = first
            self.last = last
            self.script = script
        }
    }

    /// Ranges from the Unicode blocks of each script.
    private static let table: [Row] = [
        Row(0x00DF, 0x00F6, .latin), Row(0x00F8, 0x0130, .latin), Row(0x0132, 0x0137, .latin),
        Row(0x0139, 0x0148, .latin), Row(0x014A, 0x017E, .latin), Row(0x01A1, 0x01A1, .latin),
        Row(0x01B0, 0x01B0, .latin), Row(0x01CE, 0x01DC, .latin), Row(0x0219, 0x0219, .latin),
        Row(0x021B, 0x021B, .latin), Row(0x0390, 0x0390, .greek), Row(0x03AC, 0x03CE, .greek),
        Row(0x0430, 0x045F, .cyrillic), Row(0x0491, 0x0493, .cyrillic),
        Row(0x0497, 0x0497, .cyrillic), Row(0x0499, 0x0499, .cyrillic),
        Row(0x049B, 0x049B, .cyrillic), Row(0x04A1, 0x04A3, .cyrillic),
        Row(0x04AF, 0x04B1, .cyrillic), Row(0x04BB, 0x04BB, .cyrillic),
        Row(0x04CF, 0x04CF, .cyrillic), Row(0x04D9, 0x04D9, .cyrillic),
        Row(0x04E9, 0x04E9, .cyrillic), Row(0x0501, 0x0501, .cyrillic),
        Row(0x051B, 0x051D, .cyrillic), Row(0x0561, 0x0586, .armenian),
        Row(0x05D0, 0x05EA, .hebrew), Row(0x0620, 0x063F, .arabic), Row(0x0641, 0x064A, .arabic),
        Row(0x0671, 0x06D3, .arabic), Row(0x0901, 0x0963, .devanagari),
        Row(0x0981, 0x09E3, .bengali), Row(0x0A01, 0x0A75, .gurmukhi),
        Row(0x0A81, 0x0AE3, .gujarati), Row(0x0B82, 0x0BD7, .tamil), Row(0x0C00, 0x0C63, .telugu),
        Row(0x0C80, 0x0CE3, .kannada), Row(0x0D00, 0x0D63, .malayalam),
        Row(0x0D81, 0x0DDF, .sinhala), Row(0x0E01, 0x0E4E, .thai), Row(0x0E81, 0x0ECD, .lao),
        Row(0x10D0, 0x10FA, .georgian), Row(0x1780, 0x17D3, .khmer), Row(0x1E01, 0x1EF9, .latin),
        Row(0x1F00, 0x1FFC, .greek), Row(0x3005, 0x3007, .han), Row(0x3041, 0x3096, .hiragana),
        Row(0x309D, 0x309E, .hiragana), Row(0x30A1, 0x30FA, .katakana),
        Row(0x30FC, 0x30FE, .katakana), Row(0x3105, 0x312F, .bopomofo),
        Row(0x3400, 0x4DBF, .han), Row(0x4E00, 0x9FFF, .han), Row(0xAC00, 0xD7A3, .hangul),
    ]
}
