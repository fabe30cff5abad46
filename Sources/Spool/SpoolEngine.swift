import Synchronization

/// The spool with its two threads: the writer, which alone adds to the log, and the caretaker,
/// which makes and frees segments and keeps large contents.
final class SpoolEngine: Sendable {
    /// Somebody who waits for a write; nobody does for a note.
    struct Waiting: Sendable {
        var submission: Submission
        var continuation: CheckedContinuation<SpoolError?, Never>?
    }

    /// A large content that is to become a file.
    struct LargeContent: Sendable {
        var message: SpoolMessage
        var changes: [QueueChange]
        var continuation: CheckedContinuation<Result<Submission, SpoolError>, Never>
    }

    private struct Line: Sendable {
        var waiting: [Waiting] = []
        /// How many of them are notes.
        var notes = 0
        var large: [LargeContent] = []
        /// When the oldest note has waited long enough.
        var notesDue: ContinuousClock.Instant?
        var isWriterAsleep = false
        var isClosing = false
        var isClosed = false
        var droppedNotes: UInt64 = 0
    }

    let core: SpoolCore
    private let line = Mutex(Line())
    private let writerSignal = WakeSignal()
    private let caretakerSignal = WakeSignal()
    private let threads = Mutex<[SpoolThread]>([])
    private static let careInterval: Duration = .milliseconds(50)
    /// How long a writer without work sleeps before it looks for something to carry.
    private static let idleInterval: Duration = .milliseconds(50)

    init(_ core: SpoolCore) { self.core = core }

    /// False when the system gives no threads.
    func start() -> Bool {
        let started = [
            SpoolThread { self.write() },
            SpoolThread { self.care() },
        ]
        threads.withLock { $0 = started }
        return started.allSatisfy(\.runs)
    }

    /// Durable when this returns nil.
    func commit(_ submission: Submission) async -> SpoolError? {
        await withCheckedContinuation { continuation in
            enqueue(Waiting(submission: submission, continuation: continuation))
        }
    }

    func note(_ submission: Submission) {
        enqueue(Waiting(submission: submission, continuation: nil))
    }

    /// The records of a message, whose large content is a durable file then.
    func keep(
        _ message: SpoolMessage, _ changes: [QueueChange]
    ) async -> Result<Submission, SpoolError> {
        await withCheckedContinuation { continuation in
            let isClosed = line.withLock { line in
                if line.isClosing { return true }
                line.large.append(
                    LargeContent(message: message, changes: changes, continuation: continuation))
                return false
            }
            if isClosed {
                continuation.resume(returning: .failure(.closed))
            } else {
                caretakerSignal.wake()
            }
        }
    }

    /// Notes that were dropped because the disk refused for too long.
    var droppedNotes: UInt64 { line.withLock { $0.droppedNotes } }

    private func enqueue(_ waiting: Waiting) {
        let isNote = waiting.continuation == nil
        let due = isNote ? ContinuousClock.now + core.options.noteDelay : nil
        let outcome: (isClosed: Bool, wakes: Bool) = line.withLock { line in
            if line.isClosing { return (true, false) }
            if isNote {
                guard line.notes < SpoolLimits.waitingNotes else {
                    line.droppedNotes += 1
                    return (false, false)
                }
                line.notes += 1
                if line.notesDue == nil { line.notesDue = due }
            }
            line.waiting.append(waiting)
            // A sleeping writer that knows of a note looks for the others by itself.
            let wakes = line.isWriterAsleep && (!isNote || line.notes == 1)
            if wakes { line.isWriterAsleep = false }
            return (false, wakes)
        }
        if outcome.isClosed { waiting.continuation?.resume(returning: .closed) }
        if outcome.wakes { writerSignal.wake() }
    }

    // MARK: The writer

    private func write() {
        while true {
            let taken = take()
            if !taken.waiting.isEmpty { commit(taken.waiting) }
            let didCarry = core.carry()
            if taken.waiting.isEmpty {
                if taken.isClosing { break }
                if !didCarry { writerSignal.sleep(taken.patience) }
            }
        }
        core.markClosed()
        line.withLock { $0.isClosed = true }
        caretakerSignal.wake()
    }

    /// Everything that waits, when something is urgent; else how long to sleep.
    private func take() -> (waiting: [Waiting], patience: Duration, isClosing: Bool) {
        let now = ContinuousClock.now
        return line.withLock { line in
            line.isWriterAsleep = false
            let isUrgent = line.waiting.count > line.notes || line.isClosing
            let patience = line.notesDue.map { $0 - now } ?? Self.idleInterval
            guard !line.waiting.isEmpty, isUrgent || patience <= .zero else {
                line.isWriterAsleep = true
                return ([], max(.zero, patience), line.isClosing)
            }
            let waiting = line.waiting
            line.waiting = []
            line.notes = 0
            line.notesDue = nil
            return (waiting, .zero, line.isClosing)
        }
    }

    private func commit(_ waiting: [Waiting]) {
        let results = core.commit(waiting.map(\.submission))
        var again: [Waiting] = []
        for (one, error) in zip(waiting, results) {
            if let continuation = one.continuation {
                continuation.resume(returning: error)
            } else if let error, error.isTemporary {
                again.append(one)
            }
        }
        if again.isEmpty { return }
        let due = ContinuousClock.now + core.options.retryDelay
        let kept = again
        line.withLock { line in
            // On the way out nothing is tried again: the disk has refused.
            if line.isClosing {
                line.droppedNotes += UInt64(kept.count)
                return
            }
            line.waiting = kept + line.waiting
            line.notes += kept.count
            line.notesDue = due
        }
    }

    // MARK: The caretaker

    private func care() {
        while true {
            let (large, isClosed) = line.withLock { line in
                defer { line.large = [] }
                return (line.large, line.isClosed)
            }
            for one in large {
                do throws(SpoolError) {
                    let submission = try core.prepare(one.message, recording: one.changes)
                    one.continuation.resume(returning: .success(submission))
                } catch {
                    one.continuation.resume(returning: .failure(error))
                }
            }
            core.maintain()
            if isClosed && large.isEmpty { return }
            caretakerSignal.sleep(Self.careInterval)
        }
    }

    /// Writes what waits and ends the threads. Blocks until then; a second call does nothing.
    func close() {
        line.withLock { $0.isClosing = true }
        writerSignal.wake()
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in running { thread.join() }
        core.unlock()
    }
}
