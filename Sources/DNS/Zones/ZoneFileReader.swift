/// Reads a zone file record by record, and goes on behind a record that is wrong.
public struct ZoneFileReader {
    /// Gives the octets of a file named by `$INCLUDE`; nil when there is none.
    public typealias Include = (_ name: String) -> [UInt8]?

    private struct Source {
        var lexer: ZoneLexer
        var name: String?
        /// Restored when the file ends (RFC 1035 §5.1).
        var origin: DNSName?
        var owner: DNSName?
        var statedTimeToLive: UInt32?
    }

    private var sources: [Source]
    private let include: Include?
    private var origin: DNSName?
    private var owner: DNSName?
    private var statedTimeToLive: UInt32?
    private var lastTimeToLive: UInt32?
    private let defaultTimeToLive: UInt32
    private var recordCount = 0

    /// Names are relative to the origin, until the file names another one. Without `include`, a
    /// file that includes others is refused: a zone file must not open files by itself.
    public init(
        _ bytes: [UInt8], origin: DNSName? = nil, defaultTimeToLive: UInt32 = 3_600,
        include: Include? = nil
    ) {
        sources = [Source(lexer: ZoneLexer(bytes))]
        self.origin = origin
        self.defaultTimeToLive = defaultTimeToLive
        self.include = include
    }

    /// The next record; nil at the end. After an error that is not fatal, the next call goes on
    /// with the next entry.
    public mutating func next() throws(ZoneFileError) -> ResourceRecord? {
        while let source = sources.last {
            do {
                guard let entry = try sources[sources.count - 1].lexer.next() else {
                    if sources.count > 1 { restore(source) }
                    sources.removeLast()
                    continue
                }
                if let record = try read(entry) { return record }
            } catch {
                var located = error
                located.includedFile = source.name
                if error.isFatal { sources.removeAll() }
                throw located
            }
        }
        return nil
    }

    /// What an included file has changed does not last beyond it.
    private mutating func restore(_ source: Source) {
        origin = source.origin
        owner = source.owner
        statedTimeToLive = source.statedTimeToLive
    }

    /// Nil for a directive.
    private mutating func read(_ entry: ZoneLexer.Entry) throws(ZoneFileError) -> ResourceRecord? {
        if let first = entry.tokens.first, !entry.isIndented, first.text.first == UInt8(ascii: "$"),
            !first.isQuoted
        {
            try direct(entry)
            return nil
        }
        recordCount += 1
        guard recordCount <= Limits.zoneRecords else {
            throw ZoneFileError(
                line: entry.line, reason: "the zone has too many records", isFatal: true)
        }
        return try record(entry)
    }

    private mutating func record(_ entry: ZoneLexer.Entry) throws(ZoneFileError) -> ResourceRecord {
        func fault(_ reason: String) -> ZoneFileError {
            ZoneFileError(line: entry.line, reason: reason)
        }
        var words = entry.tokens[...]
        if !entry.isIndented, let first = words.popFirst() {
            owner = nil
            guard !first.isQuoted else { throw fault("a name must not be quoted") }
            do {
                owner = try DNSName.parse(first.text, origin: origin)
            } catch {
                throw fault(error.rawValue)
            }
        }
        guard let owner else { throw fault("the line has no name, and none came before it") }

        var timeToLive: UInt32?
        var hasClass = false
        var type: RecordType?
        while type == nil, let word = words.popFirst() {
            let shown = String(decoding: word.text.prefix(40), as: UTF8.self)
            if timeToLive == nil, let first = word.text.first, first &- 0x30 < 10 {
                guard let seconds = ZoneTime.period(word.text) else {
                    throw fault("\(shown) is no time to live")
                }
                timeToLive = seconds
            } else if !hasClass, shown.uppercased() == "IN" || shown.uppercased() == "CLASS1" {
                hasClass = true
            } else if let known = RecordType(shown), !word.isQuoted {
                type = known
            } else {
                throw fault("\(shown) is neither a type of record nor the class IN")
            }
        }
        guard let type else { throw fault("the line has no type of record") }
        guard !type.isMeta else { throw fault("\(type) is no type that a zone holds") }
        let data: RecordData
        do {
            data = try RecordText.parse(type, words, origin: origin)
        } catch {
            throw fault(error.reason)
        }
        lastTimeToLive = timeToLive ?? lastTimeToLive
        return ResourceRecord(
            name: owner, type: type,
            timeToLive: timeToLive ?? statedTimeToLive ?? lastTimeToLive ?? defaultTimeToLive,
            data: data)
    }

    private mutating func direct(_ entry: ZoneLexer.Entry) throws(ZoneFileError) {
        func fault(_ reason: String) -> ZoneFileError {
            ZoneFileError(line: entry.line, reason: reason, isFatal: true)
        }
        let words = entry.tokens.map(\.text)
        let name = String(decoding: words[0].prefix(40), as: UTF8.self)
        switch name.uppercased() {
        case "$ORIGIN":
            guard words.count == 2 else { throw fault("$ORIGIN takes one name") }
            do {
                origin = try DNSName.parse(words[1], origin: origin)
            } catch {
                throw fault(error.rawValue)
            }
        case "$TTL":
            guard words.count == 2, let seconds = ZoneTime.period(words[1]) else {
                throw fault("$TTL takes one period of time")
            }
            statedTimeToLive = seconds
        case "$INCLUDE":
            guard words.count == 2 || words.count == 3 else {
                throw fault("$INCLUDE takes a file and perhaps an origin")
            }
            var inner = origin
            if words.count == 3 {
                do {
                    inner = try DNSName.parse(words[2], origin: origin)
                } catch {
                    throw fault(error.rawValue)
                }
            }
            try open(entry, origin: inner)
        default:
            throw fault("\(name) is no directive of zone files that is known here")
        }
    }

    private mutating func open(
        _ entry: ZoneLexer.Entry, origin inner: DNSName?
    ) throws(ZoneFileError) {
        let written = String(decoding: entry.tokens[1].text.prefix(1_024), as: UTF8.self)
        func fault(_ reason: String) -> ZoneFileError {
            ZoneFileError(line: entry.line, reason: reason, isFatal: true)
        }
        guard let include else { throw fault("$INCLUDE is not allowed here") }
        guard sources.count <= Limits.includeDepth else {
            throw fault("more than \(Limits.includeDepth) files include one another")
        }
        guard let octets = RecordText.unescapedOctets(entry.tokens[1].text),
            let name = String(validating: octets, as: UTF8.self), let bytes = include(name)
        else { throw fault("the file \(written) cannot be read") }
        sources.append(
            Source(
                lexer: ZoneLexer(bytes), name: name, origin: origin, owner: owner,
                statedTimeToLive: statedTimeToLive))
        origin = inner
    }
}
