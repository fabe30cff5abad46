internal import Logging
internal import NIOCore
internal import SMTP

extension SMTPServerHandler {
    /// Whether the next command or piece of content may be looked at.
    var canGoOn: Bool {
        stage == .dialogue && !isAsking && !isPaused && !isStoring
            && context?.channel.isWritable == true
    }

    /// Uses what has arrived, as far as it goes, and sends the replies in one piece.
    func process() {
        guard stage == .dialogue, !isProcessing else { return }
        isProcessing = true
        while canGoOn {
            var consumed = 0
            let action = session.advance(input.readableBytesUInt8Span, consumed: &consumed)
            input.moveReaderIndex(forwardBy: consumed)
            keepContent(isWhole: action?.isMessage == true)
            guard let action else { break }
            carryOut(action)
            if session.replies.count > Limits.unsentOctets { send() }
        }
        isProcessing = false
        guard stage == .dialogue else { return }
        let isAnswered = send()
        if isInputClosed, canGoOn {
            finish("The client closed the connection.")
            return
        }
        watchTime(isAnswered: isAnswered)
        readMore()
    }

    private func carryOut(_ action: SMTPServerSession.Action) {
        guard let policy else { return }
        switch action {
        case .hello(let name, let isExtended):
            client.helo = name
            client.isExtended = isExtended
            ask(policy.hello(client)) { $0.session.answer($1) }
        case .mail(let path, let parameters):
            if let place, !server.table.takesMessage(place, now: .now()) {
                session.answer(
                    SMTPReply(450, EnhancedStatusCode(4, 7, 0), "Too many messages from you"))
            } else {
                ask(policy.mail(path, parameters, client)) { $0.session.answer($1) }
            }
        case .recipient(let recipient):
            guard let envelope = session.envelope else { return }
            ask(policy.recipient(recipient, envelope, client)) { $0.session.answer($1) }
        case .contentBegins(let isChunked):
            contentDeadline = .now() + TimeAmount(server.configuration.limits.messageTime)
            isContentEarly = !isChunked && input.readableBytes > 0
        case .message(let defects): judge(defects)
        case .discarded: dropContent()
        case .startTLS: startTLS()
        case .xclient(let attributes): speak(for: attributes)
        case .pause:
            isPaused = true
            after(server.configuration.limits.tarpit) {
                $0.isPaused = false
                $0.session.resume()
                $0.process()
            }
        case .close: finish("The dialogue is over.")
        }
    }

    /// Goes on with the answer, at once or when it is there.
    func ask<Value: Sendable>(
        _ answer: PolicyAnswer<Value>,
        _ goOn: @escaping (SMTPServerHandler, Value) -> Void
    ) {
        switch answer {
        case .now(let value): goOn(self, value)
        case .later(let work):
            guard let context else { return }
            isAsking = true
            context.eventLoop.makeFutureWithTask { await work() }
                .assumeIsolated().whenSuccess { value in
                    self.isAsking = false
                    guard self.stage != .closed else {
                        self.leave()
                        return
                    }
                    goOn(self, value)
                    self.process()
                }
        }
    }

    /// Sends the replies so far, unless they are held back; tells whether there were any.
    @discardableResult
    private func send() -> Bool {
        guard !isPaused, !session.replies.isEmpty, let context else { return false }
        let octets = session.takeReplies()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
        return true
    }

    /// Asks for more octets when they can be used.
    func readMore() {
        let isWanted =
            switch stage {
            case .proxyHeader, .handshake: true
            case .opening, .greetingDelay: input.readableBytes == 0
            case .dialogue: canGoOn
            // The farewell of TLS is read, and nothing else of it used.
            case .closing: true
            case .closed: false
            }
        if isWanted, !isInputClosed { context?.read() }
    }

    /// XCLIENT: from here on the connection is another client's.
    private func speak(for attributes: XClientAttributes) {
        policy?.closed(client, reason: "The peer speaks for another client.")
        policy = nil
        client.proxiedBy = peer
        client.helo = attributes.helo
        if let address = attributes.address {
            client.address = address
            client.port = 0
        }
        if let port = attributes.port { client.port = port }
        if let port = attributes.destinationPort { client.localPort = port }
        client.isExtended = attributes.isExtended ?? false
        open(xclient: attributes)
    }

    /// The listener takes its leave: 421 as soon as no message is in progress.
    func drain() {
        isDraining = true
        switch stage {
        case .proxyHeader, .handshake: finish("The service is closing.")
        case .opening, .greetingDelay:
            guard !isAsking else { return }
            session.greet(
                refusing: SMTPReply(421, EnhancedStatusCode(4, 3, 2), "The service is closing"))
            finish("The service is closing.")
        case .dialogue:
            session.drain()
            process()
        case .closing, .closed: break
        }
    }
}

extension SMTPServerSession.Action {
    var isMessage: Bool {
        if case .message = self { true } else { false }
    }
}
