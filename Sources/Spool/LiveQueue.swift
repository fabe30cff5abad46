/// The live messages, and how each record changes them: the same for a running spool, for a start
/// after a crash and for a balance.
struct LiveQueue: Sendable {
    private(set) var messages: [QueueIdentifier: LiveMessage] = [:]
    /// Octets of the records that live messages need.
    private(set) var octets = 0
    /// How many live messages have their record in a segment.
    private(set) var countBySegment: [UInt64: Int] = [:]
    /// The greatest identifier seen.
    private(set) var lastIdentifier = QueueIdentifier(rawValue: 0)

    mutating func insert(_ message: LiveMessage) {
        remove(message.id)
        lastIdentifier = max(lastIdentifier, message.id)
        // A message without recipients is finished when it is accepted.
        guard !message.isFinal else { return }
        messages[message.id] = message
        octets += message.location.octets
        countBySegment[message.location.generation, default: 0] += 1
    }

    @discardableResult
    mutating func remove(_ id: QueueIdentifier) -> LiveMessage? {
        guard let message = messages.removeValue(forKey: id) else { return nil }
        octets -= message.location.octets
        let generation = message.location.generation
        let left = (countBySegment[generation] ?? 1) - 1
        countBySegment[generation] = left > 0 ? left : nil
        return message
    }

    /// Its record was carried to another place.
    mutating func relocate(_ id: QueueIdentifier, to location: MessageLocation) {
        guard var message = remove(id) else { return }
        message.location = location
        insert(message)
    }

    /// Gives the message when this change has finished it.
    mutating func apply(_ change: QueueChange) -> LiveMessage? {
        guard let index = messages.index(forKey: change.id) else { return nil }
        messages.values[index].apply(change)
        return messages.values[index].isFinal ? remove(change.id) : nil
    }

    var inOrder: [LiveMessage] { messages.values.sorted { $0.id < $1.id } }
}

extension LiveMessage {
    init(_ summary: AcceptanceSummary, acceptedAt: Int64, location: MessageLocation) {
        id = summary.id
        receivedAt = summary.receivedAt
        self.acceptedAt = acceptedAt
        routing = summary.routing
        count = summary.prefixCount + summary.contentCount
        if case .hold(let reason) = summary.disposition { holdReason = reason }
        recipients = [RecipientState](repeating: RecipientState(), count: summary.recipients)
        self.location = location
    }

    mutating func apply(_ change: QueueChange) {
        switch change {
        case .started(_, let positions, _, _):
            update(positions) { if $0.status == .queued { $0.isUnderway = true } }
        case .attempted(_, let positions, _, _, _, let nextAttempt):
            update(positions) {
                guard $0.status == .queued else { return }
                $0.attempts &+= 1
                $0.nextAttempt = nextAttempt
                $0.isUnderway = false
            }
        case .delivered(_, let positions, _, _, _, _):
            update(positions) { if !$0.isFinal { $0.finish(.delivered) } }
        case .failed(_, let positions, _, _, _):
            update(positions) { if $0.status == .queued { $0.finish(.failed) } }
        case .bounced(_, let positions, _, _):
            update(positions) { if !$0.isFinal { $0.finish(.bounced) } }
        case .held(_, _, let reason):
            holdReason = reason
        case .released, .requeued:
            if case .released = change { holdReason = nil }
            update(Array(recipients.indices)) { if $0.status == .queued { $0.nextAttempt = 0 } }
        case .deleted:
            update(Array(recipients.indices)) { if !$0.isFinal { $0.finish(.deleted) } }
        case .duplicateRisk(_, let positions, _, _):
            update(positions) { $0.isUnderway = false }
        case .lost:
            update(Array(recipients.indices)) { if !$0.isFinal { $0.finish(.lost) } }
        }
    }

    private mutating func update(_ positions: [Int], _ body: (inout RecipientState) -> Void) {
        for position in positions where recipients.indices.contains(position) {
            body(&recipients[position])
        }
    }
}

extension RecipientState {
    fileprivate mutating func finish(_ status: Status) {
        self.status = status
        isUnderway = false
    }
}
