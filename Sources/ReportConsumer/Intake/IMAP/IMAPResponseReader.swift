/// Cuts what an IMAP server sends into responses, whatever pieces it comes in.
///
/// Nothing that a server announces is believed: lines, literals and the number of pieces are bounded
/// before anything is held for them.
struct IMAPResponseReader: Sendable {
    private let limits: PlaceLimits
    /// Longest literal taken at the moment.
    var literalLimit: Int

    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to here there is no line end.
    private var searched = 0
    private var pieces: [IMAPResponse.Piece] = []
    private var lineBytes = 0
    private var literal: [UInt8] = []
    /// Octets that are still to come of a literal; nil between literals.
    private var missing: Int?

    init(limits: PlaceLimits) {
        self.limits = limits
        literalLimit = limits.messageBytes + 1
    }

    mutating func feed(_ octets: [UInt8]) {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer += octets
    }

    /// The next whole response; nil when more has to come first.
    mutating func next() throws(PlaceFailure) -> IMAPResponse? {
        while true {
            if let missing {
                let count = min(missing, buffer.count - start)
                literal += buffer[start..<(start + count)]
                start += count
                searched = start
                self.missing = missing - count
                guard missing == count else { return nil }
                self.missing = nil
                try add(.literal(literal))
                literal = []
            }
            guard let line = try line() else { return nil }
            if let count = try Self.announced(line, limit: literalLimit) {
                try add(.text(line))
                missing = count
                literal.reserveCapacity(min(count, 1 << 16))
                continue
            }
            try add(.text(line))
            defer {
                pieces = []
                lineBytes = 0
            }
            return IMAPResponse(pieces: pieces)
        }
    }

    private mutating func add(_ piece: IMAPResponse.Piece) throws(PlaceFailure) {
        guard pieces.count < limits.answerPieces else {
            throw Self.nonsense("an answer in more than \(limits.answerPieces) pieces")
        }
        pieces.append(piece)
    }

    /// The octets up to the next line end, without it.
    private mutating func line() throws(PlaceFailure) -> [UInt8]? {
        guard let end = buffer[max(searched, start)...].firstIndex(of: 0x0A) else {
            searched = buffer.count
            try check(buffer.count - start)
            return nil
        }
        try check(end - start)
        lineBytes += end - start
        var line = Array(buffer[start..<end])
        if line.last == 0x0D { line.removeLast() }
        start = end + 1
        searched = start
        return line
    }

    private func check(_ count: Int) throws(PlaceFailure) {
        guard lineBytes + count <= limits.lineBytes else {
            throw Self.nonsense("a line of more than \(limits.lineBytes >> 10) KiB")
        }
    }

    /// The number in `{123}` or `{123+}` at the end of a line.
    private static func announced(_ line: [UInt8], limit: Int) throws(PlaceFailure) -> Int? {
        guard line.last == UInt8(ascii: "}"), let open = line.lastIndex(of: UInt8(ascii: "{"))
        else { return nil }
        var digits = line[(open + 1)..<(line.count - 1)]
        if digits.last == UInt8(ascii: "+") { digits.removeLast() }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard digits.count <= 18, let count = Int(String(decoding: digits, as: UTF8.self)),
            count <= limit
        else {
            throw nonsense("\(String(decoding: digits.prefix(20), as: UTF8.self)) octets at once")
        }
        return count
    }

    static func nonsense(_ what: String) -> PlaceFailure {
        PlaceFailure(
            .nonsense,
            "The mail server sent \(what), which no honest server does. The connection was closed "
                + "and nothing was changed there.")
    }
}
