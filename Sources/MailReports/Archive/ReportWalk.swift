/// One reading of one source: opens layer after layer until it meets documents.
struct ReportWalk {
    let limits: ArchiveLimits
    let reportLimits: ReportLimits
    let now: Int64?
    /// Archive entries and mail parts that may still be opened.
    var entriesLeft: Int

    /// Where a layer lies.
    struct Place {
        /// Names it for people.
        var path: String
        /// Containers around it.
        var depth = 0
        var meter: DecompressionMeter
        /// False once a layer around it was decompressed.
        var isPlain = true
        /// True in mails, where only what looks like a report is read: bodies are XML, too.
        var isMailPart = false
        var irregularities = Irregularities()
    }

    /// What a layer turned out to be.
    enum Outcome {
        /// At least one document was begun.
        case documents
        /// No document; what it is instead, in words that follow "it is".
        case nothing(String)
    }

    init(limits: ArchiveLimits, reportLimits: ReportLimits, now: Int64?) {
        self.limits = limits
        self.now = now
        self.reportLimits = reportLimits
        self.entriesLeft = limits.entries
    }

    /// Reads the outermost layer; one without any document is refused.
    mutating func readAll(
        _ input: ByteStream, name: String, into visitor: inout some ReportVisitor
    ) throws {
        let meter = DecompressionMeter(limits: limits, compressed: input)
        let outcome = try read(input, at: Place(path: name, meter: meter), into: &visitor)
        guard case .nothing(let what) = outcome else { return }
        let isEmpty = what == Self.emptyFile
        try refuse(
            ReportRefusal(
                isEmpty ? .empty : .notAReport, path: name,
                isEmpty
                    ? "It is an empty file. Ask for it again, or check how it was saved."
                    : "There is no DMARC or TLS report in it: it is \(what)."),
            into: &visitor)
    }

    /// Reads one layer.
    mutating func read(
        _ input: ByteStream, at place: Place, into visitor: inout some ReportVisitor
    ) throws -> Outcome {
        do {
            return try open(input, at: place, into: &visitor)
        } catch let refusal as ReportRefusal {
            // Thrown before a document was begun: by the layers below, or for their depth.
            try refuse(refusal, at: place.path, into: &visitor)
            return .documents
        }
    }

    static let emptyFile = "an empty file"

    private mutating func open(
        _ input: ByteStream, at place: Place, into visitor: inout some ReportVisitor
    ) throws -> Outcome {
        let head = try input.peek(ContentKind.window)
        let kind = ContentKind(head)
        let isReportLike = !place.isMailPart || ContentKind.looksLikeReport(head)
        switch kind {
        case .empty where place.irregularities.isCutShort:
            throw ReportRefusal(
                .corruptArchive, path: place.path,
                "Nothing in it can be unpacked: its compressed data is damaged or incomplete. "
                    + "Ask for it again, or check how it was saved.")
        case .empty: return .nothing(Self.emptyFile)
        case .html: return .nothing("a web page")
        case .other(let what): return .nothing(what)
        case .xml where isReportLike: try readXML(input, at: place, into: &visitor)
        case .xml: return .nothing("XML of another kind")
        case .json where isReportLike: try readJSON(input, at: place, into: &visitor)
        case .json: return .nothing("JSON of another kind")
        case .gzip, .zlib:
            var inner = try place.deeper(limits)
            inner.isPlain = false
            let layer = InflatedLayer.open(
                input, meter: place.meter, path: place.path, irregularities: place.irregularities)
            return try read(layer, at: inner, into: &visitor)
        case .base64:
            return try read(Base64Text.open(input), at: try place.deeper(limits), into: &visitor)
        case .zip: return try readArchive(input, .zip, at: place, into: &visitor)
        case .tar: return try readArchive(input, .tar, at: place, into: &visitor)
        case .sevenZip: return try readArchive(input, .sevenZip, at: place, into: &visitor)
        case .mail: return try readMail(input, at: place, into: &visitor)
        }
        return .documents
    }

    // MARK: Documents

    private func readXML(
        _ input: ByteStream, at place: Place, into visitor: inout some ReportVisitor
    ) throws {
        try Self.tell { try visitor.begin(path: place.path) }
        do {
            var parser = AggregateReportParser(
                path: place.path, limits: reportLimits, now: now)
            var length = 0
            while try input.take({ run in
                length += run.count
                guard length <= limits.documentBytes else {
                    throw ReportRefusal(
                        .tooLarge, path: place.path, offset: length,
                        "The document is longer than \(Plain.bytes(limits.documentBytes)), so "
                            + "reading was stopped. Ask the reporter for smaller reports.")
                }
                try parser.feed(run) { record in
                    do { try visitor.aggregateRecord(record) } catch {
                        throw VisitorStop(cause: error)
                    }
                }
            }) {}
            var report = try parser.finish { record in
                do { try visitor.aggregateRecord(record) } catch {
                    throw VisitorStop(cause: error)
                }
            }
            report.repairs += place.irregularities.repairs
            do { try visitor.aggregateReport(report) } catch { throw VisitorStop(cause: error) }
        } catch var refusal as ReportRefusal {
            if place.irregularities.isCutShort {
                refusal.explanation += " The compressed file around it is damaged or incomplete."
            }
            try Self.tell { try visitor.refused(refusal) }
        }
    }

    private func readJSON(
        _ input: ByteStream, at place: Place, into visitor: inout some ReportVisitor
    ) throws {
        try Self.tell { try visitor.begin(path: place.path) }
        do {
            let parser = TLSReportParser(
                path: place.path, limits: TLSReportLimits(times: reportLimits))
            guard let bytes = try input.readAll(limit: parser.limits.bytes) else {
                throw ReportRefusal(
                    .tooLarge, path: place.path,
                    "The document is longer than \(Plain.bytes(parser.limits.bytes)), which no "
                        + "TLS report needs. Ask the reporter for smaller reports.")
            }
            var report = try parser.parse(bytes)
            report.repairs += place.irregularities.repairs
            try Self.tell { try visitor.tlsReport(report) }
        } catch let refusal as ReportRefusal {
            try Self.tell { try visitor.refused(refusal) }
        }
    }

    // MARK: Telling

    /// Begins and refuses a document.
    func refuse(
        _ refusal: ReportRefusal, at path: String? = nil, into visitor: inout some ReportVisitor
    ) throws {
        var refusal = refusal
        if let path { refusal.path = path }
        try Self.tell {
            try visitor.begin(path: refusal.path)
            try visitor.refused(refusal)
        }
    }

    static func tell(_ body: () throws -> Void) throws {
        do { try body() } catch { throw VisitorStop(cause: error) }
    }
}

extension ReportWalk.Place {
    /// The place of a layer within this one; throws when that is too deep.
    func deeper(_ limits: ArchiveLimits) throws -> ReportWalk.Place {
        guard depth < limits.nestingDepth else {
            throw ReportRefusal(
                .tooDeep, path: path,
                "Archives and mails lie more than \(limits.nestingDepth) deep in each other here, "
                    + "so reading was stopped. Unpack it yourself and hand over what is inside.")
        }
        var inner = self
        inner.depth += 1
        return inner
    }

    /// The place of a named entry or part.
    func entry(_ name: String, _ limits: ArchiveLimits) throws -> ReportWalk.Place {
        var inner = try deeper(limits)
        inner.name(name, limits)
        inner.irregularities = Irregularities()
        return inner
    }

    /// Adds a name to the path; entries without a name are told by what is around them.
    mutating func name(_ name: String, _ limits: ArchiveLimits) {
        guard !name.isEmpty else { return }
        path += " › " + SafeText.line(name, limit: limits.nameLength)
    }
}
