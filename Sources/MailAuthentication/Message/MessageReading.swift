import Synchronization

/// One message while several methods check it: what they all work out is worked out once.
final class MessageReading: Sendable {
    let message: RawMessage
    /// The fields by name.
    let selection: FieldSelection
    private let bodyHashes = Mutex<[(kind: BodyHashKind, hash: BodyHash)]>([])

    init(_ message: RawMessage) {
        self.message = message
        selection = FieldSelection(message.fields)
    }

    /// The body is not read under the lock: checks that run at the same time may each read it.
    func bodyHash(_ kind: BodyHashKind) -> BodyHash {
        let known = bodyHashes.withLock { hashes in
            hashes.first { $0.kind == kind }?.hash
        }
        if let known { return known }
        let hash = message.bodyHash(kind.form, kind.hash, limit: kind.limit)
        bodyHashes.withLock { $0.append((kind, hash)) }
        return hash
    }
}
