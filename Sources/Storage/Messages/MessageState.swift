/// What became of a message, or of one of its recipients.
///
/// A message is where the least settled of its recipients is: the smallest number wins.
public enum MessageState: Int64, Sendable, CaseIterable, Codable {
    /// Kept in quarantine until a person decides; of a message as a whole.
    case held = 0
    /// Accepted, and not yet at the next server.
    case waiting = 1
    /// The next server refused it, or could not be reached in time.
    case failed = 2
    /// The disk lost its content.
    case lost = 3
    /// A person deleted it.
    case deleted = 4
    /// The next server took it.
    case delivered = 5
    /// We refused it for good.
    case refused = 6
    /// We told the client to try again later.
    case deferred = 7

    /// Whether nothing more will happen by itself or by a person.
    public var isSettled: Bool { self != .held && self != .waiting }
}
