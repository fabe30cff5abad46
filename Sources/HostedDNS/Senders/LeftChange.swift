/// The change of an undone authorisation that may still be in the DNS, because its way back could
/// not be worked out.
public struct LeftChange: Hashable, Sendable {
    /// The change's number.
    public var id: Int64
    /// Whether it is known to have been made.
    public var isMade = false
    /// Whether the change can be opened here, and be taken back there.
    public var isAtHand = true
    /// Why there is no way back, in the words of what went wrong.
    public var reason = ""

    init(id: Int64) { self.id = id }

    /// For a person: what is undone and what is not, and why.
    public var sentence: String {
        let place = isMade ? "is still published" : "may still be published"
        return
            "The decision is undone. Its change of the DNS, change \(id), \(place): the way back "
            + "could not be worked out. \(reason)"
    }
}
