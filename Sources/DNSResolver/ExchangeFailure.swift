/// Why one server gave no answer to one question.
enum ExchangeFailure: Error, Hashable, Sendable {
    case timeout
    /// Nothing was sent.
    case noConnection
    case unreachable(String)
    case closed
    case cancelled
    /// The same question should go over TCP: the answer was cut, or cannot be trusted over UDP.
    case needsTCP
}
