internal import SMTP
internal import Spool
internal import Synchronization

/// What follows an attempt: records, reports, and the next attempt.
extension DeliveryScheduler {
    /// Recipients with the same outcome, which one record tells.
    private struct Alike: Hashable {
        var host: String?
        var text: String
        var tls: String?
    }

    func conclude(_ attempt: Attempt) async {
        var attempt = attempt
        let now = clock.monotonic()
        let turn = attempt.turn
        let isExpired = now - turn.bornAt >= options.lifetime
        if isExpired { expire(&attempt) }
        var delivered: [Attempt.Outcome] = []
        var failed: [Attempt.Outcome] = []
        var deferred: [Attempt.Outcome] = []
        for outcome in attempt.outcomes {
            switch outcome.fate {
            case .delivered: delivered.append(outcome)
            case .failed: failed.append(outcome)
            case .deferred: deferred.append(outcome)
            }
        }
        if !delivered.isEmpty { await record(delivered: delivered, attempt) }
        if !failed.isEmpty, await !record(failed: failed, attempt) {
            // The report could not be kept: they fail again, when it can.
            deferred += failed
        }
        count(delivered.count, failed.count, deferred.count, attempt.uncertain.count)
        guard !deferred.isEmpty else { return end(turn, .done, attempt.feedback, now: now) }
        if turn.isUrgent {
            let isWarned = await warn(deferred, attempt, now)
            return end(turn, .again, .neutral, isWarned: isWarned, now: now)
        }
        let attempts = turn.attempts + 1
        let delay = state.withLock { state in
            options.backoff.delay(afterAttempts: attempts, using: &state.random)
        }
        let isWarned = await record(deferred: deferred, attempt, delay, now)
        let places = RecipientPlaces(deferred.map(\.place))
        end(turn, .retry(places, due: now + delay), attempt.feedback, isWarned: isWarned, now: now)
    }

    private func count(_ delivered: Int, _ failed: Int, _ deferred: Int, _ uncertain: Int) {
        state.withLock { state in
            state.statistics.delivered += delivered
            state.statistics.failed += failed
            state.statistics.deferred += deferred
            state.statistics.uncertain += uncertain
        }
    }

    /// After the whole lifetime no further attempt is made (RFC 5321 §4.5.4.1).
    private func expire(_ attempt: inout Attempt) {
        for index in attempt.outcomes.indices {
            guard case .deferred(_, let text, let reply) = attempt.outcomes[index].fate,
                !attempt.uncertain.contains(attempt.outcomes[index].place)
            else { continue }
            attempt.outcomes[index].fate = .failed(
                EnhancedStatusCode(4, 4, 7),
                "We have tried long enough and give up. The last time: \(text)", reply)
        }
    }

    private func record(delivered: [Attempt.Outcome], _ attempt: Attempt) async {
        let now = clock.wall()
        let changes = grouped(delivered).map { alike, places in
            QueueChange.delivered(
                id: attempt.message, recipients: places, at: now, host: alike.host ?? "",
                reply: alike.text, tls: alike.tls)
        }
        let wanted = delivered.filter { outcome in
            !outcome.reports
                && DeliveryStatusNotification.isWanted(
                    .relayed, about: attempt.waiting.envelope.recipients[outcome.place],
                    from: attempt.waiting.envelope.reversePath)
        }
        if !wanted.isEmpty, await report(.relayed, wanted, attempt, recording: changes) { return }
        for change in changes { spool.note(change) }
    }

    /// False when the sender is to be told and could not be.
    private func record(failed: [Attempt.Outcome], _ attempt: Attempt) async -> Bool {
        let now = clock.wall()
        let isWanted = { (outcome: Attempt.Outcome) in
            DeliveryStatusNotification.isWanted(
                .failed, about: attempt.waiting.envelope.recipients[outcome.place],
                from: attempt.waiting.envelope.reversePath)
        }
        let silent = failed.filter { !isWanted($0) }
        let wanted = failed.filter(isWanted)
        let changes = { (outcomes: [Attempt.Outcome]) in
            self.grouped(outcomes).map { alike, places in
                QueueChange.failed(
                    id: attempt.message, recipients: places, at: now, host: alike.host,
                    reason: alike.text)
            }
        }
        if !wanted.isEmpty,
            await !report(.failed, wanted, attempt, recording: changes(wanted))
        {
            return false
        }
        guard !silent.isEmpty else { return true }
        for change in changes(silent) { spool.note(change) }
        spool.note(
            .bounced(
                id: attempt.message, recipients: silent.map(\.place), at: now, report: nil))
        return true
    }

    /// - Returns: whether the sender was told of the delay, or is not to be.
    private func record(
        deferred: [Attempt.Outcome], _ attempt: Attempt, _ delay: Int64, _ now: Int64
    ) async -> Bool {
        let wall = clock.wall()
        var changes = grouped(deferred).map { alike, places in
            QueueChange.attempted(
                id: attempt.message, recipients: places, at: wall, host: alike.host,
                reply: alike.text, nextAttempt: wall + delay)
        }
        if !attempt.uncertain.isEmpty {
            changes.insert(
                .duplicateRisk(
                    id: attempt.message, recipients: attempt.uncertain, at: wall,
                    why: "The connection was lost after the content and before its reply."), at: 0)
            // Before the retry, whatever happens to us meanwhile.
            do {
                try await spool.record(changes)
                changes = []
            } catch {
                sinks.log("Message \(attempt.message): \(error)")
            }
        }
        for change in changes { spool.note(change) }
        return await warn(deferred, attempt, now)
    }

    /// Tells the sender of a delay, once, when it is time and he wants to know.
    private func warn(
        _ deferred: [Attempt.Outcome], _ attempt: Attempt, _ now: Int64
    ) async -> Bool {
        if attempt.turn.isWarned { return true }
        guard now - attempt.turn.bornAt >= options.delayWarning else { return false }
        let wanted = deferred.filter { outcome in
            DeliveryStatusNotification.isWanted(
                .delayed, about: attempt.waiting.envelope.recipients[outcome.place],
                from: attempt.waiting.envelope.reversePath, warnsOfDelay: options.warnsOfDelay)
        }
        guard !wanted.isEmpty else { return true }
        return await report(.delayed, wanted, attempt, recording: [])
    }

    private func grouped(_ outcomes: [Attempt.Outcome]) -> [(Alike, [Int])] {
        var groups: [(Alike, [Int])] = []
        for outcome in outcomes {
            let text: String
            switch outcome.fate {
            case .delivered(let reply): text = reply.description
            case .failed(_, let reason, let reply), .deferred(_, let reason, let reply):
                text = reply?.description ?? reason
            }
            let alike = Alike(host: outcome.host, text: text, tls: outcome.tls)
            if let known = groups.firstIndex(where: { $0.0 == alike }) {
                groups[known].1.append(outcome.place)
            } else {
                groups.append((alike, [outcome.place]))
            }
        }
        return groups
    }
}
