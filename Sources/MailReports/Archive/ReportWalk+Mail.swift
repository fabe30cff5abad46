import InternetMessage

/// Mails: every part is looked at, whatever it is called.
extension ReportWalk {
    mutating func readMail(
        _ input: ByteStream, at place: Place, into visitor: inout some ReportVisitor
    ) throws -> Outcome {
        guard let bytes = try input.readAll(limit: limits.mailBytes) else {
            throw ReportRefusal(
                .tooLarge, path: place.path,
                "The mail is longer than \(Plain.bytes(limits.mailBytes)). Save the report that is "
                    + "attached to it and hand that over.")
        }
        let message = MessageParser().parse(bytes)
        var findings = Findings()
        var inner = try place.deeper(limits)
        inner.isMailPart = true
        let hasDocuments = try readPart(message.root, at: inner, &findings, into: &visitor)
        if hasDocuments { return .documents }
        if message.isIncomplete {
            throw ReportRefusal(
                .tooManyEntries, path: place.path,
                "The mail has more parts than are read, and no report among those that were. Save "
                    + "the report that is attached to it and hand that over.")
        }
        return .nothing(findings.describe("a mail", items: "parts"))
    }

    /// Reads one part and what is below it; true when it held documents.
    private mutating func readPart(
        _ part: BodyPart, at place: Place, _ findings: inout Findings,
        into visitor: inout some ReportVisitor
    ) throws -> Bool {
        entriesLeft -= 1
        guard entriesLeft >= 0 else { throw tooManyEntries(at: place) }
        if let report = FailureReportParser().parse(part: part) {
            // The message it reports is evidence, not a report: nothing in it is read.
            try Self.tell {
                try visitor.begin(path: place.path)
                try visitor.failureReport(report)
            }
            return true
        }
        if let message = part.message {
            do {
                let inner = try place.entry(part.fileName ?? "forwarded mail", limits)
                return try readPart(message, at: inner, &findings, into: &visitor)
            } catch let refusal as ReportRefusal where refusal.code == .tooDeep {
                try refuse(refusal, into: &visitor)
                return true
            }
        }
        var hasDocuments = false
        for child in part.children {
            if try readPart(child, at: place, &findings, into: &visitor) { hasDocuments = true }
            if place.meter.isExhausted { return true }
        }
        guard part.children.isEmpty else { return hasDocuments }
        return try readLeaf(part, at: place, &findings, into: &visitor)
    }

    private mutating func readLeaf(
        _ part: BodyPart, at place: Place, _ findings: inout Findings,
        into visitor: inout some ReportVisitor
    ) throws -> Bool {
        let body = part.decodedBody(limit: limits.mailBytes)
        var inner = place
        inner.irregularities = Irregularities()
        inner.name(part.fileName ?? "", limits)
        let stream = ByteStream(body)
        if place.isPlain { place.meter.move(to: stream) }
        switch try read(stream, at: inner, into: &visitor) {
        case .documents: return true
        case .nothing(let what):
            findings.add(what)
            return false
        }
    }
}
