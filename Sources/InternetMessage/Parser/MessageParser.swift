/// Takes a mail apart (RFC 5322, RFC 2045 to 2049) and never fails.
///
/// One pass over the lines: the work grows with the length of the message and with nothing else,
/// whatever it holds, and the budget bounds what is kept.
public struct MessageParser: Sendable {
    /// What one message may cost.
    public var budget: Budget

    public init(budget: Budget = Budget()) {
        self.budget = budget
    }

    /// Parses a whole message. The octets are kept as they are and never copied.
    public func parse(_ bytes: [UInt8]) -> ParsedMessage {
        var log = DefectLog()
        let lines = LineCensus(bytes)
        lines.report(to: &log)
        var parser = EntityParser(
            source: bytes, lineEnd: lines.lineEnd, budget: budget, log: log)
        let root = parser.parseMessage()
        return ParsedMessage(
            bytes: bytes, root: root, defects: parser.log.defects, budget: parser.budget)
    }
}
