public import SMTPClient
public import Spool

/// What delivery needs of the spool. `Spool` is one; a simulation has its own.
public protocol DeliverySpool: Sendable {
    func nextIdentifier() -> QueueIdentifier

    /// Keeps a message and changes of others, all or nothing; durable when it returns.
    func accept(
        _ message: SpoolMessage, recording changes: [QueueChange]
    ) async throws(SpoolError)

    /// Durable when it returns.
    func record(_ changes: [QueueChange]) async throws(SpoolError)

    /// Durable soon.
    func note(_ change: QueueChange)

    /// A live message without its content.
    func envelope(of id: QueueIdentifier) throws(SpoolError) -> WaitingEnvelope

    /// Header fields and content of a live message.
    func outgoingContent(of id: QueueIdentifier) throws(SpoolError) -> QueuedContent

    /// What is left to do for a message; nil when there is nothing.
    func waiting(_ id: QueueIdentifier) -> WaitingMessage?

    /// What people asked for since, recorded already.
    func takeRequests() async throws(SpoolError) -> [SpoolRequest]
}

/// Content to send, and how much of it we put before it.
public struct QueuedContent: Sendable {
    public var content: any OutgoingContent
    /// Octets of the header fields that we prepended.
    public var prefixCount: Int
    /// Whether there are octets beyond 127; nil when nobody looked.
    public var isEightBit: Bool?

    public init(_ content: any OutgoingContent, prefixCount: Int = 0, isEightBit: Bool? = nil) {
        self.content = content
        self.prefixCount = prefixCount
        self.isEightBit = isEightBit
    }

    /// The octets of a range, cut to what there is.
    func octets(in range: Range<Int>) throws -> [UInt8] {
        let range = range.clamped(to: 0..<content.count)
        var octets: [UInt8] = []
        octets.reserveCapacity(range.count)
        try content.forEachPiece(in: range) { octets += $0 }
        return octets
    }

    /// The message's own header, without the fields that we prepended, at most
    /// `Limits.returnedHeaderOctets` of it.
    func header() throws -> [UInt8] {
        let start = min(prefixCount, content.count)
        let octets = try octets(in: start..<(start + Limits.returnedHeaderOctets))
        var lineStart = 0
        var place = 0
        while place < octets.count {
            if octets[place] == 0x0A {
                // An empty line ends the header.
                if place - lineStart <= 1, place == lineStart || octets[lineStart] == 0x0D {
                    return Array(octets[..<lineStart])
                }
                lineStart = place + 1
            }
            place += 1
        }
        // Longer than what is returned: whole lines alone.
        return Array(octets[..<(lineStart > 0 ? lineStart : octets.count)])
    }
}
