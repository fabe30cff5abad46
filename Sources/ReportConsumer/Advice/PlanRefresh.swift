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
        /// Domains whose failures are remembered.
        public static let failures = 10_000
    }

    private let programme: ProgrammeStore
    private let adviser: @Sendable (any DNSLookup) -> DomainAdviser
    private let lookup: any DNSLookup
    private let now: @Sendable () -> Int64
    private let failures = Mutex<[DomainName: Int64]>([:])

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
    ///
    /// - Returns: the domains whose plans were made.
    public func step() async throws -> [DomainName] {
        let start = now()
        let waiting = failures.withLock { failures in
            failures = failures.filter { start - $0.value < Limits.pause && $0.value <= start }
            return Set(failures.keys)
        }
        var made: [DomainName] = []
        for domain in try await programme.outdated(now: start, leavingOut: waiting)
            .prefix(Limits.domains)
        {
            if Task.isCancelled || now() - start > Limits.seconds { break }
            let budget = LookupBudget(lookup, questions: Limits.questions)
            let plan: EnforcementPlan?
            do {
                plan = try await adviser(budget).plan(
                    for: domain, days: EvidenceQuestion.usualDays, until: nil, now: start)
            } catch let error as CancellationError {
                throw error
            } catch {
                plan = nil
            }
            // What was cut short knows less than the plan that is there.
            guard let plan, !budget.isSpent else {
                failures.withLock { failures in
                    if failures.count < Limits.failures { failures[domain] = start }
                }
                continue
            }
            try await programme.note(plan, of: domain, now: start)
            made.append(domain)
        }
        return made
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
