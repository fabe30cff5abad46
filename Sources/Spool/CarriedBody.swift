/// The body of a record that carries a live message out of an old segment: its acceptance as it
/// was, and how far each recipient is.
struct CarriedBody {
    var acceptance: ArraySlice<UInt8>
    var acceptedAt: Int64
    var holdReason: String?
    var recipients: [RecipientState]

    /// Octets of a body before the acceptance.
    static let acceptanceOffset = 4

    static func encode(_ message: LiveMessage, acceptance: [UInt8]) -> [UInt8] {
        var writer = OctetWriter(capacity: acceptance.count + 64 + 14 * message.recipients.count)
        writer.put(acceptance)
        writer.put(message.acceptedAt)
        writer.put(message.holdReason)
        writer.put(UInt32(truncatingIfNeeded: message.recipients.count))
        for recipient in message.recipients {
            writer.put(recipient.status.rawValue)
            writer.put(recipient.attempts)
            writer.put(recipient.nextAttempt)
            writer.put(recipient.isUnderway)
        }
        return writer.octets
    }

    /// Nil when the octets are no such body.
    init?(_ octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let count = reader.integer(UInt32.self), let acceptance = reader.raw(Int(count)),
            let acceptedAt = reader.integer(Int64.self), let holdReason = reader.optionalText(),
            let recipients = reader.integer(UInt32.self), recipients <= SpoolLimits.recipients
        else { return nil }
        self.acceptance = acceptance
        self.acceptedAt = acceptedAt
        self.holdReason = holdReason
        self.recipients = []
        for _ in 0..<recipients {
            guard let status = reader.integer(UInt8.self).flatMap(RecipientState.Status.init),
                let attempts = reader.integer(UInt32.self),
                let nextAttempt = reader.integer(Int64.self), let isUnderway = reader.flag()
            else { return nil }
            var state = RecipientState()
            state.status = status
            state.attempts = attempts
            state.nextAttempt = nextAttempt
            state.isUnderway = isUnderway
            self.recipients.append(state)
        }
        guard reader.isAtEnd else { return nil }
    }
}
