/// A word of the tag `f=` (draft-ietf-dkim-dkim2-spec-04 §8.10); unknown words are ignored.
public enum DKIM2Flag: String, Sendable, Codable, CaseIterable {
    /// The message goes to more than one address.
    case exploded
    /// A request: do not send the message on to more than one address.
    case doNotExplode = "donotexplode"
    /// A request: do not change the message.
    case doNotModify = "donotmodify"
    /// A request for feedback on what became of the message.
    case feedback
    /// Feedback is taken at this hop.
    case feedHere = "feedhere"
}
