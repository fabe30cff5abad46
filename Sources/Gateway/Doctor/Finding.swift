/// One thing that was looked at before or while mail flows: how it is, where, and what to do.
public struct Finding: Hashable, Sendable {
    /// How it is.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case ok
        /// It works, and somebody should look at it.
        case look
        /// Mail cannot flow as it is meant to.
        case wrong
    }

    /// What was looked at: `door`, `certificate`, `disk`, ….
    public var subject: String
    public var state: State
    /// The address, file or folder.
    public var place: String
    /// What was found, as a sentence.
    public var sentence: String
    /// What to do about it, as a sentence; nil where nothing is to be done.
    public var advice: String?

    public init(
        _ subject: String, _ state: State, at place: String, _ sentence: String,
        advice: String? = nil
    ) {
        self.subject = subject
        self.state = state
        self.place = place
        self.sentence = sentence
        self.advice = advice
    }
}
