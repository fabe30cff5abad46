import InternetMessage

/// Messages written as text in tests, with CRLF line ends.
enum Message {
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for octet in text.utf8 {
            if octet == 0x0A { bytes.append(0x0D) }
            bytes.append(octet)
        }
        return bytes
    }

    static func parse(_ text: String, _ change: (inout Budget) -> Void = { _ in }) -> ParsedMessage
    {
        var budget = Budget()
        change(&budget)
        return MessageParser(budget: budget).parse(bytes(text))
    }

    /// The tree in one line: `multipart/mixed[text/plain image/png]`, messages in braces.
    static func tree(_ part: BodyPart) -> String {
        var text = part.contentType.mediaType
        if !part.children.isEmpty {
            text += "[" + part.children.map(tree).joined(separator: " ") + "]"
        }
        if let message = part.message { text += "{" + tree(message) + "}" }
        return text
    }

    static func codes(_ message: ParsedMessage) -> Set<Defect.Code> {
        Set(message.defects.map(\.code))
    }
}
