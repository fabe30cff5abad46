/// A bounded reader of XML that is fed with chunks of any size and never holds more than one tag
/// of the document. It expands no entities, loads nothing, refuses document types, and reads on
/// over broken markup, telling its handler what it made of it (docs/decisions/0004).
public struct XMLReader<Handler: XMLHandler> {
    public var handler: Handler
    let limits: ReportLimits

    /// Where in the markup the next byte stands. From `text` every markup begins and to it every
    /// markup returns.
    enum State: Sendable {
        case text, reference
        case markup, bang, comment, cdata, instruction, skipToEnd
        case startName, inTag, emptyTag, attributeName, beforeValue, value
        case endName, afterEndName
    }

    var state = State.text
    /// Bytes before the piece that is being read.
    var pieceOffset = 0
    /// Name, reference or `<!` opening that is being read, and where its tag began.
    var token: [UInt8] = []
    var tagOffset = 0
    var attribute: [UInt8] = []
    var value: [UInt8] = []
    var attributeCount = 0
    /// Closing quote of an attribute's value; 0 for one without quotes.
    var quote: UInt8 = 0
    /// How many bytes of the end of a comment, a CDATA section or an instruction were seen.
    var endMatch = 0

    /// How many elements are open.
    var depth = 0
    /// Qualified names of the open elements, one after the other, and where each begins.
    var names: [UInt8]
    var nameStarts: [Int]
    var elementCount = 0
    /// After the document element nothing is handed over.
    var isMuted = false
    var hasLeadingText = false
    var leadingBytes = 0
    var hasTrailingText = false

    private var head: [UInt8] = []
    private var encoding: XMLEncoding?
    private var transcoder: XMLTranscoder?
    private var transcoded: [UInt8] = []
    private var byteCount = 0
    private var failure: XMLFailure?

    public init(handler: Handler, limits: ReportLimits = .init()) {
        self.handler = handler
        self.limits = limits
        names = Array(repeating: 0, count: 256)
        nameStarts = Array(repeating: 0, count: limits.depth + 2)
    }

    /// Reads the next bytes of the document.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) throws(XMLFailure) {
        if let failure { throw failure }
        do {
            try take(chunk.bindMemory(to: UInt8.self))
        } catch {
            failure = error
            throw error
        }
    }

    /// Ends the document: what is still open is closed.
    public mutating func finish() throws(XMLFailure) {
        if let failure { throw failure }
        do {
            if encoding == nil { try decideEncoding(isComplete: true) }
            if transcoder != nil {
                transcoded.removeAll(keepingCapacity: true)
                transcoder?.finish(into: &transcoded)
                try readTranscoded()
                if transcoder?.hasReplaced == true {
                    handler.depart(
                        .invalidUTF8, .note, at: pieceOffset,
                        "Bytes that stand for no character were read as U+FFFD.")
                }
            }
            try endDocument()
        } catch {
            failure = error
            throw error
        }
    }

    // MARK: Encoding

    private static var sliceBytes: Int { 16_384 }

    private mutating func take(_ chunk: XMLBytes) throws(XMLFailure) {
        byteCount += chunk.count
        guard byteCount <= limits.documentBytes else {
            throw XMLFailure(
                .tooLarge, at: limits.documentBytes,
                "The document has more than \(limits.documentBytes) bytes. "
                    + "Ask the reporter for smaller reports, or raise the limit.")
        }
        var rest = chunk[...]
        while encoding == nil, !rest.isEmpty {
            let part = rest.prefix(XMLEncoding.declarationBytes)
            head.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            try decideEncoding(isComplete: false)
        }
        if encoding != nil { try decode(XMLBytes(rebasing: rest)) }
    }

    private mutating func decideEncoding(isComplete: Bool) throws(XMLFailure) {
        guard let found = XMLEncoding.detect(head, isComplete: isComplete) else { return }
        encoding = found.encoding
        pieceOffset = found.skip
        if let note = found.note {
            handler.depart(note.code, .note, at: 0, note.detail)
        }
        if found.hasLeadingBlanks {
            handler.depart(
                .leadingText, .note, at: 0, "Blanks stand before the XML declaration.")
        }
        if found.encoding != .utf8 { transcoder = XMLTranscoder(encoding: found.encoding) }
        let kept = head
        head = []
        try Self.withBytes(of: kept, from: found.skip) { bytes throws(XMLFailure) in
            try decode(bytes)
        }
    }

    private mutating func decode(_ bytes: XMLBytes) throws(XMLFailure) {
        guard transcoder != nil else { return try read(bytes) }
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.sliceBytes, bytes.count)
            transcoded.removeAll(keepingCapacity: true)
            transcoder?.transcode(XMLBytes(rebasing: bytes[start..<end]), into: &transcoded)
            try readTranscoded()
            start = end
        }
    }

    private mutating func readTranscoded() throws(XMLFailure) {
        let piece = transcoded
        try Self.withBytes(of: piece, from: 0) { bytes throws(XMLFailure) in try read(bytes) }
    }

    private static func withBytes(
        of array: [UInt8], from start: Int, _ body: (XMLBytes) throws(XMLFailure) -> Void
    ) throws(XMLFailure) {
        var thrown: XMLFailure?
        array.withUnsafeBufferPointer { bytes in
            guard start < bytes.count else { return }
            do throws(XMLFailure) {
                try body(XMLBytes(rebasing: bytes[start...]))
            } catch {
                thrown = error
            }
        }
        if let thrown { throw thrown }
    }

    // MARK: The pass over the bytes

    private mutating func read(_ bytes: XMLBytes) throws(XMLFailure) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .text: index = try readText(bytes, index)
            case .startName, .inTag, .emptyTag, .attributeName, .beforeValue, .value:
                index = try readTag(bytes, index)
            case .endName, .afterEndName: index = try readEndTag(bytes, index)
            case .reference: index = try readReference(bytes, index)
            case .markup, .bang: index = try readMarkup(bytes, index)
            case .comment, .cdata, .instruction, .skipToEnd:
                index = try readSection(bytes, index)
            }
        }
        pieceOffset += bytes.count
    }

    private mutating func endDocument() throws(XMLFailure) {
        if state == .reference {
            flushReference(at: pieceOffset)
            state = .text
        }
        guard elementCount > 0 else {
            let isEmpty = leadingBytes == 0 && state == .text
            throw isEmpty
                ? XMLFailure(.empty, at: 0, "The document is empty.")
                : XMLFailure(
                    .notAReport, at: 0, "The document holds no XML element, so it is no report.")
        }
        guard !isMuted else { return }
        handler.depart(
            .truncatedDocument, .repair, at: pieceOffset,
            "The document stops before its end; what came whole was read.")
        while depth > 0 { try pop(.endOfDocument) }
    }
}

extension XMLReader: Sendable where Handler: Sendable {}
