/// One message as authentication reads it: the fields of its header section in memory, and the body
/// where it lies.
///
/// Field boundaries are those of `InternetMessage.MessageParser`, so that what is authenticated is
/// what is shown; a test compares both over whole corpora.
public struct RawMessage: Sendable {
    /// How line ends are read.
    public enum LineEnds: Sendable {
        /// As sent: only CRLF ends a line for hashing (RFC 6376 §2.8 and §5.3).
        case asSent
        /// A bare LF counts as CRLF: for files that a Unix program stored.
        case bareLineFeeds
    }

    /// What kept the header section from being read whole.
    public enum Defect: String, Sendable, Codable {
        /// Octets or fields beyond `Limits` were not read.
        case headerTooLarge
        /// Lines between fields that are no field were skipped.
        case malformedLine
        /// A line that can only be body text ended the header without an empty line.
        case missingSeparator
    }

    /// The fields, top to bottom.
    public let fields: [RawField]
    public let body: any MessageBody
    public let lineEnds: LineEnds
    public let defects: Set<Defect>

    init(
        fields: [RawField], body: any MessageBody, lineEnds: LineEnds, defects: Set<Defect>
    ) {
        self.fields = fields
        self.body = body
        self.lineEnds = lineEnds
        self.defects = defects
    }

    /// Reads a message in memory. `lineEnds` nil: a message whose first line ends in a bare LF is
    /// one from a Unix file.
    public init(_ octets: [UInt8], lineEnds: LineEnds? = nil) {
        var reader = HeaderSectionReader(octets)
        reader.read()
        self.init(
            fields: reader.fields, body: BodyInMemory(octets[reader.bodyStart...]),
            lineEnds: lineEnds ?? reader.lineEnds, defects: reader.defects)
    }

    /// Puts a message together from its header section, the empty line included, and its body.
    /// Where the header section ends early, the rest of it belongs to the body.
    public init(header: [UInt8], body: any MessageBody, lineEnds: LineEnds? = nil) {
        var reader = HeaderSectionReader(header)
        reader.read()
        let rest = header[reader.bodyStart...]
        self.init(
            fields: reader.fields,
            body: rest.isEmpty ? body : BodyBehind(first: BodyInMemory(rest), second: body),
            lineEnds: lineEnds ?? reader.lineEnds, defects: reader.defects)
    }

    /// The fields of one name, top to bottom.
    public func fields(named name: StaticString) -> [RawField] {
        fields.filter { $0.isNamed(name) }
    }

    /// The same message with other fields.
    public func with(fields: [RawField]) -> RawMessage {
        RawMessage(fields: fields, body: body, lineEnds: lineEnds, defects: defects)
    }
}

/// One body right behind another.
private struct BodyBehind: MessageBody {
    let first: BodyInMemory
    let second: any MessageBody

    var count: Int { first.count + second.count }

    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        first.forEachPiece(use)
        second.forEachPiece(use)
    }
}
