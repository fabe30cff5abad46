/// What stands between two commas of an address list, in pieces.
struct AddressItem {
    private struct Piece {
        var text: [UInt8]
        var isQuoted: Bool
        var isAfterSpace: Bool
    }

    private var pieces: [Piece] = []
    var comments: [[UInt8]] = []
    /// The content of the angle brackets.
    var angle: [UInt8]?
    var isAfterSpace = false

    /// Whether a colon here ends the name of a group.
    var canNameGroup: Bool {
        angle == nil && !pieces.contains { !$0.isQuoted && $0.text.contains(Octet.at) }
    }

    mutating func append(_ text: [UInt8], isQuoted: Bool) {
        pieces.append(Piece(text: text, isQuoted: isQuoted, isAfterSpace: isAfterSpace))
        isAfterSpace = false
    }

    /// The words as a display name.
    var phrase: String? { AddressItem.text(of: pieces[...]) }

    /// The mailbox; nil when nothing was there.
    var address: Address? {
        if let angle {
            var address = AddressItem.mailbox(angle)
            address.displayName = phrase ?? comment
            return address
        }
        guard !pieces.isEmpty else {
            return comment.map { Address(displayName: $0, localPart: "", domain: "") }
        }
        guard let at = pieces.lastIndex(where: { !$0.isQuoted && $0.text.contains(Octet.at) })
        else {
            // A lone word is the name of a local mailbox; more are a name without an address.
            guard pieces.count > 1 || pieces[0].isQuoted else {
                let local = Charset.decodeUnlabelled(pieces[0].text).text
                return Address(displayName: comment, localPart: local, domain: "")
            }
            return Address(displayName: phrase, localPart: "", domain: "")
        }
        // `a b @ c . d`: dots and at signs hold pieces together across space (RFC 5322 §4.4).
        var first = at
        while first > 0,
            !pieces[first].isAfterSpace || AddressItem.joins(pieces[first - 1], pieces[first])
        {
            first -= 1
        }
        var last = at
        while last + 1 < pieces.count,
            !pieces[last + 1].isAfterSpace || AddressItem.joins(pieces[last], pieces[last + 1])
        {
            last += 1
        }
        var spec: [UInt8] = []
        for piece in pieces[first...last] {
            spec += piece.isQuoted ? AddressItem.quoted(piece.text) : piece.text
        }
        var address = AddressItem.mailbox(spec)
        let words = pieces[..<first] + pieces[(last + 1)...]
        address.displayName = AddressItem.text(of: words) ?? comment
        return address
    }

    private var comment: String? {
        let texts = comments.compactMap { comment -> String? in
            let text = EncodedWord.decode([UInt8](comment.trimmed)).text
            return text.isEmpty ? nil : text
        }
        return texts.isEmpty ? nil : texts.joined(separator: " ")
    }

    private static func text(of pieces: ArraySlice<Piece>) -> String? {
        var joined: [UInt8] = []
        for piece in pieces {
            if piece.isAfterSpace, !joined.isEmpty { joined.append(Octet.space) }
            joined += piece.text
        }
        let text = EncodedWord.decode([UInt8](joined.trimmed)).text
        return text.isEmpty ? nil : text
    }

    private static func joins(_ left: Piece, _ right: Piece) -> Bool {
        let isOpen = left.text.last == Octet.at || left.text.last == Octet.dot
        let isContinued = right.text.first == Octet.at || right.text.first == Octet.dot
        return (isOpen && !left.isQuoted) || (isContinued && !right.isQuoted)
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var quoted = [Octet.quote]
        for octet in text {
            if octet == Octet.quote || octet == Octet.backslash { quoted.append(Octet.backslash) }
            quoted.append(octet)
        }
        return quoted + [Octet.quote]
    }

    /// Reads `local@domain`, with a route before it (RFC 5322 §4.4), comments, space and quotes.
    static func mailbox(_ spec: [UInt8]) -> Address {
        var scanner = FieldScanner(spec)
        var clean: [UInt8] = []
        var lastAt: Int?
        while let octet = scanner.current {
            if octet == Octet.openParenthesis, scanner.comment() != nil { continue }
            if octet == Octet.quote {
                clean += scanner.quotedString(stop: Octet.at).text
                continue
            }
            scanner.position &+= 1
            if octet.isWhitespace || octet == Octet.less || octet == Octet.greater { continue }
            if octet == Octet.colon, clean.first == Octet.at {
                clean = []
                lastAt = nil
                continue
            }
            if octet == Octet.at { lastAt = clean.count }
            clean.append(octet)
        }
        func text(_ octets: ArraySlice<UInt8>) -> String {
            Charset.decodeUnlabelled([UInt8](octets)).text
        }
        guard let lastAt else { return Address(localPart: text(clean[...]), domain: "") }
        return Address(
            localPart: text(clean[..<lastAt]), domain: text(clean[(lastAt &+ 1)...]))
    }
}
