internal import Logging
internal import NIOCore
internal import SMTP

extension SMTPServerHandler {
    /// Keeps content in memory as long as the message is small and the process has memory for it,
    /// and in a file after that.
    func keepContent(isWhole: Bool) {
        let count = session.content.count
        if writer == nil {
            guard count > charged else { return }
            if count <= server.configuration.limits.memoryContentOctets,
                server.memory.take(count - charged)
            {
                charged = count
                return
            }
            giveBackMemory()
            guard let loop = context?.eventLoop else { return }
            writer = ContentWriter(folder: server.folder, pool: server.pool, loop: loop)
            server.count { $0.files += 1 }
        }
        if !isWhole, count >= Limits.fileWriteOctets { store() }
    }

    /// Writes what has come; nothing more is read until it is written.
    private func store() {
        guard let writer else { return }
        isStoring = true
        writer.append(session.takeContent()).assumeIsolated().whenComplete { result in
            self.isStoring = false
            guard self.stage != .closed else { return }
            if case .failure(let error) = result {
                self.session.refuseContent(self.failed(error))
                self.dropContent()
            }
            self.process()
        }
    }

    private func failed(_ error: any Error) -> SMTPReply {
        server.logger.error(
            "A message cannot be written",
            metadata: ["folder": "\(server.folder)", "error": "\(error)"])
        return (error as? ContentWriter.Fault)?.isFull == true
            ? SMTPReply(452, EnhancedStatusCode(4, 3, 1), "No room for the message, come again")
            : SMTPReply(451, EnhancedStatusCode(4, 3, 0), "The message cannot be kept, come again")
    }

    /// The message is whole: its content is handed to the policy.
    func judge(_ defects: Set<TransportDefect>) {
        var defects = defects
        if isContentEarly { defects.insert(.contentBeforeGoAhead) }
        if isEarly { defects.insert(.earlyTalker) }
        let octets = session.takeContent()
        guard let writer else {
            hand(over: .memory(octets), defects)
            return
        }
        isStoring = true
        if !octets.isEmpty { _ = writer.append(octets) }
        writer.finish().assumeIsolated().whenComplete { result in
            self.isStoring = false
            guard self.stage != .closed else { return }
            switch result {
            case .success(let file): self.hand(over: .file(file), defects)
            case .failure(let error):
                self.session.answer(self.failed(error))
                self.dropContent()
                self.process()
            }
        }
    }

    private func hand(over content: MessageContent, _ defects: Set<TransportDefect>) {
        guard let policy, let envelope = session.envelope else { return }
        let message = ReceivedMessage(
            client: client, envelope: envelope, content: content, defects: defects,
            receivedAt: server.now())
        let count = content.count
        ask(.later { await policy.message(message) }) { handler, reply in
            handler.server.count {
                if reply.isPositive {
                    $0.accepted += 1
                    $0.octets += count
                } else {
                    $0.rejected += 1
                }
            }
            handler.dropContent()
            handler.session.answer(reply)
        }
    }

    /// Lets go of the content: of its memory, and of a file that nobody took.
    func dropContent() {
        giveBackMemory()
        writer?.remove()
        writer = nil
        isContentEarly = false
    }

    private func giveBackMemory() {
        guard charged > 0 else { return }
        server.memory.giveBack(charged)
        charged = 0
    }
}
