public import DNS
public import Identities
public import NIOCore
internal import NIOPosix
internal import Synchronization

/// Asks recursive resolvers over the network, and keeps what they said.
///
/// It does not validate DNSSEC itself: it takes the word of a resolver that it may trust, best a
/// validating one on the same machine (docs/decisions/0003).
public final class StubResolver: DNSLookup {
    private let configuration: ResolverConfiguration
    private let group: any EventLoopGroup
    private let now: @Sendable () -> Duration
    private let random: @Sendable () -> UInt64
    private let state: Mutex<LookupState>

    /// Sockets are opened on the group, or on the process's own. Time and randomness come from
    /// the caller in tests, and must be unpredictable otherwise, as the default is.
    public init(
        configuration: ResolverConfiguration,
        group: (any EventLoopGroup)? = nil,
        now: (@Sendable () -> Duration)? = nil,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    ) {
        self.configuration = configuration
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
        let start = ContinuousClock.now
        self.now = now ?? { ContinuousClock.now - start }
        self.random = random
        state = Mutex(
            LookupState(
                cache: AnswerCache(
                    entryLimit: configuration.cacheEntries,
                    octetLimit: configuration.cacheOctets)))
    }

    public func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        await answer(AnswerCache.Key(name, type))
    }

    public func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        await answer(AnswerCache.Key(name, type))
    }

    private func answer(_ key: AnswerCache.Key) async -> DNSAnswer {
        while true {
            switch state.withLock({ $0.start(key, now: now()) }) {
            case .known(let answer): return answer
            case .closed: return DNSAnswer(.failure("The resolver has been shut down."))
            case .lead: return await lead(key)
            case .follow:
                if let answer = await follow(key) { return answer }
                if Task.isCancelled { return DNSAnswer(.failure("The look-up was cancelled.")) }
            }
        }
    }

    /// How many answers are kept just now.
    public var cachedAnswers: Int { state.withLock { $0.cache.count } }

    /// Ends all look-ups with a failure and closes their sockets; later ones fail at once.
    public func shutDown() async {
        let rest = state.withLock { $0.close() }
        for waiter in rest.waiters {
            waiter.resume(returning: DNSAnswer(.failure("The resolver has been shut down.")))
        }
        for waiter in rest.queue { waiter.resume(returning: false) }
        for channel in rest.channels { try? await channel.close().get() }
    }

    /// Asks, keeps the answer and gives it to all who wait for it. When the caller is cancelled
    /// the others are not: one of them asks again.
    private func lead(_ key: AnswerCache.Key) async -> DNSAnswer {
        var answer = DNSAnswer(.failure("Too many look-ups are waiting."))
        if await takeTurn() {
            answer = await resolve(key)
            state.withLock { $0.endTurn() }?.resume(returning: true)
        }
        let isCancelled = Task.isCancelled
        let waiters = state.withLock { state in
            if !isCancelled, !state.isClosed { state.cache.store(answer, key, now: now()) }
            return state.finish(key)
        }
        for waiter in waiters { waiter.resume(returning: isCancelled ? nil : answer) }
        return answer
    }

    private func follow(_ key: AnswerCache.Key) async -> DNSAnswer? {
        let ticket = state.withLock { $0.ticket() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isWaiting = state.withLock {
                    !Task.isCancelled && $0.follow(key, ticket, waiter)
                }
                if !isWaiting { waiter.resume(returning: nil) }
            }
        } onCancel: {
            state.withLock { $0.leave(key, ticket) }?.resume(returning: nil)
        }
    }

    private func takeTurn() async -> Bool {
        let limit = max(1, configuration.concurrentLookups)
        switch state.withLock({ $0.takeTurn(limit: limit) }) {
        case .taken: return true
        case .refused: return false
        case .mustWait: break
        }
        let ticket = state.withLock { $0.ticket() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let decided = state.withLock {
                    Task.isCancelled ? false : $0.enqueue(ticket, waiter, limit: limit)
                }
                if let decided { waiter.resume(returning: decided) }
            }
        } onCancel: {
            state.withLock { $0.abandon(ticket) }?.resume(returning: false)
        }
    }

    private func resolve(_ key: AnswerCache.Key) async -> DNSAnswer {
        var lookup = Lookup(
            configuration: configuration,
            exchange: Exchange(
                group: group, random: random,
                register: { [self] channel in state.withLock { $0.open(channel) } },
                unregister: { [self] channel in state.withLock { $0.closed(channel) } }),
            random: random, now: now, preferred: state.withLock { $0.preferredServer })
        let answer = await lookup.run(key.name, key.type)
        let preferred = lookup.preferred
        state.withLock { $0.preferredServer = preferred }
        return answer
    }
}
