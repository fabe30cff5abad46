/// How many deliveries to one destination may run at one time: more as they succeed, fewer as they
/// fail, and none for a while when all fail (the way of Postfix's queue manager). Whoever has not
/// succeeded yet gets one, so that many dead destinations do not take all there are.
///
/// Small, for there may be as many destinations as messages.
struct DestinationWindow {
    /// The same for all destinations.
    struct Bounds {
        /// After the first success.
        let first: UInt16
        let limit: UInt16

        init(first: Int, limit: Int) {
            self.limit = UInt16(clamping: max(1, limit))
            self.first = min(UInt16(clamping: max(1, first)), self.limit)
        }
    }

    private var resting: Int64 = .min
    private var size16: UInt16 = 1
    private var deaths: UInt8 = 0
    private var hasSucceeded = false
    /// Failures since the last success, each as its share of the window; 1 and more is dead.
    private var failedShare: Float = 0

    /// Deliveries at one time, at least 1.
    var size: Int { Int(size16) }

    /// Until when it is left alone, monotonic milliseconds; nil while it is not dead.
    var restsUntil: Int64? { resting == .min ? nil : resting }

    /// Whether its last word was a success.
    var isProven: Bool { hasSucceeded && failedShare == 0 }

    /// - Parameter running: deliveries under way, this one with them: a window that nobody fills
    ///   does not grow.
    mutating func succeeded(running: Int, _ bounds: Bounds) {
        if !hasSucceeded {
            hasSucceeded = true
            size16 = bounds.first
        } else if size16 < bounds.limit, running >= size {
            size16 += 1
        }
        failedShare = 0
        deaths = 0
        resting = .min
    }

    /// The destination, not the message, was at fault.
    ///
    /// - Returns: until when it rests, when this failure was the one too many.
    mutating func failed(now: Int64) -> Int64? {
        failedShare += 1 / Float(size16)
        size16 = max(1, size16 - 1)
        // A rest under way is not made longer by those who set out before it.
        guard failedShare >= 0.999, resting == .min else { return nil }
        let rest = min(
            Limits.destinationRestSeconds << Int64(min(deaths, 10)),
            Limits.destinationRestSecondsAtMost)
        if deaths < .max { deaths += 1 }
        resting = now + rest * 1_000
        return resting
    }

    /// The rest is over: one delivery tries.
    mutating func wake() {
        resting = .min
        size16 = 1
        failedShare = 0
        hasSucceeded = false
    }
}
