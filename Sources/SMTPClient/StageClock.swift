internal import NIOCore
internal import SMTP

/// Keeps the time limit of what a conversation waits for, with one timer that is seldom set: it
/// looks at the deadline when it rings, and sleeps on when that has moved.
final class StageClock {
    private let timeouts: DeliveryTimeouts
    private let idleTime: TimeAmount
    private var deadline: NIODeadline?
    /// What the deadline is for; the same wait keeps its deadline, however many octets come in.
    private var waiting: Wait?
    private var replies = 0
    private var transactionEnd: NIODeadline?
    /// Whether a transaction is over: before the first one nothing counts as idle.
    private var hasCarried = false
    private var timer: (rings: NIODeadline, scheduled: Scheduled<Void>)?

    private enum Wait: Hashable {
        case reply(SMTPStage, isVerdict: Bool, number: Int)
        case idle
    }

    init(_ timeouts: DeliveryTimeouts, idleTime: Duration) {
        self.timeouts = timeouts
        self.idleTime = TimeAmount(idleTime)
    }

    func beginTransaction(now: NIODeadline) {
        transactionEnd = now + TimeAmount(timeouts.transaction)
        progressed()
    }

    func endTransaction() {
        transactionEnd = nil
        hasCarried = true
        progressed()
    }

    /// Something moved: the same wait begins anew.
    func progressed() { replies += 1 }

    func stop() {
        timer?.scheduled.cancel()
        (timer, deadline, waiting) = (nil, nil, nil)
    }

    func isFresh(_ since: NIODeadline, within duration: Duration, now: NIODeadline) -> Bool {
        now - since <= TimeAmount(duration)
    }

    /// Sees to it that `expired` is called on time, unless something is done until then.
    func keep(
        _ session: SMTPClientSession, on loop: any EventLoop, expired: @escaping () -> Void
    ) {
        let wait: Wait
        if let stage = session.awaitedStage {
            wait = .reply(
                stage, isVerdict: session.isAwaitingVerdict,
                number: replies &+ session.repliesTaken)
        } else if session.isReady {
            wait = .idle
        } else {
            return
        }
        if wait != waiting {
            waiting = wait
            let end = loop.now + limit(of: wait)
            deadline = transactionEnd.map { min($0, end) } ?? end
        }
        guard let deadline else { return }
        if let timer {
            guard timer.rings > deadline else { return }
            timer.scheduled.cancel()
        }
        ring(at: deadline, on: loop, expired)
    }

    private func ring(
        at time: NIODeadline, on loop: any EventLoop, _ expired: @escaping () -> Void
    ) {
        let scheduled = loop.assumeIsolated().scheduleTask(deadline: time) { [self] in
            timer = nil
            guard let deadline else { return }
            if deadline <= loop.now {
                waiting = nil
                self.deadline = nil
                expired()
            } else {
                ring(at: deadline, on: loop, expired)
            }
        }
        timer = (time, scheduled)
    }

    private func limit(of wait: Wait) -> TimeAmount {
        switch wait {
        case .idle: hasCarried ? idleTime : TimeAmount(timeouts.hello)
        case .reply(let stage, let isVerdict, _): TimeAmount(limit(of: stage, isVerdict))
        }
    }

    private func limit(of stage: SMTPStage, _ isVerdict: Bool) -> Duration {
        switch stage {
        case .connect: timeouts.connect
        case .greeting: timeouts.greeting
        case .hello, .startTLS: timeouts.hello
        case .handshake: timeouts.handshake
        case .mail: timeouts.mail
        case .recipient: timeouts.recipient
        case .data: timeouts.data
        case .content: isVerdict ? timeouts.verdict : timeouts.contentPiece
        case .reset: timeouts.farewell
        }
    }
}
