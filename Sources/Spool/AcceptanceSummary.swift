import SMTP

/// What the beginning of an acceptance tells: enough for the queue, without the envelope.
struct AcceptanceSummary: Hashable, Sendable {
    var id: QueueIdentifier
    var receivedAt: Int64
    var disposition: SpoolMessage.Disposition
    var routing: String
    /// Whether the content is a file of its own, and only the header fields lie in the log.
    var isFile: Bool
    var prefixCount: Int
    var contentCount: Int
    /// SHA-256 of prefix and content.
    var digest: [UInt8]
    var recipients: Int

    /// Octets that lie in the log after the body.
    var inlineCount: Int { isFile ? prefixCount : prefixCount + contentCount }

    func write(to writer: inout OctetWriter) {
        writer.put(id.rawValue)
        writer.put(receivedAt)
        if case .hold(let reason) = disposition {
            writer.put(String?.some(reason))
        } else {
            writer.put(String?.none)
        }
        writer.put(routing)
        writer.put(isFile)
        writer.put(UInt32(truncatingIfNeeded: prefixCount))
        writer.put(UInt64(contentCount))
        writer.put(digest)
        writer.put(UInt32(truncatingIfNeeded: recipients))
    }

    /// Nil when the octets are no acceptance.
    init?(_ reader: inout OctetReader) {
        guard let id = reader.integer(UInt64.self), let receivedAt = reader.integer(Int64.self),
            let reason = reader.optionalText(), let routing = reader.text(),
            let isFile = reader.flag(), let prefixCount = reader.integer(UInt32.self),
            let contentCount = reader.integer(UInt64.self), contentCount < UInt64(Int32.max) << 16,
            let digest = reader.bytes(), digest.count == ChainValue.count,
            let recipients = reader.integer(UInt32.self), recipients <= SpoolLimits.recipients
        else { return nil }
        self.id = QueueIdentifier(rawValue: id)
        self.receivedAt = receivedAt
        disposition = reason.map { .hold(reason: $0) } ?? .deliver
        self.routing = routing
        self.isFile = isFile
        self.prefixCount = Int(prefixCount)
        self.contentCount = Int(contentCount)
        self.digest = digest
        self.recipients = Int(recipients)
    }

    init(_ message: SpoolMessage, isFile: Bool, digest: [UInt8]) {
        id = message.id
        receivedAt = message.receivedAt
        disposition = message.disposition
        routing = message.routing
        self.isFile = isFile
        prefixCount = message.prefix.count
        contentCount = message.content.count
        self.digest = digest
        recipients = message.envelope.recipients.count
    }
}
