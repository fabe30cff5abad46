internal import SMTP
internal import SMTPClient
internal import Spool
internal import Synchronization

/// One attempt: from a turn to what became of each recipient.
extension DeliveryScheduler {
    /// What became of one recipient.
    enum Fate {
        case delivered(SMTPReply)
        case failed(EnhancedStatusCode, String, SMTPReply?)
        case deferred(EnhancedStatusCode, String, SMTPReply?)
    }

    /// What an attempt came to.
    struct Attempt {
        struct Outcome {
            var place: Int
            var fate: Fate
            /// The server; nil when none was asked.
            var host: String?
            var hostName: String?
            var tls: String?
            /// Whether the server reports success itself (RFC 3461).
            var reports = false
        }

        let turn: DeliveryQueue.Turn
        let waiting: WaitingEnvelope
        var outcomes: [Outcome] = []
        var feedback = DeliveryQueue.Feedback.neutral
        /// Recipients that may have got it although nobody said so.
        var uncertain: [Int] = []

        var message: QueueIdentifier { turn.message }

        mutating func settle(_ places: [Int], _ fate: Fate) {
            outcomes += places.map { Outcome(place: $0, fate: fate) }
        }
    }

    func perform(_ turn: DeliveryQueue.Turn) async {
        guard let waiting = turn.envelope ?? readEnvelope(turn) else { return }
        guard !move(turn, waiting) else { return }
        var attempt = Attempt(turn: turn, waiting: waiting)
        let places = turn.recipients.places.filter { $0 < waiting.envelope.recipients.count }
        if turn.owesReport {
            attempt.settle(
                places,
                .failed(
                    EnhancedStatusCode(5, 0, 0), "The message could not be delivered.", nil))
        } else if turn.isUrgent {
            // It waits for a destination that is dead.
            attempt.settle(
                places,
                .deferred(EnhancedStatusCode(4, 4, 1), lastFailure(of: turn.destination), nil))
        } else {
            await tryServers(&attempt, places)
        }
        await conclude(attempt)
    }

    /// Nil when there is nothing to do any more, or nothing can be done now.
    private func readEnvelope(_ turn: DeliveryQueue.Turn) -> WaitingEnvelope? {
        do {
            return try spool.envelope(of: turn.message)
        } catch {
            giveBack(turn, error)
            return nil
        }
    }

    /// The spool refused; what it no longer has is finished, all else waits.
    func giveBack(_ turn: DeliveryQueue.Turn, _ error: SpoolError) {
        let now = clock.monotonic()
        if case .unknown = error {
            end(turn, .done, .neutral, now: now)
        } else {
            sinks.log("Message \(turn.message) waits: \(error)")
            let due = now + options.backoff.first
            end(turn, .retry(turn.recipients, due: due), .neutral, now: now)
        }
    }

    func end(
        _ turn: DeliveryQueue.Turn, _ conclusion: DeliveryQueue.Conclusion,
        _ feedback: DeliveryQueue.Feedback, isWarned: Bool = false, now: Int64
    ) {
        state.withLock {
            $0.queue.finish(turn, conclusion, feedback, isWarned: isWarned, now: now)
        }
        dispatch()
    }

    /// Takes recipients whose route is gone from the table to where they belong now.
    private func move(_ turn: DeliveryQueue.Turn, _ waiting: WaitingEnvelope) -> Bool {
        let now = clock.monotonic()
        let isMoved = state.withLock { state in
            let key = state.queue.destinations[Int(turn.destination)].key
            guard !state.planner.routes.hasServers(for: key) else { return false }
            state.insert(
                turn.message, waiting, turn.recipients.places, localDomain: options.localDomain,
                bornAt: turn.bornAt, attempts: turn.attempts,
                flags: turn.owesReport ? .owesReport : [], keepsEnvelope: false)
            state.queue.finish(turn, .done, .neutral, now: now)
            return true
        }
        if isMoved { dispatch() }
        return isMoved
    }

    private func lastFailure(of destination: Int32) -> String {
        state.withLock { $0.queue.memory(of: destination).lastFailure }
            ?? "The mail servers there do not answer."
    }

    private func tryServers(_ attempt: inout Attempt, _ places: [Int]) async {
        let turn = attempt.turn
        switch await plan(for: turn, attempt.waiting.envelope.parameters.requiresTLS) {
        case .none(let failure):
            for observation in failure.observations { sinks.observe(observation) }
            attempt.settle(
                places,
                failure.isTemporary
                    ? .deferred(failure.status, failure.text, nil)
                    : .failed(failure.status, failure.text, nil))
            attempt.feedback = failure.isTemporary ? .failure : .neutral
        case .servers(let servers):
            for observation in servers.observations { sinks.observe(observation) }
            let targets = order(servers, turn)
            guard let first = targets.first else { return }
            do {
                try await start(attempt, places, first.target)
                let content = try spool.outgoingContent(of: turn.message)
                await hand(over: content, &attempt, places, targets)
            } catch {
                // Nothing was sent: what cannot be recorded or read is not delivered either.
                attempt.settle(
                    places,
                    .deferred(
                        EnhancedStatusCode(4, 3, 0),
                        "The message could not be read from this server's disk.", nil))
                sinks.log("Message \(turn.message) waits: \(error)")
            }
        }
    }

    /// Records that a delivery begins, so that a crash from here on is known to risk a second copy.
    private func start(
        _ attempt: Attempt, _ places: [Int], _ target: DeliveryTarget
    ) async throws(SpoolError) {
        let change = QueueChange.started(
            id: attempt.message, recipients: places, at: clock.wall(), host: Self.host(target))
        // The spool counts its window from the moment of receipt, which lies before the moment at
        // which we learned of the message; a wall clock that jumped makes nothing fresh.
        let age = clock.monotonic() - attempt.turn.bornAt
        let sinceReceipt = clock.wall() - attempt.waiting.receivedAt
        if attempt.turn.attempts == 0, age < Limits.freshMilliseconds,
            (0..<Limits.freshMilliseconds).contains(sinceReceipt)
        {
            spool.note(change)
        } else {
            try await spool.record([change])
        }
    }

    private func hand(
        over content: QueuedContent, _ attempt: inout Attempt, _ places: [Int],
        _ targets: [PlannedTarget]
    ) async {
        let parameters = attempt.waiting.envelope.parameters
        var open = places
        for planned in targets where !open.isEmpty {
            var envelope = attempt.waiting.envelope
            envelope.recipients = open.map { attempt.waiting.envelope.recipients[$0] }
            let message = OutgoingMessage(
                envelope: envelope, content: content.content,
                isEightBit: content.isEightBit ?? (parameters.body != .sevenBit),
                isBinary: parameters.body == .binaryMIME)
            let result = await deliver(message, planned.target)
            observe(result, planned)
            let isLast = planned.target == targets.last?.target || result.uncertain
            open = take(result, &attempt, open, planned.target, isLast: isLast)
            if result.uncertain { break }
        }
    }

    /// Settles the recipients that are finished with this server, and returns the others.
    private func take(
        _ result: DeliveryResult, _ attempt: inout Attempt, _ places: [Int],
        _ target: DeliveryTarget, isLast: Bool
    ) -> [Int] {
        var open: [Int] = []
        var unreachable: String?
        let reports = result.connection.extensions.offers(.deliveryStatusNotifications)
        let tls = result.connection.tls.map { "\($0.version) \($0.cipher)" }
        if attempt.feedback == .failure { attempt.feedback = .neutral }
        for (place, recipient) in zip(places, result.recipients) {
            let fate = fate(of: recipient)
            switch recipient {
            case .failed(let failure) where failure.concernsServer: unreachable = failure.text
            case .refused(let reply) where reply.isTemporary: break
            default: attempt.feedback = .success
            }
            if case .failed = recipient, result.uncertain { attempt.uncertain.append(place) }
            if !isLast, mayGoOn(fate, recipient) {
                open.append(place)
            } else {
                attempt.outcomes.append(
                    Attempt.Outcome(
                        place: place, fate: fate, host: Self.host(target),
                        hostName: target.name, tls: tls, reports: reports))
            }
        }
        remember(target, of: attempt.turn.destination, failure: unreachable)
        if unreachable != nil, attempt.feedback != .success { attempt.feedback = .failure }
        return open
    }

    /// Whether another server of the destination may take it (RFC 5321 §5.1).
    private func mayGoOn(_ fate: Fate, _ recipient: DeliveryResult.RecipientResult) -> Bool {
        if case .deferred = fate { return true }
        if case .failed(let failure) = recipient { return failure.concernsServer }
        return false
    }

    private func fate(of recipient: DeliveryResult.RecipientResult) -> Fate {
        switch recipient {
        case .delivered(let reply): return .delivered(reply)
        case .refused(let reply):
            return reply.isPermanent
                ? .failed(
                    reply.status ?? EnhancedStatusCode(5, 0, 0),
                    "The other mail server refused it.", reply)
                : .deferred(
                    reply.status ?? EnhancedStatusCode(4, 0, 0),
                    "The other mail server does not take it at the moment.", reply)
        case .failed(let failure):
            // A server that is not willing to talk to us says nothing about the message, unless it
            // is no mail server for anybody (RFC 7504 §4).
            let isWaiting = failure.concernsServer && failure.reply?.code != 521
            return failure.isTemporary || isWaiting
                ? .deferred(failure.status, failure.text, failure.reply)
                : .failed(failure.status, failure.text, failure.reply)
        }
    }

    /// `mx.example.org[192.0.2.1]:25`
    static func host(_ target: DeliveryTarget) -> String {
        target.name.hasPrefix("[")
            ? "\(target.name):\(target.port)" : "\(target.name)[\(target.address)]:\(target.port)"
    }
}
