public import DNS
public import Identities
public import MailAuthentication
internal import SMTPClient
internal import Synchronization

/// The MTA-STS policies of the domains we send to, each kept for as long as it says (RFC 8461 §5.1).
///
/// What an attacker between us and the domain can do is to hide the record or the policy's web
/// host; that is why a policy once seen counts until its own end. So it outlives a restart, too:
/// `save` is called with every change, and `entries` go in again at the start.
public final class MTASTSCache: Sendable {
    /// A remembered policy.
    public struct Entry: Hashable, Sendable {
        public var domain: DomainName
        /// The record's `id` when the policy was fetched.
        public var id: String
        /// The policy's text as it was fetched.
        public var text: [UInt8]
        /// Milliseconds since 1970.
        public var fetchedAt: Int64

        public init(domain: DomainName, id: String, text: [UInt8], fetchedAt: Int64) {
            self.domain = domain
            self.id = id
            self.text = text
            self.fetchedAt = fetchedAt
        }
    }

    private struct Known {
        var id: String
        var policy: MTASTSPolicy
        var fetchedAt: Int64

        func counts(at now: Int64) -> Bool {
            // A clock that was set back makes nothing older or younger than it can be.
            now - fetchedAt < policy.maxAge * 1_000
        }
    }

    private struct State {
        var known: [DomainName: Known] = [:]
        /// When the last fetch failed, and how.
        var failed: [DomainName: (at: Int64, id: String, TLSFailure, String)] = [:]
        /// Those who wait for a fetch under way.
        var waiting: [DomainName: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state: Mutex<State>
    private let discovery: MTASTSDiscovery
    private let fetch: MTASTSPolicyFetch.Closure
    private let save: @Sendable (Entry) -> Void

    /// - Parameters:
    ///   - entries: what `save` was given in earlier runs; those that no longer parse are left out.
    ///   - save: called with each policy that was fetched.
    public init(
        lookup: any DNSLookup, entries: [Entry] = [], fetch: @escaping MTASTSPolicyFetch.Closure,
        save: @escaping @Sendable (Entry) -> Void = { _ in }
    ) {
        discovery = MTASTSDiscovery(lookup)
        self.fetch = fetch
        self.save = save
        var state = State()
        for entry in entries.suffix(Limits.rememberedPolicies) {
            guard let policy = try? MTASTSPolicyParser.parse(entry.text) else { continue }
            state.known[entry.domain] = Known(
                id: entry.id, policy: policy, fetchedAt: entry.fetchedAt)
        }
        self.state = Mutex(state)
    }

    /// The policy that counts for a domain now.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func policy(for domain: DomainName, now: Int64) async -> MTASTSFinding {
        let record = await discovery.record(for: domain)
        let known = state.withLock { $0.known[domain] }.flatMap { $0.counts(at: now) ? $0 : nil }
        switch record {
        case .record(let record, _):
            if let known, known.id == record.id, !isOld(known, now) {
                return MTASTSFinding(policy: known.policy)
            }
            await refresh(domain, record.id, now)
            return finding(for: domain, record.id, now)
        case .none, .invalid, .temporary:
            // Whoever hides the record does not get rid of the policy (RFC 8461 §5.1).
            return MTASTSFinding(policy: known?.policy)
        }
    }

    /// Domains with a policy that still counts.
    public func count(at now: Int64) -> Int {
        state.withLock { $0.known.values.count { $0.counts(at: now) } }
    }

    private func isOld(_ known: Known, _ now: Int64) -> Bool {
        let seconds = min(Limits.policyRefreshSeconds, known.policy.maxAge / 2)
        return now - known.fetchedAt > seconds * 1_000
    }

    private func finding(for domain: DomainName, _ id: String, _ now: Int64) -> MTASTSFinding {
        state.withLock { state in
            let known = state.known[domain].flatMap { $0.counts(at: now) ? $0 : nil }
            guard let failed = state.failed[domain], failed.id == id else {
                return MTASTSFinding(policy: known?.policy)
            }
            let policy = TLSObservation.Policy(type: .sts, domain: domain)
            return MTASTSFinding(
                policy: known?.policy,
                observations: [
                    TLSObservation(
                        domain: domain, policy: policy, result: failed.2, detail: failed.3, at: now)
                ])
        }
    }

    /// Fetches the policy once, however many ask for it at one time.
    private func refresh(_ domain: DomainName, _ id: String, _ now: Int64) async {
        enum Turn { case mine, theirs, notYet }
        let turn = state.withLock { state -> Turn in
            if let failed = state.failed[domain], failed.id == id, failed.at <= now,
                now - failed.at < Limits.policyRetrySeconds * 1_000
            {
                return .notYet
            }
            if state.waiting[domain] != nil { return .theirs }
            state.waiting[domain] = []
            return .mine
        }
        switch turn {
        case .notYet: return
        case .theirs:
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state -> Bool in
                    guard state.waiting[domain] != nil else { return true }
                    state.waiting[domain]?.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        case .mine:
            await fetchOnce(domain, id, now)
            let waiting = state.withLock { $0.waiting.removeValue(forKey: domain) ?? [] }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func fetchOnce(_ domain: DomainName, _ id: String, _ now: Int64) async {
        guard let url = MTASTSDiscovery.policyURL(for: domain) else { return }
        let word: TLSFailure
        let text: String
        switch await fetch(domain, url) {
        case .failure(let failure, let reason): (word, text) = (failure, reason)
        case .body(let body):
            do throws(MTASTSPolicyError) {
                let policy = try MTASTSPolicyParser.parse(body)
                keep(Known(id: id, policy: policy, fetchedAt: now), for: domain, now)
                save(Entry(domain: domain, id: id, text: body, fetchedAt: now))
                return
            } catch {
                (word, text) = (.stsPolicyInvalid, error.description)
            }
        }
        state.withLock { state in
            if state.failed.count >= Limits.rememberedPolicies { state.failed.removeAll() }
            state.failed[domain] = (now, id, word, text)
        }
    }

    private func keep(_ known: Known, for domain: DomainName, _ now: Int64) {
        state.withLock { state in
            state.failed[domain] = nil
            if state.known.count >= Limits.rememberedPolicies, state.known[domain] == nil {
                state.known = state.known.filter { $0.value.counts(at: now) }
                // Still full: the oldest goes, for it is the one that was asked for least.
                if state.known.count >= Limits.rememberedPolicies,
                    let oldest = state.known.min(by: { $0.value.fetchedAt < $1.value.fetchedAt })
                {
                    state.known[oldest.key] = nil
                }
            }
            state.known[domain] = known
        }
    }
}

/// What counts for a domain, and what was found wrong on the way.
public struct MTASTSFinding: Sendable {
    /// Nil when there is none.
    public var policy: MTASTSPolicy?
    /// For TLS reports: a policy that is announced and cannot be had.
    public var observations: [TLSObservation]

    public init(policy: MTASTSPolicy? = nil, observations: [TLSObservation] = []) {
        self.policy = policy
        self.observations = observations
    }
}
