public import DNS
public import Identities
public import Storage

import DomainAnalysis
import Synchronization

/// Makes the plans of domains whose reports are newer than their plan, so that the board of the
/// programme tells what blocks them without anybody opening their pages.
///
/// A few domains at a time, each with so many questions to the DNS; one that needs more keeps the
/// plan that it has, and waits.
public final class PlanRefresh: Sendable {
    /// What one round may cost.
    public enum Limits {
        /// Domains of one round.
        public static let domains = 20
        /// Questions to the DNS for one domain.
        public static let questions = 400
        /// Seconds of one round; the domain that is begun is finished.
        public static let seconds: Int64 = 20
        /// Seconds before a domain whose plan could not be made is tried again.
        public static let pause: Int64 = 21_600
        /// Domains that are remembered as waiting.
        public static let failures = 10_000
    }

    /// What a round came to.
    public struct Round: Hashable, Sendable {
        /// Domains whose plans were made.
        public var made: [DomainName] = []
        /// Domains whose plans could not be made; they keep the plan that they have.
        public var failed: [Failure] = []
    }

    /// A plan that could not be made.
    public struct Failure: Error, Hashable, Sendable {
        public var domain: DomainName
        /// Why, in the words of what went wrong.
        public var reason: String
    }

    private let programme: ProgrammeStore
    private let adviser: @Sendable (any DNSLookup) -> DomainAdviser
    private let lookup: any DNSLookup
    private let now: @Sendable () -> Int64
    private let pauses = Mutex(PlanPauses())

    /// - Parameters:
    ///   - adviser: for a look-up; asked once for each domain.
    ///   - now: seconds since 1970.
    public init(
        programme: ProgrammeStore, lookup: any DNSLookup, now: @escaping @Sendable () -> Int64,
        adviser: @escaping @Sendable (any DNSLookup) -> DomainAdviser
    ) {
        self.programme = programme
        self.adviser = adviser
        self.lookup = lookup
        self.now = now
    }

    /// Makes the plans that are the most out of date.
    public func step() async throws -> Round {
        let start = now()
        let waiting = pauses.withLock { $0.waiting(now: start) }
        var round = Round()
        for domain in try await programme.outdated(now: start, leavingOut: waiting)
            .prefix(Limits.domains)
        {
            if Task.isCancelled || now() - start > Limits.seconds { break }
            do {
                let plan = try await plan(for: domain, at: start)
                try await programme.note(plan, of: domain, now: start)
                round.made.append(domain)
            } catch let failure as Failure {
                pauses.withLock { $0.add(domain, now: start) }
                try await programme.note(failure: failure.reason, of: domain, now: start)
                round.failed.append(failure)
            }
        }
        return round
    }

    /// - Throws: `Failure`, or that the task was cancelled.
    private func plan(for domain: DomainName, at start: Int64) async throws -> EnforcementPlan {
        let budget = LookupBudget(lookup, questions: Limits.questions)
        let plan: EnforcementPlan?
        do {
            plan = try await adviser(budget).plan(
                for: domain, days: EvidenceQuestion.usualDays, until: nil, now: start)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Failure(domain: domain, reason: "\(error)")
        }
        // What was cut short knows less than the plan that is there.
        guard !budget.isSpent else {
            throw Failure(
                domain: domain,
                reason: "it asks the DNS more than \(Limits.questions) questions")
        }
        guard let plan else {
            throw Failure(domain: domain, reason: "no report about it was taken in")
        }
        return plan
    }
}

/// Domains whose plans could not be made, and which wait before it is tried again.
public struct PlanPauses: Sendable {
    private var since: [DomainName: Int64] = [:]

    public init() {}

    /// Those that wait still.
    ///
    /// - Parameter now: seconds since 1970; a clock that was set back ends the waiting.
    public mutating func waiting(now: Int64) -> Set<DomainName> {
        since = since.filter { now - $0.value < PlanRefresh.Limits.pause && $0.value <= now }
        return Set(since.keys)
    }

    /// A domain waits from now on. Where as many wait as are remembered, it is tried again in the
    /// next round.
    public mutating func add(_ domain: DomainName, now: Int64) {
        guard since.count < PlanRefresh.Limits.failures else { return }
        since[domain] = now
    }
}

/// A look-up that answers so many questions, and no more.
public final class LookupBudget: DNSLookup {
    private let lookup: any DNSLookup
    private let left: Mutex<Int>

    public init(_ lookup: any DNSLookup, questions: Int) {
        self.lookup = lookup
        left = Mutex(questions)
    }

    /// Whether a question was not answered for that reason.
    public var isSpent: Bool { left.withLock { $0 < 0 } }

    public var answersAtOnce: Bool { lookup.answersAtOnce }

    public func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        guard take() else { return DNSAnswer(.failure("too many questions for one plan")) }
        return await lookup.lookUp(name, type)
    }

    public func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        guard take() else { return DNSAnswer(.failure("too many questions for one plan")) }
        return await lookup.lookUp(name, type)
    }

    private func take() -> Bool {
        left.withLock { left in
            guard left > 0 else {
                left = -1
                return false
            }
            left -= 1
            return true
        }
    }
}
