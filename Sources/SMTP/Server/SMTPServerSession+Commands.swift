extension SMTPServerSession {
    /// Collects a line; true when `line` holds a whole one. Of a line too long only so much is kept
    /// that it is known to be one.
    mutating func readLine(_ octets: Span<UInt8>, _ consumed: inout Int) -> Bool {
        let start = consumed
        var end = start
        while end < octets.count, octets[end] != Octets.lineFeed { end += 1 }
        let room = Limits.commandLineOctets + 2 - line.count
        let kept = min(end - start, room)
        octets.extracting(start..<(start + kept)).withUnsafeBufferPointer {
            line.append(contentsOf: $0)
        }
        overlong += end - start - kept
        guard overlong <= Limits.refusedLineOctets else {
            consumed = end
            self.end(SMTPCommand.Fault.tooLong.reply)
            return false
        }
        guard end < octets.count else {
            consumed = end
            return false
        }
        consumed = end + 1
        return endLine()
    }

    private mutating func endLine() -> Bool {
        let isOverlong = overlong > 0
        overlong = 0
        if isOverlong { return true }
        if line.last == Octets.carriageReturn {
            line.removeLast()
        } else if !options.takesBareLineFeed {
            // Where a line ends is in doubt, and with it all that follows.
            end(Replies.bareLineFeed)
            return false
        }
        return true
    }

    /// Carries out the command in `line`.
    mutating func command() -> Action? {
        let command: SMTPCommand
        do throws(SMTPCommand.Fault) {
            command = try SMTPCommand.parse(line)
        } catch {
            fail(error.reply)
            if error.isFatal { needsClose = true }
            return nil
        }
        if isDraining, transaction == nil, command != .quit {
            sayGoodbye()
            return nil
        }
        switch command {
        case .hello(let name, let isExtended): return hello(name, isExtended)
        case .mail(let path, let parameters): return mail(path, parameters)
        case .recipient(let recipient, let isInternational):
            return self.recipient(recipient, isInternational)
        case .data: return beginData()
        case .chunk(let octets, let isLast): return beginChunk(octets, isLast)
        case .startTLS: return startTLS()
        case .xclient(let attributes): return xclient(attributes)
        case .quit:
            endTransaction(isDiscarded: true)
            write(Replies.goodbye)
            needsClose = true
        case .reset:
            endTransaction(isDiscarded: true)
            passTime(Replies.reset)
        case .noop: passTime(Replies.noop)
        case .help: passTime(Replies.help)
        case .verify: isOpen { $0.passTime(Replies.verify) }
        case .expand: isOpen { $0.fail(Replies.expand) }
        }
        return nil
    }

    private mutating func hello(_ name: String, _ isExtended: Bool) -> Action? {
        // RFC 5321 §4.1.4: EHLO in a transaction ends it.
        endTransaction(isDiscarded: true)
        guard countIdle() else { return nil }
        state = .waiting(.hello(isExtended: isExtended))
        return .hello(name, isExtended: isExtended)
    }

    private mutating func mail(_ path: ReversePath, _ parameters: MailParameters) -> Action? {
        guard hasHello else { return refuse(Replies.helloFirst) }
        guard transaction == nil else { return refuse(Replies.nestedMail) }
        guard isSecured || !options.requiresTLS else { return refuse(Replies.tlsFirst) }
        guard isSecured || !parameters.requiresTLS else { return refuse(Replies.noRequireTLS) }
        guard options.offersBinary || parameters.body != .binaryMIME else {
            return refuse(Replies.noBinary)
        }
        guard parameters.size ?? 0 <= options.maximumMessageOctets else {
            return refuse(Replies.tooLarge)
        }
        guard messages < options.messages else {
            end(Replies.tooManyMessages)
            return nil
        }
        state = .waiting(.mail(path, parameters))
        return .mail(path, parameters)
    }

    private mutating func recipient(
        _ recipient: EnvelopeRecipient, _ isInternational: Bool
    ) -> Action? {
        guard let transaction, !transaction.hasContent else { return refuse(Replies.mailFirst) }
        let envelope = transaction.envelope
        guard envelope.parameters.isInternational || !isInternational else {
            return refuse(MailArguments.international.reply)
        }
        let isNull = envelope.reversePath.isNull
        let most =
            isNull ? min(options.nullSenderRecipients, options.recipients) : options.recipients
        guard envelope.recipients.count < most, transaction.refused < most else {
            // RFC 5321 §4.5.3.1.10: the client sends the rest in another transaction.
            self.transaction?.overshoot += 1
            guard transaction.overshoot < Limits.recipientOvershoot else {
                return refuse(Replies.tooManyRecipients)
            }
            write(Replies.tooManyRecipients)
            return nil
        }
        state = .waiting(.recipient(recipient))
        return .recipient(recipient)
    }

    private mutating func startTLS() -> Action? {
        guard options.offersStartTLS else { return refuse(Replies.noTLS) }
        guard !isSecured else { return refuse(Replies.tlsAlready) }
        endTransaction(isDiscarded: true)
        write(Replies.startTLS)
        state = .handshake
        return .startTLS
    }

    private mutating func xclient(_ attributes: XClientAttributes) -> Action? {
        guard options.offersXClient else { return refuse(Replies.noXClient) }
        guard transaction == nil else { return refuse(Replies.nestedMail) }
        guard countIdle() else { return nil }
        hasHello = false
        state = .greeting
        return .xclient(attributes)
    }

    /// A command that tells of addresses is refused as MAIL would be.
    private mutating func isOpen(_ body: (inout Self) -> Void) {
        guard isSecured || !options.requiresTLS else {
            fail(Replies.tlsFirst)
            return
        }
        body(&self)
    }
}
