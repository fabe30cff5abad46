/// How the fields of a new ARC set are written.
public enum ARCFieldLayout: Sendable {
    /// Lines of at most 78 octets where that can be; `i=` first and `b=` last.
    case folded
    /// The form that the ARC test suite compares signatures in: tags by name, one fold behind each
    /// semicolon, no other blanks. Its lines grow with the key.
    case standard

    /// Octets of a line of results that is still broken where it can be (RFC 5322 §2.1.1).
    private static let lineOctets = 74

    /// Writes a signature field; without a signature as it is signed, with an empty `b=`. Nil when
    /// a value breaks its form.
    func field(
        _ name: String, _ tags: [(name: String, value: String)], signature: [UInt8]? = nil
    ) -> RawField? {
        switch self {
        case .standard:
            let all = tags + [("b", signature.map { Base64.encode($0) } ?? "")]
            let text = all.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
            return RawField("\(name): \(text.joined(separator: ";\r\n "))")
        case .folded:
            var writer = SignatureFieldWriter(name)
            for tag in tags {
                if tag.name == "h" {
                    let words = tag.value.split(separator: ":", omittingEmptySubsequences: false)
                    writer.add(tag.name, words: words.map(String.init))
                } else {
                    writer.add(tag.name, tag.value)
                }
            }
            writer.addEmptySignature()
            return RawField(signature.map { writer.finished($0) } ?? writer.text)
        }
    }

    /// Breaks a text at its spaces.
    static func lines(of text: String) throws(ARCDefect) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            guard word.utf8.count <= Limits.arcWordOctets else {
                throw ARCDefect(
                    "The results hold a word of more than \(Limits.arcWordOctets) octets.")
            }
            if !line.isEmpty, line.utf8.count + word.utf8.count >= lineOctets {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
