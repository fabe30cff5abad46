/// Bytes that something brought in, and what is known of the way they came.
public struct Arrival: Sendable {
    /// Whom to ask about it.
    public enum Sender: Sendable {
        /// Somebody found out already, or there is nothing to find out.
        case known(ReportOrigin)
        /// It is to be authenticated here where it is a mail. Servers of one's own that are named
        /// are believed what they wrote into it when it came to them.
        case mailbox(trusting: [String])
    }

    public var bytes: [UInt8]
    /// For people: a file name, `INBOX › mail 12`.
    public var name: String
    /// Where it came in: `imap`, `folder`, `api`.
    public var door: String
    public var sender: Sender

    public init(_ bytes: [UInt8], name: String, door: String, sender: Sender) {
        self.bytes = bytes
        self.name = name
        self.door = door
        self.sender = sender
    }
}
