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

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        let question = Question(name: .domain(name), type: type)
        switch claim(question) {
        case .known(let answer): return answer
        case .underWay: return await wait(for: question)
        case .mine: return settle(question, await lookup.lookUp(name, type))
        }
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        if let domain = name.domainName { return await lookUp(domain, type) }
        let question = Question(name: .octets(name), type: type)
        switch claim(question) {
        case .known(let answer): return answer
        case .underWay: return await wait(for: question)
        case .mine: return settle(question, await lookup.lookUp(name, type))
        }
    }

    private struct Question: Hashable {
        enum Name: Hashable {
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
        var states: [Question: State] = Dictionary(minimumCapacity: 16)
        var asked = 0
    }

    private enum Claim {
        case known(DNSAnswer)
        case underWay
        /// Whoever asks now must settle the question.
        case mine
    }

    private func claim(_ question: Question) -> Claim {
        table.withLock { table in
            switch table.states[question] {
            case .answered(let answer)?: return .known(answer)
            case .underWay?: return .underWay
            case nil: break
            }
            guard table.asked < limit else {
                return .known(
                    DNSAnswer(.failure("This message has led to too many questions to the DNS.")))
            }
            table.asked += 1
            table.states[question] = .underWay([])
            return .mine
        }
    }

    private func settle(_ question: Question, _ answer: DNSAnswer) -> DNSAnswer {
        let former = table.withLock { table in
            table.states.updateValue(.answered(answer), forKey: question)
        }
        if case .underWay(let waiters)? = former {
            for waiter in waiters { waiter.resume(returning: answer) }
        }
        return answer
    }

    private func wait(for question: Question) async -> DNSAnswer {
        await withCheckedContinuation { waiter in
            let answer = table.withLock { table -> DNSAnswer? in
                switch table.states[question] {
                case .answered(let answer)?: return answer
                case .underWay(let others)?:
                    table.states[question] = .underWay(others + [waiter])
                    return nil
                case nil: return DNSAnswer(.failure("The question was lost."))
                }
            }
            if let answer { waiter.resume(returning: answer) }
        }
    }
}
