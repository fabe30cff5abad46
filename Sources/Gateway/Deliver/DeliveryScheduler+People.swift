public import Spool
internal import Synchronization

/// What people ask of the queue. Each is recorded before it counts.
extension DeliveryScheduler {
    /// Keeps messages back until somebody releases or deletes them. A delivery under way goes on.
    public func hold(_ ids: [QueueIdentifier], reason: String) async throws(SpoolError) {
        try await change(ids) { .held(id: $0, at: $1, reason: reason) }
    }

    public func release(_ ids: [QueueIdentifier], by person: String) async throws(SpoolError) {
        try await change(ids) { .released(id: $0, at: $1, by: person) }
    }

    public func delete(
        _ ids: [QueueIdentifier], by person: String, reason: String
    ) async throws(SpoolError) {
        try await change(ids) { .deleted(id: $0, at: $1, by: person, reason: reason) }
    }

    /// Makes messages due at once.
    public func requeue(_ ids: [QueueIdentifier], by person: String) async throws(SpoolError) {
        try await change(ids) { .requeued(id: $0, at: $1, by: person) }
    }

    public func hold(_ id: QueueIdentifier, reason: String) async throws(SpoolError) {
        try await hold([id], reason: reason)
    }

    public func release(_ id: QueueIdentifier, by person: String) async throws(SpoolError) {
        try await release([id], by: person)
    }

    public func delete(
        _ id: QueueIdentifier, by person: String, reason: String
    ) async throws(SpoolError) {
        try await delete([id], by: person, reason: reason)
    }

    public func requeue(_ id: QueueIdentifier, by person: String) async throws(SpoolError) {
        try await requeue([id], by: person)
    }

    /// Records changes of many messages together, in portions that leave room for mail.
    private func change(
        _ ids: [QueueIdentifier], _ make: (QueueIdentifier, Int64) -> QueueChange
    ) async throws(SpoolError) {
        for start in stride(from: 0, to: ids.count, by: Limits.changedAtOnce) {
            let some = ids[start..<min(ids.count, start + Limits.changedAtOnce)]
            let now = clock.wall()
            try await spool.record(some.map { make($0, now) })
            for id in some { reconcile(id) }
        }
    }

    /// Makes everything due at once, dead destinations too.
    public func flush() {
        state.withLock { $0.queue.flush() }
        dispatch()
    }

    /// Uses other routes from now on; what waits for a route that is gone takes the
    /// new one when its turn comes.
    public func reload(_ planner: RoutePlanner) {
        state.withLock { state in
            state.planner = planner
            state.queue.forgetPlans()
        }
        dispatch()
    }

    /// The routes in use.
    public var routes: RouteTable { state.withLock { $0.planner.routes } }

    /// The destinations with the most mail.
    public func destinations(limit: Int) -> [DestinationReport] {
        let now = clock.monotonic()
        return state.withLock { state in
            let busy = state.queue.destinations.filter { $0.entryCount > 0 }
                .sorted { $0.entryCount > $1.entryCount }
            return busy.prefix(max(0, limit)).map { destination in
                DestinationReport(
                    destination: destination.key, entries: destination.entryCount,
                    running: destination.runningCount, window: destination.window.size,
                    restsFor: destination.window.restsUntil.map { max(0, $0 - now) },
                    lastFailure: destination.memory?.lastFailure)
            }
        }
    }

    /// Carries out what people left for us in the spool's folder, which the spool has recorded.
    func takeRequests() async {
        let requests: [SpoolRequest]
        do {
            requests = try await spool.takeRequests()
        } catch {
            return sinks.log("Requests cannot be read: \(error)")
        }
        for request in requests {
            if request.action == .flush { flush() }
            for id in request.messages { reconcile(id) }
        }
    }

    /// Makes the queue agree with what the spool says of a message now: held or finished, it goes;
    /// else it is due at once. Whoever comes last sees what counts, however people interfere with
    /// each other.
    private func reconcile(_ id: QueueIdentifier) {
        let waiting = try? spool.envelope(of: id)
        let (now, wall) = (clock.monotonic(), clock.wall())
        state.withLock { state in
            guard let waiting, var message = spool.waiting(id), !message.isHeld else {
                return state.queue.remove(id)
            }
            for index in message.recipients.indices { message.recipients[index].nextAttempt = 0 }
            let covered = state.queue.revive(id)
            state.restore(message, waiting, except: covered, options, now: now, wall: wall)
        }
        dispatch()
    }
}
