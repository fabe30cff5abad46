/// Reads every report in a container: XML, JSON, mail, gzip, zip, tar and 7z in any nesting.
///
/// The bytes decide what something is, never its name or MIME type. Documents of any size are
/// read in constant memory, mails and 7z archives are held as a whole, within `ArchiveLimits`.
public struct ReportReader: Sendable {
    public var limits: ArchiveLimits
    public var reportLimits: ReportLimits
    /// The time, in seconds since 1970-01-01T00:00:00Z, after which a report cannot end by far.
    public var now: Int64?

    public init(
        limits: ArchiveLimits = ArchiveLimits(), reportLimits: ReportLimits = ReportLimits(),
        now: Int64? = nil
    ) {
        self.now = now
        self.limits = limits
        self.reportLimits = reportLimits
    }

    /// Reads `source` to its end and tells `visitor` about each document in it, in order.
    ///
    /// What cannot be read is a `refused` of its document, and the rest is read on; a source
    /// without any report gives one refusal. `name` is what people call the source.
    /// - Throws: what the visitor throws, and what the source throws that is no `ReportRefusal`.
    public func read<Source: ByteSource, Visitor: ReportVisitor>(
        _ source: inout Source, name: String, into visitor: inout Visitor
    ) throws {
        do {
            try withUnsafeMutablePointer(to: &source) { pointer in
                let stream = ByteStream { try pointer.pointee.read(into: $0) }
                var walk = ReportWalk(limits: limits, reportLimits: reportLimits, now: now)
                try walk.readAll(
                    stream, name: SafeText.line(name, limit: limits.nameLength), into: &visitor)
            }
        } catch let stop as VisitorStop {
            throw stop.cause
        }
    }

    /// Reads bytes that are in memory; see `read(_:name:into:)`.
    public func read<Visitor: ReportVisitor>(
        _ bytes: [UInt8], name: String, into visitor: inout Visitor
    ) throws {
        var source = BufferSource(bytes)
        try read(&source, name: name, into: &visitor)
    }

    /// Reads a file, or standard input for `-`; see `read(_:name:into:)`.
    public func read<Visitor: ReportVisitor>(
        file path: String, into visitor: inout Visitor
    ) throws {
        do {
            var source = try FileSource(path: path)
            try read(&source, name: path == "-" ? "standard input" : path, into: &visitor)
        } catch let refusal as ReportRefusal where refusal.code == .unreadableFile {
            try visitor.begin(path: refusal.path)
            try visitor.refused(refusal)
        }
    }
}

/// Carries an error of the visitor through the layers, so that it is not taken for a document's.
struct VisitorStop: Error {
    var cause: any Error
}
