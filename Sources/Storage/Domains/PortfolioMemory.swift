import Synchronization

/// Domains that were added up before: between two looks at the first page, few of them change.
///
/// Each is kept with the version of its row, which every change of its sums and of decisions about
/// it moves in its own transaction, and is good only while that stands still, whoever changed it:
/// no process has to tell another.
final class PortfolioMemory: Sendable {
    struct Question: Hashable {
        var organisation: OrganisationID
        var window: DayRange
    }

    /// What was added up of a window: the domains by id, and all of them as a page shows them.
    struct Answer {
        var versions: [Int64: Int64] = [:]
        var domains: [Int64: DomainSummary] = [:]
        var portfolio: Portfolio?
    }

    /// Days of domains that are kept in all, of some 64 octets each.
    static let mostDays = 400_000

    private struct State {
        var kept: [Question: (answer: Answer, size: Int)] = [:]
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

    func answer(_ question: Question) -> Answer? {
        state.withLock { state in
            guard let known = state.kept[question] else { return nil }
            state.order.removeAll { $0 == question }
            state.order.append(question)
            return known.answer
        }
    }

    func keep(_ answer: Answer, _ question: Question) {
        // At least so much, that many small answers are not many thousand.
        let size = max(1_000, (answer.domains.count + 1) * question.window.dayCount)
        guard size <= Self.mostDays else { return }
        state.withLock { state in
            state.forget(question)
            while state.size + size > Self.mostDays, let oldest = state.order.first {
                state.forget(oldest)
            }
            state.kept[question] = (answer, size)
            state.order.append(question)
            state.size += size
        }
    }
}
