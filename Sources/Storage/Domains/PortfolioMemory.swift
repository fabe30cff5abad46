import Synchronization

/// Portfolios that were added up before: the first page asks for the same sums until the next
/// report comes in.
///
/// Each is kept with the counters that every change of the sums moves in its own transaction, and
/// is good only while they stand still, whoever changed them: no process has to tell another.
final class PortfolioMemory: Sendable {
    struct Question: Hashable {
        var organisation: OrganisationID
        var days: Int
        var lastDay: Int?
        var today: Int
    }

    /// Days of domains that are kept in all, of some 64 octets each.
    static let mostDays = 400_000

    private struct Kept {
        var counters: [Int64]
        var portfolio: Portfolio
        var size: Int
    }

    private struct State {
        var kept: [Question: Kept] = [:]
        /// The longest unasked first.
        var order: [Question] = []
        var size = 0

        mutating func forget(_ question: Question) {
            guard let gone = kept.removeValue(forKey: question) else { return }
            size -= gone.size
            order.removeAll { $0 == question }
        }
    }

    private let state = Mutex(State())

    func portfolio(_ question: Question, _ counters: [Int64]) -> Portfolio? {
        state.withLock { state in
            guard let known = state.kept[question] else { return nil }
            guard known.counters == counters else {
                state.forget(question)
                return nil
            }
            state.order.removeAll { $0 == question }
            state.order.append(question)
            return known.portfolio
        }
    }

    func keep(_ portfolio: Portfolio, _ question: Question, _ counters: [Int64]) {
        // At least so much, that many small answers are not many thousand.
        let size = max(1_000, (portfolio.domains.count + 1) * portfolio.window.dayCount)
        guard size <= Self.mostDays else { return }
        state.withLock { state in
            state.forget(question)
            while state.size + size > Self.mostDays, let oldest = state.order.first {
                state.forget(oldest)
            }
            state.kept[question] = Kept(counters: counters, portfolio: portfolio, size: size)
            state.order.append(question)
            state.size += size
        }
    }
}
