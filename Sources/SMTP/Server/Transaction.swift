/// A message on its way in: from MAIL to the reply after its content (RFC 5321 §3.3).
struct Transaction: Sendable {
    var envelope: Envelope
    /// Recipients that the policy refused.
    var refused = 0
    /// DATA or BDAT was taken.
    var hasContent = false
    var chunks = 0
    /// Recipients beyond the limit.
    var overshoot = 0
    /// Octets of content as they came.
    var received = 0
    /// Why the content cannot be kept, though nothing is wrong with it.
    var failure: SMTPReply?
    var decoder = ContentDecoder()

    init(_ path: ReversePath, _ parameters: MailParameters) {
        envelope = Envelope(reversePath: path, parameters: parameters, recipients: [])
    }

    var isBinary: Bool { envelope.parameters.body == .binaryMIME }

    /// The reply that will end it, as far as it is known. What is wrong may come to light in any
    /// order, and the reply must not depend on that.
    func refusal(_ options: SMTPServerOptions) -> SMTPReply? {
        if decoder.octets > options.maximumMessageOctets { return Replies.tooLarge }
        if decoder.hasBareReturn { return Replies.bareReturn }
        if decoder.hasBareLineFeed, !options.takesBareLineFeed {
            return Replies.bareLineFeedInContent
        }
        return failure
    }

    var defects: Set<TransportDefect> {
        var defects: Set<TransportDefect> = []
        guard !isBinary else { return defects }
        if decoder.hasBareLineFeed { defects.insert(.bareLineFeed) }
        if decoder.hasNUL { defects.insert(.nul) }
        if decoder.hasLongLine { defects.insert(.longLine) }
        if decoder.hasEightBit, envelope.parameters.body == .sevenBit {
            defects.insert(.eightBitWithoutDeclaration)
        }
        if chunks > 0, !decoder.isAtLineStart { defects.insert(.noFinalLineEnd) }
        return defects
    }
}
