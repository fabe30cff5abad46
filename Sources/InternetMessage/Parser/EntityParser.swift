/// Parses the entities of one run of octets: a message, or a part once it is decoded.
///
/// The open parts are a stack held in an array, not calls inside calls, so that no depth of nesting
/// can exhaust the stack of a thread. All open boundaries are in one table: a line is looked up
/// once, however many are open.
struct EntityParser {
    let source: [UInt8]
    let lineEnd: UInt8
    var budget: Budget
    var log: DefectLog
    /// Where the parts lie in the message: how deep this run is, and where it begins for people.
    let place: Place
    /// The parts whose end has not been met, the outermost first.
    var open: [OpenPart] = []
    var boundaries = BoundaryTable()
    /// Set when no further part may be opened: the rest is left unread.
    var isExhausted = false

    /// Where a run of octets lies.
    struct Place {
        var depth = 0
        var messageDepth = 0
        var encodedDepth = 0
        /// The offset in the message of the part that was decoded to give this run.
        var outerOffset: Int?
    }

    init(
        source: [UInt8], lineEnd: UInt8, budget: Budget, log: DefectLog, place: Place = Place()
    ) {
        self.source = source
        self.lineEnd = lineEnd
        self.budget = budget
        self.log = log
        self.place = place
    }

    mutating func note(_ code: Defect.Code, at offset: Int) {
        log.add(code, at: place.outerOffset ?? offset)
    }

    /// Parses the run as one message.
    mutating func parseMessage(countingPart: Bool = true) -> BodyPart {
        if countingPart { _ = budget.charge(\.parts) }
        let bodyStart = openPart(at: 0, isMessage: true, isEmbedded: false, inDigest: false)
        return parseBodies(from: bodyStart)
    }

    /// Goes from boundary line to boundary line until the run ends, and returns the outermost part.
    mutating func parseBodies(from start: Int) -> BodyPart {
        var position = start
        while !isExhausted, let line = nextDelimiter(from: position) {
            position = line.next
            while open.count > line.level &+ 1 {
                closeInnermost(at: endOfContent(before: line.start))
            }
            meet(line)
            if line.isClosing { continue }
            guard budget.charge(\.parts) else {
                note(.tooManyParts, at: line.start)
                isExhausted = true
                break
            }
            position = openPart(
                at: line.next, isMessage: false, isEmbedded: false,
                inDigest: open[line.level].contentType.isDigest)
        }
        while open.count > 1 { closeInnermost(at: source.count) }
        return finish(at: source.count)
    }

    /// Marks a boundary line in the multipart it belongs to.
    private mutating func meet(_ line: BoundaryLine) {
        if open[line.level].preambleEnd == nil {
            open[line.level].preambleEnd = endOfContent(before: line.start)
        }
        if line.isClosing {
            open[line.level].epilogueStart = line.next
            if let boundary = open[line.level].boundary {
                boundaries.close(boundary, level: line.level)
            }
        }
    }

    /// Reads one header section and opens its part, and the message in it when it is one.
    /// Returns where its body begins.
    private mutating func openPart(
        at start: Int, isMessage: Bool, isEmbedded: Bool, inDigest: Bool
    ) -> Int {
        var start = start
        var isMessage = isMessage
        var isEmbedded = isEmbedded
        var inDigest = inDigest
        while true {
            let section = parseHeaderSection(from: start, isMessage: isMessage)
            var part = OpenPart(section: section, isEmbedded: isEmbedded)
            readContentFields(of: &part, inDigest: inDigest)
            chooseKind(of: &part)
            open.append(part)
            start = section.bodyStart
            switch part.kind {
            case .leaf, .encodedMessage: return start
            case .multipart:
                if let boundary = part.boundary {
                    if boundaries.isOpen(boundary) { note(.nestedSameBoundary, at: start) }
                    boundaries.open(boundary, level: open.count &- 1)
                }
                return start
            case .message:
                guard budget.charge(\.parts) else {
                    note(.tooManyParts, at: start)
                    isExhausted = true
                    return start
                }
                (isMessage, isEmbedded, inDigest) = (true, true, false)
            }
        }
    }

    /// Decides how the body of a part is read.
    private mutating func chooseKind(of part: inout OpenPart) {
        let type = part.contentType
        let start = part.bodyStart
        if type.isMultipart {
            guard let boundary = usableBoundary(of: type, at: start) else { return }
            guard hasRoom(at: start) else { return }
            part.kind = .multipart
            part.boundary = boundary
            if part.transferEncoding.isEncoded { note(.encodedComposite, at: start) }
        } else if type.isMessage {
            guard hasRoom(at: start) else { return }
            let depth = place.messageDepth &+ open.count { $0.isMessageKind }
            guard depth < budget.messageDepth else {
                note(.tooManyNestedMessages, at: start)
                return
            }
            if part.transferEncoding.isEncoded { note(.encodedComposite, at: start) }
            // A colon cannot stand in base64: what looks like a field is one.
            let isPlain =
                !part.transferEncoding.isEncoded
                || (part.transferEncoding == .base64 && looksLikeField(at: start))
            part.kind = isPlain ? .message : .encodedMessage
        } else if type.type == "message" {
            if type.subtype == "partial" { note(.partialMessage, at: start) }
            if type.subtype == "external-body" { note(.externalBody, at: start) }
        }
    }

    private mutating func hasRoom(at offset: Int) -> Bool {
        if place.depth &+ open.count < min(budget.depth, Limits.greatestDepth) { return true }
        note(.tooDeep, at: offset)
        return false
    }

    private mutating func usableBoundary(of type: ContentType, at offset: Int) -> [UInt8]? {
        guard let parameter = type.parameters.first(named: "boundary") else {
            note(.missingBoundary, at: offset)
            return nil
        }
        var boundary = parameter.rawValue
        while let last = boundary.last, last.isWhitespace { boundary.removeLast() }
        guard !boundary.isEmpty else {
            note(.missingBoundary, at: offset)
            return nil
        }
        if boundary.count > Limits.standardBoundaryBytes { note(.overlongBoundary, at: offset) }
        return boundary.count > Limits.boundaryBytes ? nil : boundary
    }

    /// Where the content before a boundary line ends: the line end before it is the boundary's
    /// (RFC 2046 §5.1.1).
    func endOfContent(before lineStart: Int) -> Int {
        guard lineStart > 0, source[lineStart &- 1] == lineEnd else { return lineStart }
        let end = lineStart &- 1
        guard lineEnd == Octet.lineFeed, end > 0, source[end &- 1] == Octet.carriageReturn else {
            return end
        }
        return end &- 1
    }
}
