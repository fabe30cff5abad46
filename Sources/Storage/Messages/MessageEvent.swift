/// One line of a message's history behind its acceptance.
public struct MessageEvent: Hashable, Sendable {
    public enum Kind: Int64, Sendable, CaseIterable {
        /// A delivery was tried, and will be tried again.
        case attempted = 1
        case delivered = 2
        /// A delivery failed for good.
        case failed = 3
        case held = 4
        case released = 5
        case deleted = 6
        /// The sender was told that a delivery failed.
        case bounced = 7
        /// The next server may have taken the message although we did not hear so: it may come
        /// there twice.
        case duplicateRisk = 8
        /// Somebody had it tried at once.
        case requeued = 9
        /// The disk gave back other octets than it was given.
        case lost = 10

        /// Whether it is about recipients that it names.
        var isDelivery: Bool { self == .attempted || self == .delivered || self == .failed }

        /// Where a delivery leaves its recipients for good; nil where it does not.
        var finalState: MessageState? {
            switch self {
            case .delivered: .delivered
            case .failed: .failed
            default: nil
            }
        }

        /// From which states it takes all recipients of a message to which; nil where it is not
        /// about all.
        var move: (from: [MessageState], to: MessageState)? {
            switch self {
            case .held: ([.waiting], .held)
            case .released: ([.held], .waiting)
            case .deleted: ([.held, .waiting], .deleted)
            case .lost: ([.held, .waiting], .lost)
            default: nil
            }
        }
    }

    public var messageID: Int64
    /// Rises from event to event, and is no other event's of this message.
    public var number: Int64
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var happenedAt: Int64
    public var kind: Kind
    /// Positions in the envelope; empty where it is about the whole message.
    public var recipients: [Int]
    /// The remote server.
    public var host: String?
    /// What the remote server said, or why.
    public var reply: String?
    /// Of a delivery, its TLS; of what a person did, who; of a bounce, the report that was sent.
    public var detail: String?
    /// When it is tried again, milliseconds since 1970.
    public var nextAt: Int64?

    public init(
        messageID: Int64, number: Int64, happenedAt: Int64, kind: Kind, recipients: [Int] = [],
        host: String? = nil, reply: String? = nil, detail: String? = nil, nextAt: Int64? = nil
    ) {
        self.messageID = messageID
        self.number = number
        self.happenedAt = happenedAt
        self.kind = kind
        self.recipients = recipients
        self.host = host
        self.reply = reply
        self.detail = detail
        self.nextAt = nextAt
    }
}

/// Positions in an envelope as one short text, `0-3,7`.
enum PositionList {
    static func render(_ positions: [Int]) -> String {
        var text = ""
        var index = 0
        let positions = positions.count > 1 ? positions.sorted() : positions
        while index < positions.count {
            var last = index
            while last + 1 < positions.count, positions[last + 1] &- positions[last] <= 1 {
                last += 1
            }
            if !text.isEmpty { text += "," }
            text += String(positions[index])
            if positions[last] != positions[index] { text += "-\(positions[last])" }
            index = last + 1
        }
        return text
    }

    /// At most `limit` positions.
    static func parse(_ text: String, limit: Int) -> [Int] {
        var positions: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            for position in first...last {
                guard positions.count < limit else { return positions }
                positions.append(position)
            }
        }
        return positions
    }
}
