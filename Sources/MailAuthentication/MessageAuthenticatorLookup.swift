import DNS
import Identities
import Synchronization

/// One message's view of the DNS: each question is asked once, those who ask while it is under way
/// wait for the same answer, and beyond a number of questions there are no more answers.
///
/// A lock rather than an actor: an answer that is at hand costs no change of executor.
final class MessageAuthenticatorLookup: DNSLookup {
    private let lookup: any DNSLookup
    private let limit: Int
    private let table = Mutex(Table())

    init(_ lookup: any DNSLookup, limit: Int) {
        self.lookup = lookup
        self.limit = limit
    }

    /// How many questions were passed on.
    var questions: Int { table.withLock { $0.asked } }

    var answersAtOnce: Bool { lookup.answersAtOnce }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        let question = Question(name: .domain(name), type: type)
        switch claim(question) {
        case .known(let answer): return answer
        case .underWay: return await wait(for: question)
        case .mine(let place): return settle(place, await lookup.lookUp(name, type))
        }
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        if let domain = name.domainName { return await lookUp(domain, type) }
        let question = Question(name: .octets(name), type: type)
        switch claim(question) {
        case .known(let answer): return answer
        case .underWay: return await wait(for: question)
        case .mine(let place): return settle(place, await lookup.lookUp(name, type))
        }
    }

    private struct Question: Equatable {
        enum Name: Equatable {
            case domain(DomainName)
            case octets(DNSName)
        }

        let name: Name
        let type: RecordType
    }

    private enum State {
        case underWay([CheckedContinuation<DNSAnswer, Never>])
        case answered(DNSAnswer)
    }

    private struct Table {
        // A handful of questions, and never more than the limit: a search from the front is
        // quicker than a table of hashes.
        var entries: [(question: Question, state: State)] = []
        var asked: Int { entries.count }

        func place(of question: Question) -> Int? {
            entries.firstIndex { $0.question.type == question.type && $0.question == question }
        }
    }

    private enum Claim {
        case known(DNSAnswer)
        case underWay
        /// Whoever asks now must settle the question, which stands at this place.
        case mine(Int)
    }

    private func claim(_ question: Question) -> Claim {
        table.withLock { table in
            if let place = table.place(of: question) {
                guard case .answered(let answer) = table.entries[place].state else {
                    return .underWay
                }
                return .known(answer)
            }
            guard table.asked < limit else {
                return .known(
                    DNSAnswer(.failure("This message has led to too many questions to the DNS.")))
            }
            if table.entries.isEmpty { table.entries.reserveCapacity(8) }
            table.entries.append((question, .underWay([])))
            return .mine(table.entries.count - 1)
        }
    }

    private func settle(_ place: Int, _ answer: DNSAnswer) -> DNSAnswer {
        let former = table.withLock { table in
            let former = table.entries[place].state
            table.entries[place].state = .answered(answer)
            return former
        }
        if case .underWay(let waiters) = former {
            for waiter in waiters { waiter.resume(returning: answer) }
        }
        return answer
    }

    private func wait(for question: Question) async -> DNSAnswer {
        await withCheckedContinuation { waiter in
            let answer = table.withLock { table -> DNSAnswer? in
                guard let place = table.place(of: question) else {
                    return DNSAnswer(.failure("The question was lost."))
                }
                switch table.entries[place].state {
                case .answered(let answer): return answer
                case .underWay(let others):
                    table.entries[place].state = .underWay(others + [waiter])
                    return nil
                }
            }
            if let answer { waiter.resume(returning: answer) }
        }
    }
}
