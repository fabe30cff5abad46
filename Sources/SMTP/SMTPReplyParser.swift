/// Reads a server's replies from octets in any chunking (RFC 5321 §4.2).
///
/// Bounded: a line, the number of lines and with them the whole reply have limits, so that a server
/// that talks without end is an error and not a full memory.
public struct SMTPReplyParser: Sendable {
    /// What is not a reply. The connection is of no further use.
    public enum Fault: Error, Hashable, Sendable {
        case lineTooLong
        case tooManyLines
        /// No code of three digits between 200 and 599, or no space or hyphen after it.
        case notAReply
        /// The lines of one reply have different codes.
        case codesDiffer
    }

    private var line: [UInt8] = []
    private var code = 0
    private var status: EnhancedStatusCode?
    private var lines: [String] = []

    public init() {}

    /// Whether a reply has begun and is not whole.
    public var isInside: Bool { !line.isEmpty || !lines.isEmpty }

    /// Takes octets up to the end of one reply. Returns the reply when it is whole; `consumed` says
    /// how many octets were used, all of them when the reply is not.
    public mutating func parse(
        _ octets: some RandomAccessCollection<UInt8>, consumed: inout Int
    ) throws(Fault) -> SMTPReply? {
        consumed = 0
        for octet in octets {
            consumed += 1
            guard octet == 0x0A else {
                guard line.count < Limits.replyLineInOctets else { throw .lineTooLong }
                line.append(octet)
                continue
            }
            // A bare LF ends a line too: what a reply says is not content that could be smuggled.
            if line.last == 0x0D { line.removeLast() }
            if let reply = try endLine() { return reply }
        }
        return nil
    }

    private mutating func endLine() throws(Fault) -> SMTPReply? {
        defer { line.removeAll(keepingCapacity: true) }
        guard line.count >= 3, line[..<3].allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .notAReply
        }
        let number = line[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (200...599).contains(number) else { throw .notAReply }
        // RFC 5321 §4.2: a code alone, without the space, is a last line too.
        let mark = line.count > 3 ? line[3] : 0x20
        guard mark == 0x20 || mark == 0x2D else { throw .notAReply }
        guard lines.isEmpty || number == code else { throw .codesDiffer }
        guard lines.count < Limits.replyLines else { throw .tooManyLines }
        var text = line.dropFirst(4)
        let first = text.prefix { $0 != 0x20 }
        if let found = EnhancedStatusCode(parsing: String(decoding: first, as: UTF8.self)),
            found.status == number / 100, lines.isEmpty || found == status
        {
            status = found
            text = text.dropFirst(first.count).drop { $0 == 0x20 }
        }
        code = number
        lines.append(String(decoding: text, as: UTF8.self))
        guard mark == 0x20 else { return nil }
        defer { (status, lines) = (nil, []) }
        return SMTPReply(code, status, lines: lines)
    }
}
