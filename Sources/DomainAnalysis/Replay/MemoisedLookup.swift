import DNS
import Identities

/// Asks each question once during a replay and keeps the answer, so that every row sees the same
/// DNS; askers of a question that is under way wait for its answer.
actor MemoisedLookup: DNSLookup {
    private let inner: any DNSLookup
    private var answers: [Question: State] = [:]

    private struct Question: Hashable {
        var name: DomainName
        var type: RecordType
    }

    private enum State {
        case underWay([CheckedContinuation<DNSAnswer, Never>])
        case answered(DNSAnswer)
    }

    init(_ inner: any DNSLookup) { self.inner = inner }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        let question = Question(name: name, type: type)
        switch answers[question] {
        case .answered(let answer)?: return answer
        case .underWay?:
            return await withCheckedContinuation { waiter in
                wait(waiter, for: question)
            }
        case nil: break
        }
        answers[question] = .underWay([])
        let answer = await inner.lookUp(name, type)
        if case .underWay(let waiters)? = answers.updateValue(.answered(answer), forKey: question) {
            for waiter in waiters { waiter.resume(returning: answer) }
        }
        return answer
    }

    /// Names that are no domain names are asked as they come: no replay asks for them twice.
    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        guard let domain = name.domainName else { return await inner.lookUp(name, type) }
        return await lookUp(domain, type)
    }

    private func wait(_ waiter: CheckedContinuation<DNSAnswer, Never>, for question: Question) {
        switch answers[question] {
        case .underWay(let others)?: answers[question] = .underWay(others + [waiter])
        case .answered(let answer)?: waiter.resume(returning: answer)
        case nil: waiter.resume(returning: DNSAnswer(.failure("The question was lost.")))
        }
    }

    /// The questions without an answer, by name.
    var failures: [(name: DomainName, reason: String)] {
        var failures: [(name: DomainName, reason: String)] = []
        for (question, state) in answers {
            guard case .answered(let answer) = state, case .failure(let reason) = answer.outcome
            else { continue }
            failures.append((question.name, reason))
        }
        return failures.sorted { $0.name < $1.name }
    }
}
