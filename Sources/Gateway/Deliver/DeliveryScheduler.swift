internal import Identities
internal import SMTP
public import SMTPClient
public import Spool
internal import Synchronization

/// Delivers what the spool holds: takes each message to its next servers, tries again while that
/// makes sense, tells the sender when it does not, and records every step in the spool.
///
/// A fixed number of workers take turns from `DeliveryQueue`. One that has nothing to do is parked,
/// and the next message resumes it directly; under load a worker goes from message to message
/// without a pause. Time, randomness, DNS and the network are handed in.
public final class DeliveryScheduler: Sendable {
    /// Hands a message to one server.
    public typealias Deliver =
        @Sendable (OutgoingMessage, DeliveryTarget) async -> DeliveryResult

    /// What goes out of delivery besides mail.
    public struct Sinks: Sendable {
        /// What each attempt showed of a domain's TLS. Called on the delivery's task: be quick.
        public var observe: @Sendable (TLSObservation) -> Void
        /// Makes the gateway's record of a report, before it goes into the spool.
        public var reportRecord: @Sendable (SpoolMessage, _ about: QueueIdentifier) -> [UInt8]
        /// One line for the log, about what an operator should know.
        public var log: @Sendable (String) -> Void

        public init(
            observe: @escaping @Sendable (TLSObservation) -> Void = { _ in },
            reportRecord: @escaping @Sendable (SpoolMessage, QueueIdentifier) -> [UInt8] = {
                _, _ in []
            },
            log: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            self.observe = observe
            self.reportRecord = reportRecord
            self.log = log
        }
    }

    struct State: Sendable {
        var queue: DeliveryQueue
        var parked: [CheckedContinuation<DeliveryQueue.Turn?, Never>] = []
        var isStopping = false
        var statistics = DeliveryStatistics()
        var planner: RoutePlanner
        var random: SplitMix
    }

    let state: Mutex<State>
    let spool: any DeliverySpool
    let options: DeliveryOptions
    let clock: DeliveryClock
    let deliver: Deliver
    let sinks: Sinks

    /// - Parameter seed: of what chance decides: the order of servers, the spread of waits, and the
    ///   boundaries of reports. In production a random number.
    public init(
        spool: any DeliverySpool, planner: RoutePlanner, options: DeliveryOptions,
        clock: DeliveryClock, seed: UInt64, sinks: Sinks = Sinks(), deliver: @escaping Deliver
    ) {
        self.spool = spool
        self.options = options
        self.clock = clock
        self.sinks = sinks
        self.deliver = deliver
        let bounds = DestinationWindow.Bounds(
            first: options.firstDestinationDeliveries, limit: options.destinationDeliveries)
        state = Mutex(
            State(
                queue: DeliveryQueue(
                    capacity: options.deliveries, slowCapacity: options.slowDeliveries,
                    bounds: bounds),
                planner: planner, random: SplitMix(seed: seed)))
    }

    // MARK: In

    /// Takes over a message that the spool has just accepted.
    public func enqueue(_ message: SpoolMessage) {
        guard message.disposition == .deliver else { return }
        let waiting = WaitingEnvelope(
            message.envelope, receivedAt: message.receivedAt, routing: message.routing)
        let now = clock.monotonic()
        let count = message.envelope.recipients.count
        state.withLock { state in
            // Somebody may have asked for it since it is in the spool.
            guard !state.queue.contains(message.id) else { return }
            state.insert(
                message.id, waiting, Array(0..<count), localDomain: options.localDomain,
                bornAt: now, keepsEnvelope: true)
        }
        dispatch()
    }

    /// Takes over what the spool recovered, or what was released: each recipient is due when it was
    /// to be. The envelopes are read to know where they go, and not kept.
    public func restore(_ messages: some Sequence<WaitingMessage> & Sendable) async {
        for (index, message) in messages.enumerated() {
            if !message.isHeld { restore(message) }
            if index % 64 == 63 {
                dispatch()
                await Task.yield()
            }
        }
        dispatch()
    }

    private func restore(_ message: WaitingMessage) {
        do {
            let waiting = try spool.envelope(of: message.id)
            let (now, wall) = (clock.monotonic(), clock.wall())
            state.withLock { state in
                // Somebody may have asked for it meanwhile.
                guard !state.queue.contains(message.id) else { return }
                state.restore(message, waiting, options, now: now, wall: wall)
            }
        } catch {
            sinks.log("Message \(message.id) cannot be read from the spool: \(error)")
        }
    }

    // MARK: Work

    /// Delivers until `stop` is called or the task is cancelled; returns when what was under way has
    /// ended.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<(options.deliveries + options.slowDeliveries) {
                group.addTask { await self.work() }
            }
            await self.watch()
        }
    }

    /// Lets what is under way end, and begins nothing more.
    public func stop() {
        let parked = state.withLock { state in
            state.isStopping = true
            defer { state.parked = [] }
            return state.parked
        }
        for continuation in parked { continuation.resume(returning: nil) }
    }

    private func work() async {
        while let turn = await nextTurn() { await perform(turn) }
    }

    private func nextTurn() async -> DeliveryQueue.Turn? {
        let now = clock.monotonic()
        let (turn, isStopping) = state.withLock { state in
            state.isStopping ? (nil, true) : (state.queue.next(now: now), false)
        }
        if turn != nil || isStopping { return turn }
        return await withCheckedContinuation { continuation in
            let answer: DeliveryQueue.Turn?? = state.withLock { state in
                if state.isStopping { return .some(nil) }
                if let turn = state.queue.next(now: now) { return .some(turn) }
                state.parked.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Hands turns to parked workers while there are both.
    func dispatch() {
        let now = clock.monotonic()
        while true {
            let pair = state.withLock {
                state -> (
                    CheckedContinuation<DeliveryQueue.Turn?, Never>,
                    DeliveryQueue.Turn
                )? in
                guard !state.parked.isEmpty, let turn = state.queue.next(now: now) else {
                    return nil
                }
                return (state.parked.removeLast(), turn)
            }
            guard let (continuation, turn) = pair else { return }
            continuation.resume(returning: turn)
        }
    }

    /// Looks at the clock and at what people ask, until the end.
    private func watch() async {
        while !Task.isCancelled, !state.withLock({ $0.isStopping }) {
            let now = clock.monotonic()
            let next = state.withLock { state in
                state.queue.tick(
                    now: now, expiry: now - options.lifetime, warning: now - options.delayWarning)
                return state.queue.nextDue
            }
            dispatch()
            await takeRequests()
            let wait = min((next ?? .max) - now, Limits.tickMilliseconds)
            await clock.sleep(max(1, wait))
        }
        stop()
    }

    /// Counts and sizes, for metrics.
    public var statistics: DeliveryStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.running = state.queue.runningCount + state.queue.slowCount
            statistics.waiting = state.queue.count - statistics.running
            return statistics
        }
    }
}
