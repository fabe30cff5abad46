/// One response of an IMAP server: a line, with the literals that interrupt it (RFC 9051 §2.2.2).
struct IMAPResponse: Hashable, Sendable {
    /// A piece of a line, or octets whose number was announced.
    enum Piece: Hashable, Sendable {
        case text([UInt8])
        case literal([UInt8])
    }

    var pieces: [Piece]

    /// The words before the first literal, without the line end.
    var head: String {
        guard case .text(let octets)? = pieces.first else { return "" }
        return String(decoding: octets, as: UTF8.self)
    }

    /// What a tagged response says of its command; nil for others.
    func status(of tag: String) -> Status? {
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == tag else { return nil }
        let text = words.count > 2 ? String(words[2]) : ""
        switch words[1].uppercased() {
        case "OK": return .done(text)
        case "NO": return .refused(text)
        default: return .refused(text.isEmpty ? head : text)
        }
    }

    enum Status: Hashable, Sendable {
        case done(String)
        case refused(String)
    }

    /// `EXISTS` of `* 12 EXISTS`, with its number.
    var numbered: (number: UInt32, word: String)? {
        let words = head.split(separator: " ", maxSplits: 3)
        guard words.count >= 3, words[0] == "*", let number = UInt32(words[1]) else { return nil }
        return (number, words[2].uppercased())
    }

    /// The words behind `* WORD`, or nil for another response.
    func untagged(_ word: String) -> Substring? {
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "*", words[1].uppercased() == word else { return nil }
        return words.count > 2 ? words[2] : ""
    }

    /// The number of a response code: `7` of `* OK [UIDVALIDITY 7] …`.
    func code(_ name: String) -> UInt32? {
        guard let rest = untagged("OK"), rest.first == "[" else { return nil }
        let inside = rest.dropFirst().prefix { $0 != "]" }.split(separator: " ")
        guard inside.count == 2, inside[0].uppercased() == name else { return nil }
        return UInt32(inside[1])
    }
}
