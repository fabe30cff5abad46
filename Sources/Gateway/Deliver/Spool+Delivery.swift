internal import SMTP
internal import SMTPClient
public import Spool

extension Spool: DeliverySpool {
    public func envelope(of id: QueueIdentifier) throws(SpoolError) -> WaitingEnvelope {
        let message = try message(id)
        return WaitingEnvelope(
            message.envelope, receivedAt: message.receivedAt, routing: message.routing)
    }

    public func outgoingContent(of id: QueueIdentifier) throws(SpoolError) -> QueuedContent {
        let stored = try content(of: id)
        guard stored.count <= Limits.contentInMemory else {
            return QueuedContent(
                SpooledContent(stored), prefixCount: stored.prefixCount, isEightBit: nil)
        }
        let octets = try stored.read(0..<stored.count)
        return QueuedContent(
            MemoryContent(octets), prefixCount: stored.prefixCount,
            isEightBit: octets.withUnsafeBytes(SpooledContent.isEightBit))
    }

    public func waiting(_ id: QueueIdentifier) -> WaitingMessage? {
        state(of: id).flatMap(WaitingMessage.init)
    }
}

extension WaitingMessage {
    /// What is left to do for a live message; nil when there is nothing.
    public init?(_ message: LiveMessage) {
        let open = message.recipients.enumerated().filter { !$0.element.isFinal }
        guard !open.isEmpty else { return nil }
        self.init(
            id: message.id, receivedAt: message.receivedAt, isHeld: message.holdReason != nil,
            recipients: open.map { place, state in
                Recipient(
                    place: place, attempts: Int(state.attempts), nextAttempt: state.nextAttempt,
                    owesReport: state.status == .failed)
            })
    }
}

/// Content that is too long for memory, read from the spool piece by piece.
struct SpooledContent: OutgoingContent {
    private let stored: StoredContent

    init(_ stored: StoredContent) { self.stored = stored }

    var count: Int { stored.count }

    func forEachPiece(
        in range: Range<Int>, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var start = max(0, range.lowerBound)
        let end = min(range.upperBound, stored.count)
        while start < end {
            let piece = try stored.read(start..<min(end, start + Limits.pieceOctets))
            guard !piece.isEmpty else { return }
            try piece.withUnsafeBytes { try take($0) }
            start += piece.count
        }
    }

    /// Eight octets at a time.
    static func isEightBit(_ octets: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        var seen: UInt64 = 0
        while place + 8 <= octets.count {
            seen |= octets.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            place += 8
        }
        while place < octets.count {
            seen |= UInt64(octets[place])
            place += 1
        }
        return seen & 0x8080_8080_8080_8080 != 0
    }
}
