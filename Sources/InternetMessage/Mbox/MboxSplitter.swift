/// One message of an mbox file.
public struct MboxMessage: Sendable {
    /// The message, without the `From ` line and without the empty line that the file puts after it.
    public var bytes: [UInt8]
    /// Where the message begins in the file.
    public var offset: Int64
    /// The `From ` line before it, without the line end; nil for what precedes the first one.
    public var envelope: String?
    /// Whether `Limits.mboxMessageBytes` was met and the rest left out.
    public var isTruncated: Bool
}

/// Cuts an mbox file (RFC 4155) into messages while it is being read; any cutting of the file into
/// chunks gives the same messages.
///
/// A `From ` line begins a message where it is the first line or follows an empty line, and holds
/// a time or a single word; after any other line it must hold a whole date, or the `-` of Netscape
/// and Mozilla. Sentences that begin with "From" stay where they are.
public struct MboxSplitter: Sendable {
    private let limit: Int
    private var message: MboxMessage?
    /// The line that is being read; of a long one only the beginning is waited for.
    private var line: [UInt8] = []
    /// Set when the beginning of the line was already handed on.
    private var isInsideLine = false
    private var isAfterEmptyLine = true
    private var offset: Int64 = 0
    private var lineOffset: Int64 = 0

    public init(messageLimit: Int = Limits.mboxMessageBytes) {
        limit = max(0, messageLimit)
    }

    /// Takes the next octets of the file and returns the messages that ended in them.
    public mutating func feed(_ chunk: [UInt8]) -> [MboxMessage] {
        var done: [MboxMessage] = []
        var position = 0
        while position < chunk.count {
            let found = chunk.position(of: Octet.lineFeed, from: position, to: chunk.count)
            let next = found.map { $0 &+ 1 } ?? chunk.count
            take(chunk[position..<next], endsLine: found != nil, done: &done)
            offset &+= Int64(next &- position)
            if found != nil { lineOffset = offset }
            position = next
        }
        return done
    }

    /// The end of the file: returns what is left, one message nearly always.
    public mutating func finish() -> [MboxMessage] {
        var done: [MboxMessage] = []
        if !line.isEmpty { endLine(done: &done) }
        if let message = closeMessage() { done.append(message) }
        return done
    }

    private mutating func take(
        _ octets: ArraySlice<UInt8>, endsLine: Bool, done: inout [MboxMessage]
    ) {
        if isInsideLine {
            append(octets)
            if endsLine { (isInsideLine, isAfterEmptyLine) = (false, false) }
            return
        }
        line += octets
        if endsLine {
            endLine(done: &done)
        } else if !mayBeSeparator || line.count > Limits.mboxEnvelopeBytes {
            append(line[...])
            line = []
            isInsideLine = true
        }
    }

    /// Whether the line so far can still turn out to begin a message, or to be empty.
    private var mayBeSeparator: Bool {
        line == [Octet.carriageReturn]
            || zip(line, MboxSplitter.mark).allSatisfy { $0 == $1 }
    }

    private mutating func endLine(done: inout [MboxMessage]) {
        defer { line = [] }
        var content = line[...]
        if content.last == Octet.lineFeed { content.removeLast() }
        if content.last == Octet.carriageReturn { content.removeLast() }
        if line.count <= Limits.mboxEnvelopeBytes,
            MboxSplitter.isSeparator(content, afterEmptyLine: isAfterEmptyLine)
        {
            if let message = closeMessage() { done.append(message) }
            message = MboxMessage(
                bytes: [], offset: lineOffset &+ Int64(line.count),
                envelope: Charset.decodeUnlabelled([UInt8](content)).text, isTruncated: false)
            // A second `From ` line right behind the first belongs to an empty message.
            isAfterEmptyLine = true
            return
        }
        append(line[...])
        isAfterEmptyLine = content.isEmpty
    }

    private mutating func append(_ octets: ArraySlice<UInt8>) {
        if message == nil {
            message = MboxMessage(
                bytes: [], offset: lineOffset, envelope: nil, isTruncated: false)
        }
        let room = limit &- (message?.bytes.count ?? 0)
        if octets.count > room { message?.isTruncated = true }
        message?.bytes += octets.prefix(max(0, room))
    }

    private mutating func closeMessage() -> MboxMessage? {
        guard var closed = message else { return nil }
        message = nil
        guard closed.envelope != nil || closed.bytes.contains(where: { !$0.isWhitespace }) else {
            return nil
        }
        if !closed.isTruncated { MboxSplitter.dropEmptyLine(&closed.bytes) }
        return closed
    }

    private static let mark = Array("From ".utf8)

    private static func dropEmptyLine(_ bytes: inout [UInt8]) {
        if bytes.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] {
            bytes.removeLast(2)
        } else if bytes.suffix(2) == [0x0A, 0x0A] {
            bytes.removeLast()
        }
    }

    private static func isSeparator(_ line: ArraySlice<UInt8>, afterEmptyLine: Bool) -> Bool {
        guard line.starts(with: mark) else { return false }
        let words = line.dropFirst(mark.count).split(whereSeparator: \.isBlank)
        guard let first = words.first else { return false }
        let hasTime = words.contains(where: isTime)
        if first.elementsEqual([Octet.hyphen]) { return words.count == 1 || hasTime }
        if afterEmptyLine { return words.count == 1 || hasTime }
        return hasTime && words.contains(where: isYear) && words.contains(where: isMonth)
    }

    private static func isYear(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 4 && word.allSatisfy(\.isDigit)
    }

    private static func isMonth(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 3 && DateTimeParser.months.contains(word.lowercasedText)
    }

    /// Whether a word holds `12:34`.
    private static func isTime(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 4, let colon = word.firstIndex(of: Octet.colon) else { return false }
        return colon > word.startIndex && word[colon &- 1].isDigit
            && colon &+ 2 < word.endIndex && word[colon &+ 1].isDigit && word[colon &+ 2].isDigit
    }
}
