internal import DNS
internal import NIOCore

/// What all look-ups of a resolver share: the cache, who asks what just now, and whose turn it is.
struct LookupState {
    typealias Waiter = CheckedContinuation<DNSAnswer?, Never>

    enum Start {
        case known(DNSAnswer)
        /// Nobody asks this; the caller does, and calls `finish`.
        case lead
        /// Somebody asks this already; the caller waits for the answer.
        case follow
        case closed
    }

    var cache: AnswerCache
    /// The server that answered last.
    var preferredServer = 0
    private(set) var isClosed = false
    private var waiters: [AnswerCache.Key: [UInt64: Waiter]] = [:]
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var turnsTaken = 0
    private var queue: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    private var queueOrder: [UInt64] = []
    private var queueStart = 0
    private var lastTicket: UInt64 = 0

    init(cache: AnswerCache) {
        self.cache = cache
    }

    mutating func ticket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    // MARK: One question at a time

    mutating func start(_ key: AnswerCache.Key, now: Duration) -> Start {
        if isClosed { return .closed }
        if let known = cache.answer(key, now: now) { return .known(known) }
        if waiters[key] != nil { return .follow }
        waiters[key] = [:]
        return .lead
    }

    /// False when the question has been answered meanwhile: the caller looks again.
    mutating func follow(_ key: AnswerCache.Key, _ ticket: UInt64, _ waiter: Waiter) -> Bool {
        guard waiters[key] != nil, !isClosed else { return false }
        waiters[key]?[ticket] = waiter
        return true
    }

    mutating func leave(_ key: AnswerCache.Key, _ ticket: UInt64) -> Waiter? {
        waiters[key]?.removeValue(forKey: ticket)
    }

    mutating func finish(_ key: AnswerCache.Key) -> [Waiter] {
        Array((waiters.removeValue(forKey: key) ?? [:]).values)
    }

    // MARK: Turns

    enum Turn {
        case taken, mustWait, refused
    }

    mutating func takeTurn(limit: Int) -> Turn {
        if isClosed { return .refused }
        if turnsTaken < limit {
            turnsTaken += 1
            return .taken
        }
        return queue.count < Limits.waitingLookups ? .mustWait : .refused
    }

    /// True when a turn has come free meanwhile, and now belongs to the caller.
    mutating func enqueue(
        _ ticket: UInt64, _ waiter: CheckedContinuation<Bool, Never>, limit: Int
    ) -> Bool? {
        if isClosed { return false }
        if turnsTaken < limit {
            turnsTaken += 1
            return true
        }
        queue[ticket] = waiter
        queueOrder.append(ticket)
        return nil
    }

    mutating func abandon(_ ticket: UInt64) -> CheckedContinuation<Bool, Never>? {
        queue.removeValue(forKey: ticket)
    }

    /// Who has the next turn; it passes on without being counted anew.
    mutating func endTurn() -> CheckedContinuation<Bool, Never>? {
        while queueStart < queueOrder.count {
            let ticket = queueOrder[queueStart]
            queueStart += 1
            if queueStart > 1_024, queueStart * 2 > queueOrder.count {
                queueOrder.removeFirst(queueStart)
                queueStart = 0
            }
            if let next = queue.removeValue(forKey: ticket) { return next }
        }
        turnsTaken -= 1
        return nil
    }

    // MARK: Sockets

    mutating func open(_ channel: any Channel) -> Bool {
        guard !isClosed else { return false }
        channels[ObjectIdentifier(channel)] = channel
        return true
    }

    mutating func closed(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = nil
    }

    struct Remainder {
        var channels: [any Channel]
        var waiters: [Waiter]
        var queue: [CheckedContinuation<Bool, Never>]
    }

    mutating func close() -> Remainder {
        isClosed = true
        cache.removeAll()
        defer {
            for key in waiters.keys { waiters[key] = [:] }
            queue = [:]
        }
        return Remainder(
            channels: Array(channels.values), waiters: waiters.values.flatMap(\.values),
            queue: Array(queue.values))
    }
}
