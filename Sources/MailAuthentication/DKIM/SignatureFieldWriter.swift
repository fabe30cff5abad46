/// Writes a signature field folded at 78 columns (RFC 5322 §2.1.1), its `b=` last.
struct SignatureFieldWriter {
    private(set) var text: String
    private var column: Int

    private static let width = 78

    /// `name`: the field's name, without the colon.
    init(_ name: String) {
        text = name + ":"
        column = text.utf8.count
    }

    /// Adds `name=value;`, on a line of its own when it does not fit behind the others.
    mutating func add(_ name: String, _ value: String) {
        put("\(name)=\(value);", separator: " ")
    }

    /// Adds `name=a:b:c;`, folded between the words.
    mutating func add(_ name: String, words: [String]) {
        for (index, word) in words.enumerated() {
            let start = index == 0 ? "\(name)=" : ""
            let end = index == words.count - 1 ? ";" : ":"
            put(start + word + end, separator: index == 0 ? " " : "")
        }
    }

    /// Adds `b=` without a value, which is how it is signed.
    mutating func addEmptySignature() {
        put("b=", separator: " ")
    }

    /// The field with the signature behind the `b=`.
    func finished(_ signature: [UInt8]) -> String {
        var writer = self
        var rest = Substring(Base64.encode(signature))
        while !rest.isEmpty {
            let room = Self.width - writer.column
            if room < 8 {
                writer.fold()
                continue
            }
            writer.text += rest.prefix(room)
            writer.column += min(room, rest.utf8.count)
            rest = rest.dropFirst(room)
        }
        return writer.text
    }

    private mutating func put(_ part: String, separator: String) {
        let count = part.utf8.count
        if column + separator.utf8.count + count > Self.width {
            fold()
        } else {
            text += separator
            column += separator.utf8.count
        }
        text += part
        column += count
    }

    private mutating func fold() {
        text += "\r\n\t"
        // A tab counts as the one octet it is.
        column = 1
    }
}
