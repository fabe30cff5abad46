/// Whether one server takes mail that has not passed the gateway.
public struct BypassFinding: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        /// It leads to the gateway, or refuses what has not passed it.
        case closed
        /// Anybody can get around the gateway here.
        case open
        /// Nothing could be found out, and the sentence says why.
        case unknown
    }

    /// The server, or the record.
    public var subject: String
    public var state: State
    /// What was seen, in one sentence.
    public var sentence: String
    /// What to do about it; nil when nothing needs to be done.
    public var remedy: String?

    public init(_ subject: String, _ state: State, _ sentence: String, remedy: String? = nil) {
        self.subject = subject
        self.state = state
        self.sentence = sentence
        self.remedy = remedy
    }
}
