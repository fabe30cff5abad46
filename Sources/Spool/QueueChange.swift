/// What happened to a message after its acceptance. Times are milliseconds since 1970; recipients
/// are positions in the envelope, from 0.
public enum QueueChange: Hashable, Sendable {
    /// A delivery begins. When the program ends before its outcome, the spool records
    /// `duplicateRisk` for these recipients at the next start.
    case started(id: QueueIdentifier, recipients: [Int], at: Int64, host: String)
    /// A try that did not succeed and will be repeated.
    case attempted(
        id: QueueIdentifier, recipients: [Int], at: Int64, host: String?, reply: String,
        nextAttempt: Int64)
    /// The next server took it. Final. `tls` is the version and cipher, nil without TLS.
    case delivered(
        id: QueueIdentifier, recipients: [Int], at: Int64, host: String, reply: String, tls: String?
    )
    /// It will not be tried again; live until `bounced` says what was told to the sender.
    case failed(
        id: QueueIdentifier, recipients: [Int], at: Int64, host: String?, reason: String)
    /// The sender was told by the message `report`, or nobody is to be told (nil). Final for
    /// recipients that failed.
    case bounced(id: QueueIdentifier, recipients: [Int], at: Int64, report: QueueIdentifier?)
    case held(id: QueueIdentifier, at: Int64, reason: String)
    /// Held no longer: due at once.
    case released(id: QueueIdentifier, at: Int64, by: String)
    /// Due at once, whatever was planned.
    case requeued(id: QueueIdentifier, at: Int64, by: String)
    /// Final for the recipients that were not yet.
    case deleted(id: QueueIdentifier, at: Int64, by: String, reason: String)
    /// These recipients may get the message twice.
    case duplicateRisk(id: QueueIdentifier, recipients: [Int], at: Int64, why: String)
    /// The disk gave back other octets than it was given: final for the recipients that were not.
    case lost(id: QueueIdentifier, at: Int64, why: String)

    /// The message that this is about.
    public var id: QueueIdentifier {
        switch self {
        case .started(let id, _, _, _), .attempted(let id, _, _, _, _, _),
            .delivered(let id, _, _, _, _, _), .failed(let id, _, _, _, _),
            .bounced(let id, _, _, _), .held(let id, _, _), .released(let id, _, _),
            .requeued(let id, _, _), .deleted(let id, _, _, _), .duplicateRisk(let id, _, _, _),
            .lost(let id, _, _):
            id
        }
    }
}
