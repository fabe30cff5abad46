/// The end of parts, and those that are decoded before they are parsed.
extension EntityParser {
    /// Ends the innermost open part and gives it to the one around it.
    mutating func closeInnermost(at end: Int) {
        let isEmbedded = open.last?.isEmbedded ?? false
        let part = finish(at: end)
        guard !open.isEmpty else { return }
        if isEmbedded {
            open[open.count &- 1].embedded = [part]
        } else {
            open[open.count &- 1].children.append(part)
        }
    }

    /// Takes the innermost open part off the stack and makes the value of it.
    mutating func finish(at end: Int) -> BodyPart {
        var part = open.removeLast()
        let end = max(part.bodyStart, end)
        if let boundary = part.boundary {
            boundaries.forget(boundary, level: open.count)
            if !isExhausted, part.epilogueStart == nil {
                let isUnused = part.preambleEnd == nil
                note(isUnused ? .boundaryNeverUsed : .missingEndBoundary, at: part.bodyStart)
            }
        }
        let isWholeEncoded = part.kind == .multipart && part.preambleEnd == nil
        if part.transferEncoding.isEncoded, isWholeEncoded || part.kind == .encodedMessage {
            parseDecodedBody(of: &part, end: end)
        }
        return part.finished(source: source, end: end)
    }

    /// A message or multipart that was transfer-encoded as a whole, against RFC 2045 §6.4: decodes
    /// it within the budget and parses what comes out.
    private mutating func parseDecodedBody(of part: inout OpenPart, end: Int) {
        let allowed = min(budget.encodedDepth, Limits.encodedDepth)
        guard !isExhausted, end > part.bodyStart else { return }
        guard place.encodedDepth < allowed else {
            note(.encodedTooDeep, at: part.bodyStart)
            return
        }
        let body = part.transferEncoding.decode(
            source, in: part.bodyStart..<end, limit: budget.decodedBytes)
        _ = budget.charge(\.decodedBytes, body.bytes.count)
        if body.isTruncated { note(.tooManyDecodedBytes, at: part.bodyStart) }
        for code in body.defects.sorted(by: { $0.rawValue < $1.rawValue }) {
            note(code, at: part.bodyStart)
        }
        guard !body.bytes.isEmpty, part.kind == .multipart || budget.charge(\.parts) else { return }
        parseRun(body.bytes, of: &part)
    }

    private mutating func parseRun(_ bytes: [UInt8], of part: inout OpenPart) {
        var inner = EntityParser(
            source: bytes, lineEnd: LineCensus(bytes).lineEnd, budget: budget, log: log,
            place: Place(
                depth: place.depth &+ open.count &+ 1,
                messageDepth: place.messageDepth &+ open.count { $0.isMessageKind } &+ 1,
                encodedDepth: place.encodedDepth &+ 1,
                outerOffset: place.outerOffset ?? part.bodyStart))
        if part.kind == .multipart {
            part.children = inner.parseMultipartBody(like: part)
        } else {
            part.embedded = [inner.parseMessage(countingPart: false)]
        }
        budget = inner.budget
        log = inner.log
        isExhausted = isExhausted || inner.isExhausted
    }

    /// Parses the run as the body of a multipart that was decoded, and returns its parts.
    private mutating func parseMultipartBody(like outer: OpenPart) -> [BodyPart] {
        var part = OpenPart(
            section: HeaderSection(fields: [], range: 0..<0, bodyStart: 0), isEmbedded: false)
        part.kind = .multipart
        part.contentType = outer.contentType
        part.boundary = outer.boundary
        open = [part]
        if let boundary = part.boundary { boundaries.open(boundary, level: 0) }
        return parseBodies(from: 0).children
    }
}
