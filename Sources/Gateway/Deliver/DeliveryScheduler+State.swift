internal import Identities
internal import SMTP
internal import Spool

/// How messages come into the queue.
extension DeliveryScheduler.State {
    /// Puts in what is left of a message, each recipient due when it was to be.
    mutating func restore(
        _ message: WaitingMessage, _ waiting: WaitingEnvelope, except covered: Set<Int> = [],
        _ options: DeliveryOptions, now: Int64, wall: Int64
    ) {
        // A wall clock that is behind makes nothing younger than new.
        let age = max(0, wall - message.receivedAt)
        // Recipients that were tried together go on together.
        var groups: [WaitingMessage.Recipient: [Int]] = [:]
        for recipient in message.recipients
        where !covered.contains(recipient.place)
            && recipient.place < waiting.envelope.recipients.count
        {
            var key = recipient
            key.place = 0
            groups[key, default: []].append(recipient.place)
        }
        for (key, places) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
            // A clock that was set back makes nobody wait longer than the longest wait.
            let wait = min(key.nextAttempt - wall, options.backoff.last * 2)
            insert(
                message.id, waiting, places, localDomain: options.localDomain,
                bornAt: now - age, due: wait > 0 ? now + wait : nil, attempts: key.attempts,
                flags: key.owesReport ? .owesReport : [], keepsEnvelope: false)
        }
    }

    /// Puts recipients into the queue, those of one destination together, as many as one
    /// transaction takes.
    mutating func insert(
        _ id: QueueIdentifier, _ waiting: WaitingEnvelope, _ places: [Int],
        localDomain: DomainName, bornAt: Int64, due: Int64? = nil, attempts: Int = 0,
        flags: QueueEntry.Flags = [], keepsEnvelope: Bool
    ) {
        var groups: [DeliveryDestination: [Int]] = [:]
        var order: [DeliveryDestination] = []
        for place in places {
            let destination = planner.routes.destination(
                of: waiting.envelope.recipients[place].path, routing: waiting.routing,
                localDomain: localDomain)
            if groups[destination] == nil { order.append(destination) }
            groups[destination, default: []].append(place)
        }
        for destination in order {
            let all = groups[destination] ?? []
            for start in stride(from: 0, to: all.count, by: Limits.transactionRecipients) {
                let some = all[start..<min(all.count, start + Limits.transactionRecipients)]
                queue.insert(
                    id, RecipientPlaces(Array(some)), to: destination, bornAt: bornAt, due: due,
                    attempts: attempts, flags: flags, envelope: keepsEnvelope ? waiting : nil)
            }
        }
    }
}
