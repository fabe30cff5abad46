/// One part of a message (RFC 2045 §2.4), or the message itself: what it says it is, and where its
/// octets lie.
public struct BodyPart: Sendable {
    /// The octets in which the ranges of this part lie: those of the message, or those of the
    /// enclosing part once decoded.
    public let source: [UInt8]
    /// The header section, without the empty line.
    public let headerRange: Range<Int>
    /// The body as transferred; of a multipart, everything between its header and its end.
    public let bodyRange: Range<Int>
    /// The fields of the header section, as far as the budget went.
    public let headers: [HeaderField]
    /// The content type: the one declared, or the default of RFC 2045 §5.2 and RFC 2046 §5.1.5.
    public let contentType: ContentType
    /// The `Content-Disposition` (RFC 2183), when there is one.
    public let disposition: ContentDisposition?
    /// The `Content-Transfer-Encoding` (RFC 2045 §6).
    public let transferEncoding: TransferEncoding
    /// The parts of a multipart.
    public let children: [BodyPart]
    /// What stands before the first boundary of a multipart.
    public let preambleRange: Range<Int>
    /// What stands after the last boundary of a multipart.
    public let epilogueRange: Range<Int>
    /// The embedded message, in an array because a value cannot hold its own kind.
    let embedded: [BodyPart]

    /// The message inside a `message/rfc822` or `message/global` part.
    public var message: BodyPart? { embedded.first }

    /// The name of the file, for people: from `Content-Disposition`, else from `Content-Type`;
    /// RFC 2231 forms, encoded words and plain 8-bit names are decoded. Never a safe path.
    public var fileName: String? {
        for parameters in [disposition?.parameters, contentType.parameters] {
            guard let parameters else { continue }
            if let name = parameters.first(named: "filename") ?? parameters.first(named: "name"),
                !name.value.isEmpty
            {
                return name.decodedValue
            }
        }
        return nil
    }

    /// The `Content-ID` without its brackets.
    public var contentIdentifier: MessageIdentifier? {
        headers.first(named: "Content-ID")?.messageIdentifiers.first
    }

    /// Whether the part asks to be saved rather than shown.
    public var isAttachment: Bool { disposition?.kind == "attachment" }

    /// This part, then all parts below it, parents before children, embedded messages included.
    public var allParts: [BodyPart] {
        var found: [BodyPart] = []
        var waiting = [self]
        while let part = waiting.popLast() {
            found.append(part)
            waiting.append(contentsOf: part.embedded.reversed())
            waiting.append(contentsOf: part.children.reversed())
        }
        return found
    }

    /// The body as transferred.
    public var rawBody: ArraySlice<UInt8> { source[bodyRange] }

    /// The body with its transfer encoding taken off, `limit` octets at most.
    public func decodedBody(limit: Int = Limits.decodedBytes) -> [UInt8] {
        decode(limit: limit).bytes
    }

    /// The body with its transfer encoding taken off, what was wrong, and whether it is whole.
    public func decode(limit: Int = Limits.decodedBytes) -> DecodedBody {
        transferEncoding.decode(source, in: bodyRange, limit: limit)
    }

    /// As `decode(limit:)`, and what comes out is taken from a budget.
    public func decode(charging budget: inout Budget) -> DecodedBody {
        let body = decode(limit: budget.decodedBytes)
        _ = budget.charge(\.decodedBytes, body.bytes.count)
        return body
    }

    /// The body as text in the declared character set, made of `limit` decoded octets at most.
    public func text(limit: Int = Limits.decodedBytes) -> String { decodedText(limit: limit).text }

    /// As `text(limit:)`, with what was wrong.
    public func decodedText(limit: Int = Limits.decodedBytes) -> DecodedText {
        let body = decode(limit: limit)
        var text = Charset.decode(body.bytes, label: contentType.charset)
        text.defects.formUnion(body.defects)
        return text
    }
}
