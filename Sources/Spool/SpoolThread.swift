import Glibc

/// A thread of the spool's own: its calls block, and the tasks' threads are few.
///
/// `@unchecked Sendable`: the handle is written before anybody else has the object, and only read
/// then.
final class SpoolThread: @unchecked Sendable {
    private var handle = pthread_t()
    private let isStarted: Bool

    private final class Entry {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts at once.
    init(_ body: @escaping @Sendable () -> Void) {
        let entry = Unmanaged.passRetained(Entry(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, entry.toOpaque())
        isStarted = code == 0
        if isStarted { handle = thread } else { entry.release() }
    }

    /// Whether the system gave a thread.
    var runs: Bool { isStarted }

    /// Waits for its end; once only.
    func join() {
        if isStarted { pthread_join(handle, nil) }
    }
}
