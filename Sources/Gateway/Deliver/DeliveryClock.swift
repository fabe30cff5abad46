/// The two clocks of delivery, handed in so that a test can set them.
///
/// Waiting is measured on the monotonic one alone, and the age of a message from the moment at which
/// we learned of it: a wall clock that jumps neither sends mail early nor throws any away.
public struct DeliveryClock: Sendable {
    /// Milliseconds of a clock that only goes forward.
    public var monotonic: @Sendable () -> Int64
    /// Milliseconds since 1970, for records, reports and what was received in an earlier run.
    public var wall: @Sendable () -> Int64
    /// Waits for so many milliseconds, or until the task is cancelled.
    public var sleep: @Sendable (_ milliseconds: Int64) async -> Void

    public init(
        monotonic: @escaping @Sendable () -> Int64, wall: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (_ milliseconds: Int64) async -> Void
    ) {
        self.monotonic = monotonic
        self.wall = wall
        self.sleep = sleep
    }
}
