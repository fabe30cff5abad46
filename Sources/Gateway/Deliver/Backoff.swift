/// How long a message waits after each failed attempt: doubling, within bounds, and not all at the
/// same moment.
public struct Backoff: Hashable, Sendable {
    /// Milliseconds before the second attempt.
    public var first: Int64
    /// Milliseconds between two attempts at most, before chance.
    public var last: Int64

    public init(
        first: Int64 = Limits.firstBackoffSeconds * 1_000,
        last: Int64 = Limits.lastBackoffSeconds * 1_000
    ) {
        self.first = max(1, first)
        self.last = max(self.first, last)
    }

    /// Milliseconds to wait after so many failed attempts, 1 or more: up to an eighth less or more
    /// than the rule, by chance.
    public func delay(
        afterAttempts attempts: Int, using random: inout some RandomNumberGenerator
    ) -> Int64 {
        var delay = first
        for _ in 1..<max(1, min(attempts, 32)) where delay < last { delay = min(delay * 2, last) }
        let spread = delay / 8
        return delay - spread + Int64.random(in: 0...(2 * spread), using: &random)
    }
}
