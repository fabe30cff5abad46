internal import SMTP
internal import SMTPClient
internal import Synchronization

/// Which servers are tried, and what is learned of them.
extension DeliveryScheduler {
    /// The destination's plan, made anew when it is too old.
    func plan(for turn: DeliveryQueue.Turn, _ requiresTLS: Bool) async -> RoutePlan {
        let now = clock.monotonic()
        let (known, key, planner) = state.withLock { state in
            let memory = state.queue.memory(of: turn.destination)
            let plan = requiresTLS ? memory.protectedPlan : memory.plan
            let key = state.queue.destinations[Int(turn.destination)].key
            return (plan.flatMap { $0.until > now ? $0.plan : nil }, key, state.planner)
        }
        if let known { return known }
        let plan = await planner.plan(for: key, requiresTLS: requiresTLS, now: clock.wall())
        let until = clock.monotonic() + plan.validSeconds * 1_000
        state.withLock { state in
            state.queue.remember(turn.destination) { memory in
                if requiresTLS {
                    memory.protectedPlan = (plan, until)
                } else {
                    memory.plan = (plan, until)
                }
                if case .none(let failure) = plan { memory.lastFailure = failure.text }
            }
        }
        return plan
    }

    /// The plan's order, those that did not answer lately last.
    func order(_ servers: PlannedServers, _ turn: DeliveryQueue.Turn) -> [PlannedTarget] {
        let now = clock.monotonic()
        return state.withLock { state in
            let targets = servers.targets(using: &state.random)
            guard targets.count > 1 else { return targets }
            let resting = state.queue.memory(of: turn.destination).resting
            guard !resting.isEmpty else { return targets }
            let isDown = { (target: PlannedTarget) in
                resting.contains { $0.until > now && $0.address == target.target.address }
            }
            return targets.filter { !isDown($0) } + targets.filter(isDown)
        }
    }

    /// Keeps in mind that a server did not answer, or that it does again.
    func remember(_ target: DeliveryTarget, of destination: Int32, failure: String?) {
        let now = clock.monotonic()
        state.withLock { state in
            let memory = state.queue.memory(of: destination)
            guard failure != nil || memory.lastFailure != nil || !memory.resting.isEmpty else {
                return
            }
            state.queue.remember(destination) { memory in
                memory.lastFailure = failure
                memory.resting.removeAll { $0.until <= now || $0.address == target.address }
                if failure != nil, memory.resting.count < Limits.mailHosts {
                    memory.resting.append(
                        (target.address, now + Limits.serverRestSeconds * 1_000))
                }
            }
        }
    }

    /// Tells TLS reports what a session showed; a connection that an earlier message opened was
    /// told of already (RFC 8460 §4.4 counts sessions).
    func observe(_ result: DeliveryResult, _ planned: PlannedTarget) {
        guard let policy = planned.policy, !result.connection.wasReused else { return }
        let connection = result.connection
        var failure = connection.tlsFailure
        var text = connection.tlsFailureText
        for case .failed(let recipient) in result.recipients where failure == nil {
            failure = recipient.tlsFailure
            text = recipient.text
        }
        if failure == nil {
            if let tls = connection.tls {
                if planned.isTesting, case .unproven(let reason) = tls.verification {
                    failure = reason
                }
            } else if connection.extensions.offers(.extended) {
                failure = .startTLSNotSupported
            } else {
                // It never came to a session.
                return
            }
        }
        sinks.observe(
            TLSObservation(
                domain: planned.domain ?? policy.domain, policy: policy,
                host: planned.target.name, address: planned.target.address,
                source: connection.source, result: failure, detail: failure == nil ? nil : text,
                at: clock.wall()))
    }
}
