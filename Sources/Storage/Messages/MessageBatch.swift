import SQLDatabase

/// Messages and what happened to them since, gathered in memory to be written in one transaction.
///
/// What happens to a message of the same batch changes the rows that are about to be written, so
/// that a message that is delivered at once costs no row twice.
public struct MessageBatch: Sendable {
    struct Recipient {
        var address: String
        var state: MessageState
        var updatedAt: Int64
        var host: String?
        var reply: String?
    }

    struct Pending {
        var entry: MessageEntry
        var recipients: [Recipient]
    }

    /// What happened to a recipient whose row is in the database already.
    struct Change {
        var place: Place
        var recipient: Recipient
    }

    struct Place: Hashable {
        var messageID: Int64
        var position: Int
    }

    /// What happened to all recipients of a message that is in the database already and that were
    /// not settled.
    struct Move {
        var messageID: Int64
        var kind: MessageEvent.Kind
        var at: Int64
    }

    private(set) var messages: [Pending] = []
    private(set) var positions: [Int64: Int] = [:]
    private(set) var events: [MessageEvent] = []
    /// The last one for each recipient.
    private(set) var changes: [Change] = []
    private var changePositions: [Place: Int] = [:]
    /// In order of happening.
    private(set) var moves: [Move] = []
    /// Terms that came later than their message.
    private(set) var lateTerms: [(messageID: Int64, term: SearchTerm)] = []
    private(set) var tally = MessageTally()
    /// Octets of records, roughly: what bounds a batch.
    public private(set) var octetCount = 0

    public init() {}

    /// Things in the batch.
    public var count: Int { messages.count + events.count }

    public var isEmpty: Bool { count == 0 }

    /// Takes in a message that was accepted or refused.
    public mutating func add(_ entry: MessageEntry) {
        guard positions[entry.id] == nil else { return }
        positions[entry.id] = messages.count
        let recipients = entry.recipients.map {
            Recipient(
                address: StoredText.cut($0, to: MessageStore.Limits.addressOctets),
                state: entry.state, updatedAt: entry.receivedAt)
        }
        messages.append(Pending(entry: entry, recipients: recipients))
        octetCount += entry.record.count + 64 * entry.recipients.count + 512
        tally.count(
            Self.kind(of: entry.state), reason: entry.reason, at: entry.receivedAt,
            max(1, entry.standsFor))
        if entry.state == .waiting, let author = entry.author {
            for recipient in entry.recipients {
                tally.relate(author, to: recipient, at: entry.receivedAt)
            }
        }
    }

    /// Takes in messages that are only counted.
    public mutating func count(
        _ kind: MessageCount.Kind, reason: String, at instant: Int64, messages: Int64
    ) {
        tally.count(kind, reason: reason, at: instant, messages)
    }

    /// Counts a relationship that came later than its message: it was released.
    public mutating func relate(_ sender: ProvedSender, to recipient: String, at instant: Int64) {
        tally.relate(sender, to: recipient, at: instant)
    }

    private static func kind(of state: MessageState) -> MessageCount.Kind {
        switch state {
        case .held: .held
        case .refused: .refused
        case .deferred: .deferred
        case .waiting, .failed, .lost, .deleted, .delivered: .accepted
        }
    }

    /// Takes in what happened to a message.
    public mutating func add(_ event: MessageEvent) {
        var event = event
        event.host = event.host.map { StoredText.cut($0, to: MessageStore.Limits.hostOctets) }
        event.reply = event.reply.map { StoredText.cut($0, to: MessageStore.Limits.replyOctets) }
        event.detail = event.detail.map { StoredText.cut($0, to: MessageStore.Limits.hostOctets) }
        events.append(event)
        octetCount += 256 + (event.reply?.utf8.count ?? 0)
        count(event)
        if let index = positions[event.messageID] {
            change(index, by: event)
        } else {
            change(storedBy: event)
        }
    }

    private mutating func count(_ event: MessageEvent) {
        let recipients = Int64(max(1, event.recipients.count))
        switch event.kind {
        case .delivered: tally.count(.delivered, reason: "", at: event.happenedAt, recipients)
        case .failed:
            tally.count(
                .failed, reason: Self.status(in: event.reply ?? ""), at: event.happenedAt,
                recipients)
        case .released: tally.count(.released, reason: "", at: event.happenedAt)
        case .deleted: tally.count(.deleted, reason: "", at: event.happenedAt)
        case .bounced: tally.count(.bounced, reason: "", at: event.happenedAt)
        case .lost:
            tally.count(.failed, reason: "lost", at: event.happenedAt, recipients)
        case .attempted, .held, .duplicateRisk, .requeued: break
        }
    }

    /// A message of this batch.
    private mutating func change(_ index: Int, by event: MessageEvent) {
        if let move = event.kind.move {
            for position in messages[index].recipients.indices
            where move.from.contains(messages[index].recipients[position].state) {
                messages[index].recipients[position].state = move.to
                messages[index].recipients[position].updatedAt = event.happenedAt
            }
        } else if event.kind.isDelivery {
            for position in event.recipients
            where messages[index].recipients.indices.contains(position) {
                if let state = event.kind.finalState {
                    messages[index].recipients[position].state = state
                }
                messages[index].recipients[position].updatedAt = event.happenedAt
                messages[index].recipients[position].host = event.host
                messages[index].recipients[position].reply = event.reply
            }
        }
        let least = messages[index].recipients.min { $0.state.rawValue < $1.state.rawValue }
        if let least { messages[index].entry.state = least.state }
        addLateTerm(for: event)
    }

    /// A message that was written before.
    private mutating func change(storedBy event: MessageEvent) {
        addLateTerm(for: event)
        if event.kind.move != nil {
            moves.append(
                Move(messageID: event.messageID, kind: event.kind, at: event.happenedAt))
        }
        guard event.kind.isDelivery else { return }
        for position in event.recipients {
            let place = Place(messageID: event.messageID, position: position)
            var change = Change(
                place: place,
                recipient: Recipient(
                    address: "", state: event.kind.finalState ?? .waiting,
                    updatedAt: event.happenedAt, host: event.host, reply: event.reply))
            if let index = changePositions[place] {
                // What is settled stays so.
                let before = changes[index].recipient.state
                if before != .waiting, change.recipient.state == .waiting {
                    change.recipient.state = before
                }
                changes[index] = change
            } else {
                changePositions[place] = changes.count
                changes.append(change)
            }
        }
    }

    /// Held and failed messages are found by that, whatever becomes of them.
    private mutating func addLateTerm(for event: MessageEvent) {
        let state: MessageState
        switch event.kind {
        case .held: state = .held
        case .failed, .lost: state = .failed
        default: return
        }
        let term = SearchTerm.state(state)
        if let index = positions[event.messageID] {
            if !messages[index].entry.terms.contains(term) {
                messages[index].entry.terms.append(term)
            }
        } else {
            lateTerms.append((event.messageID, term))
        }
    }

    /// `5.1.1` or `550` of a reply: few different words, whatever a server says.
    static func status(in reply: String) -> String {
        var code = ""
        for part in reply.split(separator: " ", maxSplits: 2).prefix(2) {
            let isDigits = part.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
            guard isDigits, (3...9).contains(part.utf8.count) else { break }
            code = String(part)
        }
        return code
    }
}
