extension SMTPServerSession {
    /// The answer to the last action: nil accepts with the usual words, a positive reply accepts
    /// with its own, and any other refuses. To `Action.message` there is always a reply.
    public mutating func answer(_ reply: SMTPReply?) {
        guard case .waiting(let question) = state else { return }
        state = .commands
        // 3xx would promise what does not follow.
        let reply = reply.map { $0.isIntermediate ? Replies.failure : $0 }
        let isAccepted = reply?.isPositive ?? true
        switch question {
        case .hello(let isExtended):
            guard isAccepted else { break }
            hasHello = true
            write(isExtended ? options.extensions(isSecured: isSecured) : Replies.hello(options))
            return
        case .mail(let path, let parameters):
            guard isAccepted else { break }
            transaction = Transaction(path, parameters)
            reply == nil ? write(Replies.senderAccepted) : write(reply)
            return
        case .recipient(let recipient):
            guard isAccepted else {
                transaction?.refused += 1
                break
            }
            transaction?.envelope.recipients.append(recipient)
            reply == nil ? write(Replies.recipientAccepted) : write(reply)
            return
        case .message:
            endTransaction(isDiscarded: false)
            idle = 0
            let reply = reply ?? Replies.failure
            guard reply.isPositive else {
                refused(reply)
                return
            }
            messages += 1
            errors = 0
            write(reply)
            if isDraining { sayGoodbye() }
            return
        }
        refused(reply ?? Replies.failure)
    }

    /// A refusal by the policy. Temporary ones are no errors of the client.
    private mutating func refused(_ reply: SMTPReply) {
        if reply.code == 421 {
            end(reply)
        } else if reply.isTemporary {
            write(reply)
        } else {
            fail(reply)
        }
        if isDraining, transaction == nil, !needsClose { sayGoodbye() }
    }

    mutating func refuse(_ reply: SMTPReply) -> Action? {
        fail(reply)
        return nil
    }

    /// Replies to an error, which counts.
    mutating func fail(_ reply: SMTPReply) {
        errors += 1
        guard errors < options.errors else {
            write(reply)
            end(Replies.tooManyErrors)
            return
        }
        write(reply)
        if errors > options.errorsBeforeTarpit { needsPause = true }
    }

    /// Replies to a command that brings no message forward, of which there may be some.
    mutating func passTime(_ reply: SMTPReply) {
        if countIdle() { write(reply) }
    }

    mutating func countIdle() -> Bool {
        idle += 1
        guard idle <= options.idleCommands else {
            end(Replies.tooManyCommands)
            return false
        }
        return true
    }

    mutating func sayGoodbye() {
        end(Replies.shuttingDown)
    }

    /// The last reply of a connection.
    mutating func end(_ reply: SMTPReply) {
        endTransaction(isDiscarded: true)
        write(reply)
        needsClose = true
    }

    mutating func endTransaction(isDiscarded: Bool) {
        if isDiscarded, transaction?.hasContent == true { needsDiscard = true }
        transaction = nil
    }

    mutating func write(_ reply: SMTPReply?) {
        guard let reply else { return }
        replies += reply.octets
    }

    mutating func write(_ octets: [UInt8]) { replies += octets }
}
