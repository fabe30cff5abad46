import Glibc

/// Lets one thread sleep until another has something for it. A signal that comes before the sleep
/// is not lost.
///
/// `@unchecked Sendable`: `isWoken` is touched only with the mutex held; mutex and condition are
/// made for use from many threads, and freed when nobody has this object.
final class WakeSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isWoken = false

    init() {
        pthread_mutex_init(mutex, nil)
        // The clock of the day may be set back for hours.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func wake() {
        pthread_mutex_lock(mutex)
        isWoken = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Returns when it was woken, or after that time at the latest.
    func sleep(_ duration: Duration) {
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        let parts = duration.components
        until.tv_sec += Int(parts.seconds)
        until.tv_nsec += Int(parts.attoseconds / 1_000_000_000)
        if until.tv_nsec >= 1_000_000_000 {
            until.tv_sec += 1
            until.tv_nsec -= 1_000_000_000
        }
        pthread_mutex_lock(mutex)
        while !isWoken, pthread_cond_timedwait(condition, mutex, &until) == 0 {}
        isWoken = false
        pthread_mutex_unlock(mutex)
    }
}
