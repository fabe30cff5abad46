import Synchronization

/// The time as a test sets it: seconds since 1970.
final class Clock: Sendable {
    private let seconds = Mutex<Int64>(1_700_300_000)

    var now: Int64 {
        get { seconds.withLock { $0 } }
        set { seconds.withLock { $0 = newValue } }
    }
}
