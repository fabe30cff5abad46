/// Writes a report's lines so that nothing from outside makes one line two.
struct ReportWriter {
    private(set) var octets: [UInt8] = []
    /// Whether text beyond ASCII may stand as it is; else it is written `\x{E9}` (RFC 6533 §3).
    private let isInternational: Bool

    init(isInternational: Bool) { self.isInternational = isInternational }

    mutating func line(_ text: String) {
        octets += text.utf8
        octets += [0x0D, 0x0A]
    }

    mutating func raw(_ content: [UInt8]) {
        octets += content
        if octets.suffix(2) != [0x0D, 0x0A] { octets += [0x0D, 0x0A] }
    }

    /// A field whose value is folded at blanks (RFC 5322 §2.2.3), and cut when it is very long.
    mutating func field(_ name: String, _ value: String) {
        wrap("\(name): " + clean(value), indent: "", following: "    ")
    }

    /// A paragraph.
    mutating func text(_ text: String, indent: String = "") {
        wrap(clean(text), indent: indent, following: indent)
    }

    private mutating func wrap(_ text: String, indent: String, following: String) {
        var line = indent
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.utf8.count + 1 + word.utf8.count > 76 {
                self.line(line)
                line = following
                isEmpty = true
            }
            if !isEmpty { line += " " }
            line += word
            isEmpty = false
        }
        self.line(line)
    }

    /// No control characters, and no more than `Limits.reportFieldOctets`.
    private func clean(_ text: String) -> String {
        var clean = ""
        for scalar in text.unicodeScalars {
            guard clean.utf8.count < Limits.reportFieldOctets else { break }
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                clean += " "
            } else if scalar.isASCII || isInternational {
                clean.unicodeScalars.append(scalar)
            } else {
                clean += "\\x{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return clean
    }
}
