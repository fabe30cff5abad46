internal import NIOCore
internal import SMTP

extension SMTPServerHandler {
    /// After a look at what came: how long may the next wait be?
    func watchTime(isAnswered: Bool) {
        let limits = server.configuration.limits
        if isAsking || isStoring || isPaused {
            // Ours is the turn.
            deadline = nil
        } else if context?.channel.isWritable == false {
            if !isWaitingToWrite { setDeadline(limits.writeTime) }
            isWaitingToWrite = true
            return
        } else if session.isInContent {
            setDeadline(min(.now() + TimeAmount(limits.contentTime), contentDeadline))
        } else if isAnswered || deadline == nil || isWaitingToWrite {
            // A part of a command gains no time: nobody holds a connection with an octet a minute.
            awaitCommand()
        }
        isWaitingToWrite = false
    }

    /// A whole command must come within its time.
    func awaitCommand() {
        setDeadline(server.configuration.limits.commandTime)
    }

    func setDeadline(_ time: Duration) {
        setDeadline(.now() + TimeAmount(time))
    }

    /// One timer follows the deadline: it is set again when it rings too early, so that a deadline
    /// that moves with every read costs next to nothing.
    private func setDeadline(_ new: NIODeadline) {
        deadline = new
        guard timer == nil || new < timerAt, let context else { return }
        timer?.cancel()
        timerAt = new
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: new) {
            self.timer = nil
            guard let deadline = self.deadline, self.stage != .closed else { return }
            if NIODeadline.now() >= deadline {
                self.deadline = nil
                self.expire()
            } else {
                self.setDeadline(deadline)
            }
        }
    }

    /// Does something after a while, if the connection still is.
    func after(_ time: Duration, _ body: @escaping (SMTPServerHandler) -> Void) {
        guard let loop = context?.eventLoop else { return }
        loop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self, self.stage != .closed, self.stage != .closing else { return }
            body(self)
        }
    }

    private func expire() {
        guard let context else { return }
        if stage == .closing {
            context.close(promise: nil)
            return
        }
        server.count { $0.timeouts += 1 }
        switch stage {
        case .dialogue:
            session.timeOut()
            finish("The client was silent too long.")
        case .handshake:
            server.count { $0.failedHandshakes += 1 }
            reason = "The TLS handshake took too long."
            stage = .closing
            context.close(mode: .all, promise: nil)
        default: finish("The client was silent too long.")
        }
    }
}
