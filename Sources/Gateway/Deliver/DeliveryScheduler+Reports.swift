internal import SMTP
internal import SMTPClient
internal import Spool
internal import Synchronization

/// Reports to senders, as messages of their own in the spool.
extension DeliveryScheduler {
    /// Writes a report and keeps it, in one step with the changes that it is about.
    ///
    /// - Returns: whether it is kept.
    func report(
        _ action: DeliveryStatusNotification.Action, _ outcomes: [Attempt.Outcome],
        _ attempt: Attempt, recording changes: [QueueChange]
    ) async -> Bool {
        let now = clock.wall()
        let id = spool.nextIdentifier()
        let notification = DeliveryStatusNotification(
            action, reporter: options.hostName, envelope: attempt.waiting.envelope,
            receivedAt: attempt.waiting.receivedAt,
            recipients: outcomes.map { recipient($0, attempt, action, now) }, at: now)
        let random = state.withLock { $0.random.next() }
        guard
            let rendered = notification.render(
                returning: returned(notification, attempt.message), identifier: "\(id)",
                random: random)
        else { return false }
        var message = SpoolMessage(
            id: id, receivedAt: now, envelope: rendered.envelope,
            content: .memory(rendered.content))
        message.record = sinks.reportRecord(message, attempt.message)
        var changes = changes
        if action == .failed {
            changes.append(
                .bounced(
                    id: attempt.message, recipients: outcomes.map(\.place), at: now, report: id))
        }
        do {
            try await spool.accept(message, recording: changes)
        } catch {
            sinks.log("A report about message \(attempt.message) could not be kept: \(error)")
            return false
        }
        state.withLock { $0.statistics.reports += 1 }
        enqueue(message)
        return true
    }

    private func recipient(
        _ outcome: Attempt.Outcome, _ attempt: Attempt,
        _ action: DeliveryStatusNotification.Action, _ now: Int64
    ) -> DeliveryStatusNotification.Recipient {
        let recipient = attempt.waiting.envelope.recipients[outcome.place]
        let age = clock.monotonic() - attempt.turn.bornAt
        switch outcome.fate {
        case .delivered(let reply):
            return DeliveryStatusNotification.Recipient(
                recipient, status: reply.status ?? EnhancedStatusCode(2, 0, 0),
                reason: "The next mail server has it.", reply: reply, server: outcome.hostName,
                lastAttempt: now)
        case .failed(let status, let reason, let reply),
            .deferred(let status, let reason, let reply):
            return DeliveryStatusNotification.Recipient(
                recipient, status: status, reason: reason, reply: reply,
                server: outcome.hostName, lastAttempt: now,
                retriedUntil: action == .delayed ? now + options.lifetime - age : nil)
        }
    }

    private func returned(
        _ notification: DeliveryStatusNotification, _ id: QueueIdentifier
    ) -> DeliveryStatusNotification.Returned {
        do {
            let content = try spool.outgoingContent(of: id)
            let own = content.content.count - content.prefixCount
            if notification.returnsContent(octets: own) {
                return .content(
                    try content.octets(in: content.prefixCount..<content.content.count))
            }
            return .header(try content.header())
        } catch {
            // A report without the header is better than none.
            return .header([])
        }
    }
}
