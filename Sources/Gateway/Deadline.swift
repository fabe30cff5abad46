import Synchronization

/// Runs work that must be done within some time, and does not wait for work that ignores it.
enum Deadline {
    /// Nil when the time is over first; the work is then cancelled and its result dropped.
    ///
    /// The two tasks stand outside any group on purpose: a group would wait for work that does not
    /// heed its cancellation, and the client would wait with it.
    static func run<Value: Sendable>(
        _ time: Duration, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let race = Race<Value>()
        return await withCheckedContinuation { continuation in
            race.begin(continuation)
            let worker = Task { race.finish(await work()) }
            let timer = Task {
                try? await Task.sleep(for: time)
                if race.finish(nil) { worker.cancel() }
            }
            race.stopTimer = { timer.cancel() }
        }
    }
}

/// Lets the first of two finish, once.
private final class Race<Value: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Value?, Never>?
        var isOver = false
        var stopTimer: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<Value?, Never>) {
        state.withLock { $0.continuation = continuation }
    }

    var stopTimer: (@Sendable () -> Void)? {
        get { state.withLock { $0.stopTimer } }
        set {
            let isOver = state.withLock { state in
                state.stopTimer = newValue
                return state.isOver
            }
            if isOver { newValue?() }
        }
    }

    /// False when the other was first.
    @discardableResult
    func finish(_ value: Value?) -> Bool {
        let (continuation, stop) = state.withLock { state in
            defer {
                state.continuation = nil
                state.isOver = true
            }
            return (state.continuation, state.stopTimer)
        }
        guard let continuation else { return false }
        continuation.resume(returning: value)
        if value != nil { stop?() }
        return true
    }
}
