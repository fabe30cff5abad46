public import DNS
public import Identities
public import Storage

import MailAuthentication
import Synchronization

/// Looks again and again whether the SPF records of an organisation's domains lead to an error: the
/// records that they include belong to others, who change them overnight.
///
/// A record with a known fault is looked at again soon, so that what is mended is told soon.
public final class RecordWatch: Sendable {
    /// How often records are looked at, and how many at once.
    public enum Limits {
        /// Seconds between two looks at a record.
        public static let pause: Int64 = 21_600
        /// Seconds between two looks at a record with a known fault, for as many as
        /// `AlertLimits.open` says.
        public static let faultPause: Int64 = 900
        /// Domains of one step.
        public static let domains = 200
        /// Domains looked at side by side.
        public static let width = 4
    }

    /// A fault that appeared or ended.
    public struct News: Hashable, Sendable {
        public var domain: DomainName
        /// Where the fault is, and what it is; nil where it ended.
        public var reason: String?
    }

    private let domains: DomainStore
    private let faults: RecordFaultStore
    private let lookup: any DNSLookup
    private let now: @Sendable () -> Int64
    private let tell: @Sendable (News) async -> Void
    /// When each domain was looked at, in seconds since 1970.
    private let looks = Mutex<[DomainName: Int64]>([:])

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - tell: hears of each fault that appeared or ended, once it is kept.
    public init(
        domains: DomainStore, faults: RecordFaultStore, lookup: any DNSLookup,
        now: @escaping @Sendable () -> Int64, tell: @escaping @Sendable (News) async -> Void
    ) {
        self.domains = domains
        self.faults = faults
        self.lookup = lookup
        self.now = now
        self.tell = tell
    }

    /// Looks at the domains whose time has come: first those with a known fault, then those that
    /// were looked at the longest ago.
    ///
    /// - Returns: whether more than one step looks at were due.
    public func step() async throws -> Bool {
        let due = try await due()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = due.prefix(Limits.domains)
            for _ in 0..<Limits.width {
                guard let domain = waiting.popFirst() else { break }
                group.addTask { try await self.look(at: domain) }
            }
            while try await group.next() != nil {
                guard !Task.isCancelled, let domain = waiting.popFirst() else { continue }
                group.addTask { try await self.look(at: domain) }
            }
        }
        return due.count > Limits.domains
    }

    private func due() async throws -> [DomainName] {
        let names = try await domains.names()
        let faulty = Set(try await faults.all().map(\.domain))
        let now = now()
        let looks = looks.withLock { looks in
            // What reports are not kept of any more is forgotten here too.
            if looks.count > names.count {
                let kept = Set(names)
                looks = looks.filter { kept.contains($0.key) }
            }
            return looks
        }
        let due = names.filter { name in
            // A clock that was set back does not stop the looking.
            guard let last = looks[name], last <= now else { return true }
            return now - last >= (faulty.contains(name) ? Limits.faultPause : Limits.pause)
        }
        let rest = due.filter { !faulty.contains($0) }
            .map { (name: $0, last: looks[$0] ?? .min) }
            .sorted { ($0.last, $0.name.text) < ($1.last, $1.name.text) }
        return due.filter(faulty.contains) + rest.map(\.name)
    }

    private func look(at domain: DomainName) async throws {
        let found = await SPFRecordWalk(lookup: lookup).walk(domain)
        let now = now()
        // What DNS does not tell is no fault, and no proof that one is mended.
        if !found.faults.isEmpty || found.unknown.isEmpty {
            let reason = found.faults.first?.sentence
            if try await faults.keep(spf: reason, of: domain, now: now) {
                await tell(News(domain: domain, reason: reason))
            }
        }
        looks.withLock { $0[domain] = now }
    }
}
