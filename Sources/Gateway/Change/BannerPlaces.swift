import InternetMessage

/// Which parts of a message a reader sees first: those get the banner.
enum BannerPlaces {
    enum Finding {
        /// Plain texts and pages, one of each kind of alternative.
        case parts([BodyPart])
        /// Nothing may be changed, or nothing is there to be; why, to go on after "because".
        case none(String)
    }

    static func find(in message: ParsedMessage) -> Finding {
        if message.isIncomplete { return .none("it has more parts or fields than are read") }
        if let type = sealedType(in: message.root) {
            return .none("it is signed or encrypted (\(type)), and a change would break that")
        }
        let found = texts(of: message.root, isWhole: true)
        guard !found.isEmpty else { return .none("it has no text that could be changed") }
        return .parts(found)
    }

    // MARK: Signed and encrypted mail

    private static let sealed: Set<String> = [
        "multipart/signed", "multipart/encrypted", "application/pkcs7-mime",
        "application/x-pkcs7-mime", "application/pkcs7-signature",
        "application/x-pkcs7-signature", "application/pgp-encrypted", "application/pgp-signature",
        "application/pgp",
    ]

    /// The type of the first part that signs or encrypts; messages inside are not looked into.
    private static func sealedType(in root: BodyPart) -> String? {
        var waiting = [root]
        while let part = waiting.popLast() {
            if sealed.contains(part.contentType.mediaType) { return part.contentType.mediaType }
            waiting += part.children
        }
        return nil
    }

    // MARK: The first texts

    /// Parts lie at most `Budget.depth` deep in each other.
    private static func texts(of part: BodyPart, isWhole: Bool) -> [BodyPart] {
        let type = part.contentType
        guard type.isMultipart else {
            let isText = type.type == "text" && (type.subtype == "plain" || type.subtype == "html")
            let isBody = isWhole || (!part.isAttachment && part.fileName == nil)
            return isText && isBody ? [part] : []
        }
        // What had to be decoded first (against RFC 2045 §6.4) lies nowhere in the message itself.
        guard !part.transferEncoding.isEncoded else { return [] }
        switch type.subtype {
        case "alternative": return part.children.flatMap { texts(of: $0, isWhole: false) }
        case "related": return start(of: part).map { texts(of: $0, isWhole: false) } ?? []
        default:
            for child in part.children {
                let found = texts(of: child, isWhole: false)
                if !found.isEmpty { return found }
            }
            return []
        }
    }

    /// RFC 2387 §3.2: the part that `start` names, else the first.
    private static func start(of part: BodyPart) -> BodyPart? {
        guard let wanted = part.contentType.parameters.first(named: "start")?.value else {
            return part.children.first
        }
        let name = wanted.drop { $0 == "<" || $0 == " " }.prefix { $0 != ">" }
        return part.children.first { $0.contentIdentifier?.text == String(name) }
            ?? part.children.first
    }
}
