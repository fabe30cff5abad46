extension SMTPServerSession {
    mutating func beginData() -> Action? {
        guard let transaction else { return refuse(Replies.mailFirst) }
        guard !transaction.hasContent else { return refuse(Replies.chunksBegun) }
        guard !transaction.envelope.recipients.isEmpty else {
            return refuse(transaction.refused > 0 ? Replies.noRecipients : Replies.recipientFirst)
        }
        // RFC 3030 §3: binary content has no lines that a dot could end.
        guard transaction.envelope.parameters.body != .binaryMIME else {
            return refuse(Replies.binaryInData)
        }
        write(Replies.goAhead)
        self.transaction?.hasContent = true
        state = .data
        let declared = transaction.envelope.parameters.size ?? 0
        content.reserveCapacity(min(declared, Limits.reservedContentOctets))
        return .contentBegins(isChunked: false)
    }

    mutating func data(_ octets: Span<UInt8>, _ consumed: inout Int) -> Action? {
        decode(octets, &consumed, octets.count - consumed, isChunk: false) ? endContent() : nil
    }

    mutating func beginChunk(_ octets: Int, _ isLast: Bool) -> Action? {
        if octets == 0, !isLast, !countIdle() { return nil }
        var refusal: SMTPReply?
        if let transaction {
            if transaction.envelope.recipients.isEmpty {
                refusal = transaction.refused > 0 ? Replies.noRecipients : Replies.recipientFirst
            } else if octets > options.maximumMessageOctets - transaction.decoder.octets {
                refusal = Replies.tooLarge
            } else if transaction.chunks >= Limits.chunks {
                refusal = Replies.tooManyChunks
            }
        } else {
            refusal = hasHello ? Replies.mailFirst : Replies.helloFirst
        }
        guard octets <= Limits.refusedContentOctets || refusal == nil else {
            // So many octets are not worth staying in step.
            end(refusal ?? Replies.tooLarge)
            return nil
        }
        state = .chunk(left: octets, isLast: isLast, refusal: refusal)
        guard refusal == nil, transaction?.hasContent == false else { return nil }
        transaction?.hasContent = true
        return .contentBegins(isChunked: true)
    }

    mutating func chunk(
        _ octets: Span<UInt8>, _ consumed: inout Int, _ left: Int, _ isLast: Bool,
        _ refusal: SMTPReply?
    ) -> Action? {
        let count = min(left, octets.count - consumed)
        if refusal != nil {
            consumed += count
        } else if count > 0 {
            _ = decode(octets, &consumed, count, isChunk: true)
        }
        state = .chunk(left: left - count, isLast: isLast, refusal: refusal)
        guard left == count else { return nil }
        state = .commands
        if let refusal { return endRefused(refusal) }
        transaction?.chunks += 1
        if isLast { return endContent() }
        if let refusal = transaction?.refusal(options) { return endRefused(refusal) }
        write(Replies.chunk)
        return nil
    }

    /// RFC 3030 §2: after a chunk that failed nothing of the message remains, so that no later chunk
    /// is taken for a part of it.
    private mutating func endRefused(_ reply: SMTPReply) -> Action? {
        endTransaction(isDiscarded: true)
        fail(reply)
        return nil
    }

    /// Decodes `count` octets; true at the end of the message.
    private mutating func decode(
        _ octets: Span<UInt8>, _ consumed: inout Int, _ count: Int, isChunk: Bool
    ) -> Bool {
        guard var transaction else { return true }
        // Moved out and back, so that the buffers are changed in place.
        self.transaction = nil
        let piece = octets.extracting(consumed..<(consumed + count))
        let isKept = transaction.refusal(options) == nil
        var used = count
        var isEnd = false
        if isChunk, transaction.isBinary {
            transaction.decoder.keep(piece, isKept: isKept, into: &content)
        } else {
            (used, isEnd) = transaction.decoder.decode(
                piece, isChunk: isChunk, isKept: isKept, into: &content)
        }
        consumed += used
        transaction.received += used
        let isRefused = transaction.refusal(options) != nil
        if isRefused { content = [] }
        let received = transaction.received
        self.transaction = transaction
        if isRefused, !isEnd, !isChunk,
            received > options.maximumMessageOctets + Limits.refusedContentOctets
        {
            // So many octets are not worth staying in step.
            end(transaction.refusal(options) ?? Replies.tooLarge)
        }
        return isEnd
    }

    /// The end of a message, by dot or by the last chunk.
    private mutating func endContent() -> Action? {
        state = .commands
        if transaction?.chunks ?? 0 > 0, transaction?.isBinary == false {
            transaction?.decoder.endChunks()
        }
        guard let transaction else { return nil }
        if let refusal = transaction.refusal(options) { return endRefused(refusal) }
        state = .waiting(.message)
        return .message(transaction.defects)
    }
}
