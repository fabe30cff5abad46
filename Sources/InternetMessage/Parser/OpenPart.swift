/// A part whose end has not been met yet.
struct OpenPart {
    /// How its body is read.
    enum Kind {
        /// Not looked into.
        case leaf
        /// Cut at its boundary.
        case multipart
        /// Read on as a header section.
        case message
        /// Decoded first, then parsed on its own.
        case encodedMessage
    }

    let headerRange: Range<Int>
    let bodyStart: Int
    let headers: [HeaderField]
    /// Whether this is the message inside the part before it on the stack.
    let isEmbedded: Bool
    var kind = Kind.leaf
    var contentType = ContentType.plainText
    var disposition: ContentDisposition?
    var transferEncoding = TransferEncoding.sevenBit
    var boundary: [UInt8]?
    var children: [BodyPart] = []
    var embedded: [BodyPart] = []
    /// Where the preamble of a multipart ends; nil while no boundary line was met.
    var preambleEnd: Int?
    /// Where the epilogue of a multipart begins; nil while its last boundary line was not met.
    var epilogueStart: Int?

    init(section: HeaderSection, isEmbedded: Bool) {
        headerRange = section.range
        bodyStart = section.bodyStart
        headers = section.fields
        self.isEmbedded = isEmbedded
    }

    var isMessageKind: Bool { kind == .message || kind == .encodedMessage }

    /// The finished part; `end` is where its body ends.
    func finished(source: [UInt8], end: Int) -> BodyPart {
        let end = max(bodyStart, end)
        let preambleEnd = kind == .multipart ? min(max(preambleEnd ?? end, bodyStart), end) : end
        let epilogueStart = min(epilogueStart ?? end, end)
        return BodyPart(
            source: source, headerRange: headerRange, bodyRange: bodyStart..<end, headers: headers,
            contentType: contentType, disposition: disposition, transferEncoding: transferEncoding,
            children: children,
            preambleRange: bodyStart..<(kind == .multipart ? preambleEnd : bodyStart),
            epilogueRange: epilogueStart..<end, embedded: embedded)
    }
}
