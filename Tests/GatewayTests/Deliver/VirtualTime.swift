import Foundation
import Gateway
import Synchronization

/// A clock that stands still while anything can go on, and then jumps to when the next sleeper
/// wakes; and an executor of one thread that picks what goes on by chance. With the same seed the
/// same happens.
final class VirtualTime: TaskExecutor {
    private struct Sleeper {
        var until: Int64
        var number: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var sleepers: [Sleeper] = []
        var now: Int64 = 0
        var wallOffset: Int64 = 0
        var slept = 0
        var isOver = false
        var random: SeededNumbers
    }

    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)

    /// 2026-01-01, where the wall clock begins.
    static let begin: Int64 = 1_767_225_600_000

    private init(seed: UInt64) { state = Mutex(State(random: SeededNumbers(seed: seed))) }

    /// Runs a test in virtual time.
    static func run<Result: Sendable>(
        seed: UInt64 = 1, _ body: @escaping @Sendable (VirtualTime) async throws -> Result
    ) async throws -> Result {
        let time = VirtualTime(seed: seed)
        let thread = Thread { time.work() }
        thread.stackSize = 4 << 20
        thread.start()
        defer { time.end() }
        return try await withTaskExecutorPreference(time) { try await body(time) }
    }

    /// Milliseconds since the beginning.
    var now: Int64 { state.withLock { $0.now } }

    /// Milliseconds since 1970 as the wall clock shows them.
    var wall: Int64 { state.withLock { Self.begin + $0.now + $0.wallOffset } }

    /// Sets the wall clock wrong by so many milliseconds.
    func setWall(off milliseconds: Int64) { state.withLock { $0.wallOffset = milliseconds } }

    func random(_ range: ClosedRange<Int64>) -> Int64 {
        state.withLock { Int64.random(in: range, using: &$0.random) }
    }

    func chance(_ percent: Int) -> Bool { state.withLock { $0.random.chance(percent) } }

    func sleep(_ milliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.slept += 1
                state.sleepers.append(
                    Sleeper(
                        until: state.now + max(0, milliseconds), number: state.slept,
                        continuation: continuation))
            }
        }
    }

    var clock: DeliveryClock {
        DeliveryClock(
            monotonic: { self.now }, wall: { self.wall }, sleep: { await self.sleep($0) })
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        signal.signal()
    }

    private func end() {
        state.withLock { $0.isOver = true }
        signal.signal()
    }

    private func work() {
        while true {
            enum Step {
                case job(UnownedJob)
                case wake(CheckedContinuation<Void, Never>)
                case wait
                case end
            }
            let step = state.withLock { state -> Step in
                if !state.jobs.isEmpty {
                    let place = Int.random(in: state.jobs.indices, using: &state.random)
                    state.jobs.swapAt(place, state.jobs.count - 1)
                    return .job(state.jobs.removeLast())
                }
                if state.isOver { return .end }
                guard
                    let place = state.sleepers.indices.min(by: {
                        (state.sleepers[$0].until, state.sleepers[$0].number)
                            < (state.sleepers[$1].until, state.sleepers[$1].number)
                    })
                else { return .wait }
                state.sleepers.swapAt(place, state.sleepers.count - 1)
                let sleeper = state.sleepers.removeLast()
                state.now = max(state.now, sleeper.until)
                return .wake(sleeper.continuation)
            }
            switch step {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .wake(let continuation): continuation.resume()
            case .wait: signal.wait()
            case .end: return
            }
        }
    }
}
