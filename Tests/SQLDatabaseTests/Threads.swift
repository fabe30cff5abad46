import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs a body on a thread of its own.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    pthread_detach(thread)
}

/// Waits, on a database's own thread, for something asynchronous to end.
func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let shared = Shared<Value?>(nil)
    Task { @concurrent in
        let value = await body()
        shared.value.withLock { $0 = value }
    }
    while true {
        if let value = shared.value.withLock({ $0 }) { return value }
        usleep(10_000)
    }
}

/// A value several tasks of a test read and change.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}

/// Takes away this thread's right to the files of others: root itself may write everywhere.
///
/// On Linux the account for file access belongs to the thread, so other threads keep theirs; the
/// function is not in Swift's view of the C library.
func giveUpFileRights() {
    guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return }
    let setfsuid = unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> CInt).self)
    _ = setfsuid(65_534)
}
