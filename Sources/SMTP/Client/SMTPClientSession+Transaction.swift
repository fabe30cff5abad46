extension SMTPClientSession {
    /// How the content of a transaction goes to a server that offers these extensions.
    public static func framing(
        of transaction: SMTPTransaction, _ extensions: ServerExtensions, usesChunking: Bool
    ) -> ContentFraming {
        let isCounted = extensions.offers(.chunking) && (usesChunking || transaction.isBinary)
        return isCounted ? .counted : .dotted
    }

    /// Begins a transaction; `isReady` must hold. Without recipients nothing happens.
    public mutating func begin(_ transaction: SMTPTransaction) -> [Action] {
        var actions: [Action] = []
        let count = transaction.envelope.recipients.count
        let reason = isReady ? obstacle(to: transaction) : .closed
        if let reason {
            let isAboutServer = reason == .needsRequireTLS
            let failure = SMTPClientFailure(isAboutServer ? .hello : .mail, reason)
            actions.append(
                .finished(
                    SMTPTransactionOutcome(
                        recipients: Array(repeating: .failed(failure), count: count))))
        } else if count == 0 {
            actions.append(.finished(SMTPTransactionOutcome(recipients: [])))
        } else if next != nil, !isPipelining {
            deferred = transaction
        } else {
            start(transaction, &actions)
        }
        return actions
    }

    /// All of the content has been handed to the connection.
    public mutating func contentSent() {
        if progress?.content == .sending { progress?.content = .sent }
    }

    /// The content could not be read to its end; what was sent of it must not be taken for whole.
    public mutating func contentFailed() -> [Action] {
        var actions: [Action] = []
        guard progress != nil else { return actions }
        end(.contentUnreadable, nil, &actions)
        return actions
    }

    private var isPipelining: Bool {
        configuration.usesPipelining && extensions.offers(.pipelining)
    }

    /// What keeps a message from a server whatever the server says, known before MAIL.
    private func obstacle(to transaction: SMTPTransaction) -> SMTPClientFailure.Reason? {
        if transaction.envelope.parameters.requiresTLS {
            guard isSecured, isAuthenticated, extensions.offers(.requireTLS) else {
                return .needsRequireTLS
            }
        }
        if transaction.needsSMTPUTF8, !extensions.offers([.smtpUTF8, .eightBitMIME]) {
            return .needsSMTPUTF8
        }
        if transaction.isBinary, !extensions.offers([.binaryMIME, .chunking]) {
            return .needsBinaryMIME
        }
        if let maximum = extensions.maximumOctets, transaction.octets > maximum { return .tooLarge }
        return nil
    }

    mutating func start(_ transaction: SMTPTransaction, _ actions: inout [Action]) {
        let framing = Self.framing(
            of: transaction, extensions, usesChunking: configuration.usesChunking)
        var progress = TransactionProgress(transaction, framing)
        progress.sentUndeclaredEightBit =
            transaction.isEightBit && !extensions.offers(.eightBitMIME)
        var commands = CommandRendering()
        commands.mail(transaction, extensions)
        expect(.mail)
        var isContentAhead = false
        if isPipelining {
            for (index, recipient) in transaction.envelope.recipients.enumerated() {
                commands.recipient(recipient, extensions)
                expect(.recipient(index))
            }
            progress.writtenRecipients = transaction.envelope.recipients.count
            if !transaction.isProbe {
                isContentAhead =
                    progress.framing == .counted && transaction.allowsContentAhead
                    && transaction.octets <= Limits.contentAheadOctets
                // RFC 2920 §3.1: DATA may end a group of commands. BDAT brings its content along.
                if progress.framing == .dotted || isContentAhead {
                    introduceContent(&progress, &commands)
                }
            }
        }
        actions.append(.write(commands.octets))
        if isContentAhead {
            progress.content = .sending
            actions.append(.content(.counted))
        }
        self.progress = progress
    }

    private mutating func introduceContent(
        _ progress: inout TransactionProgress, _ commands: inout CommandRendering
    ) {
        progress.introducedContent = true
        switch progress.framing {
        case .dotted:
            commands.line("DATA")
            expect(.data)
        case .counted:
            commands.line("BDAT \(progress.transaction.octets) LAST")
            expect(.content)
        }
    }

    /// A reply between MAIL and the end of the content.
    mutating func takeInTransaction(
        _ reply: SMTPReply, _ next: Awaited, _ actions: inout [Action]
    ) {
        if let reason = fault(in: reply, to: next) { return end(reason, reply, &actions) }
        answered += 1
        record(reply, to: next, &actions)
        goOn(after: next, reply, &actions)
    }

    /// Why a reply ends the connection; nil when it is one that the transaction goes on with.
    private func fault(in reply: SMTPReply, to next: Awaited) -> SMTPClientFailure.Reason? {
        guard let progress else { return .unexpectedReply }
        // RFC 5321 §3.8: 421 ends the connection, whatever it answers; to the content it is also
        // the verdict.
        if reply.code == 421, next != .content || progress.content == .waiting { return .refused }
        let isGoAhead = next == .data
        if isGoAhead ? reply.isPositive : reply.isIntermediate { return .unexpectedReply }
        // Nobody can have taken a message whose end has not been sent.
        let isTooEarly = progress.accepted > 0 && progress.content != .sent
        return next == .content && reply.isPositive && isTooEarly ? .unexpectedReply : nil
    }

    private mutating func record(
        _ reply: SMTPReply, to next: Awaited, _ actions: inout [Action]
    ) {
        // Taken out, so that a thousand recipients are changed in place and not copied.
        guard var progress = progress.take() else { return }
        switch next {
        case .mail:
            progress.isMailAccepted = reply.isPositive
            if !reply.isPositive { progress.settle(.refused(reply, at: .mail)) }
        case .recipient(let index): take(reply, of: index, &progress)
        case .data: takeGoAhead(reply, &progress, &actions)
        case .content:
            let isOurs = reply.isPositive
            progress.settle(isOurs ? .accepted(reply) : .refused(reply, at: .content))
        default: break
        }
        self.progress = progress
    }

    private func take(_ reply: SMTPReply, of index: Int, _ progress: inout TransactionProgress) {
        if reply.isPositive {
            if progress.isMailAccepted { progress.accepted += 1 }
            if progress.transaction.isProbe, progress.recipients[index] == nil {
                progress.recipients[index] = .accepted(reply)
            }
            return
        }
        guard progress.recipients[index] == nil else { return }
        var reply = reply
        if reply.code == 552, progress.accepted >= Limits.recipientsBeforeOverflow {
            // RFC 5321 §4.5.3.1.10: an old way to say that this transaction is full.
            reply = SMTPReply(452, EnhancedStatusCode(4, 5, 3), lines: reply.lines)
        }
        progress.recipients[index] = .refused(reply, at: .recipient)
    }

    private mutating func takeGoAhead(
        _ reply: SMTPReply, _ progress: inout TransactionProgress, _ actions: inout [Action]
    ) {
        guard reply.isIntermediate else {
            progress.settle(.refused(reply, at: .data))
            return
        }
        if progress.accepted > 0 {
            progress.content = .sending
            expect(.content)
            actions.append(.content(.dotted))
        } else {
            // RFC 2920 §3.1: the server waits for content that nobody is to get.
            actions.append(.write([0x2E, 0x0D, 0x0A]))
            expect(.emptyContent)
        }
    }

    /// Writes the next command, or ends the transaction when no reply is due any more.
    private mutating func goOn(
        after last: Awaited, _ reply: SMTPReply, _ actions: inout [Action]
    ) {
        guard next == nil, var progress = progress.take() else { return }
        let recipients = progress.transaction.envelope.recipients
        if progress.isMailAccepted, progress.writtenRecipients < recipients.count {
            var commands = CommandRendering()
            commands.recipient(recipients[progress.writtenRecipients], extensions)
            expect(.recipient(progress.writtenRecipients))
            progress.writtenRecipients += 1
            actions.append(.write(commands.octets))
            self.progress = progress
        } else if progress.accepted > 0, !progress.introducedContent,
            !progress.transaction.isProbe
        {
            var commands = CommandRendering()
            introduceContent(&progress, &commands)
            actions.append(.write(commands.octets))
            if progress.framing == .counted {
                progress.content = .sending
                actions.append(.content(.counted))
            }
            self.progress = progress
        } else {
            finish(progress, after: last, reply, &actions)
        }
    }

    private mutating func finish(
        _ progress: TransactionProgress, after last: Awaited, _ reply: SMTPReply,
        _ actions: inout [Action]
    ) {
        // A verdict that came before the end of the content leaves the rest of it on the wire.
        let isCutShort = progress.content == .sending || reply.code == 421
        // RFC 3030 §2: the reply to DATA's content ends the transaction; a refused BDAT leaves it
        // open.
        let isDone =
            last == .content && (reply.isPositive || progress.framing == .dotted)
            || last == .emptyContent
        if !isCutShort, progress.isMailAccepted || progress.content != .waiting, !isDone {
            send("RSET", .reset, &actions)
        }
        actions.append(.finished(progress.outcome()))
        if isCutShort {
            isClosed = true
            actions.append(.close)
        }
    }
}
