/// The identifier of a message or a part (RFC 5322 §3.6.4), without its angle brackets.
public struct MessageIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// `left@right`, as written.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { "<\(text)>" }

    /// What stands after the last `@`.
    public var domain: Substring? {
        text.lastIndex(of: "@").map { text[text.index(after: $0)...] }
    }

    /// All identifiers of a field; words outside brackets count when there are no brackets at all.
    static func list(parsing bytes: [UInt8]) -> [MessageIdentifier] {
        var found: [MessageIdentifier] = []
        var index = 0
        while found.count < Limits.messageIdentifiers,
            let start = bytes.position(of: Octet.less, from: index, to: bytes.count)
        {
            let end = bytes.position(of: Octet.greater, from: start, to: bytes.count)
            append(bytes[(start &+ 1)..<(end ?? bytes.count)], to: &found)
            guard let end else { return found }
            index = end &+ 1
        }
        guard found.isEmpty, index == 0 else { return found }
        for word in bytes.split(whereSeparator: { $0.isWhitespace || $0 == Octet.comma }) {
            guard found.count < Limits.messageIdentifiers else { break }
            append(word, to: &found)
        }
        return found
    }

    private static func append(_ octets: ArraySlice<UInt8>, to found: inout [MessageIdentifier]) {
        let kept = octets.filter { !$0.isWhitespace && $0 != Octet.less }
        guard !kept.isEmpty else { return }
        found.append(MessageIdentifier(Charset.decodeUnlabelled([UInt8](kept)).text))
    }
}
