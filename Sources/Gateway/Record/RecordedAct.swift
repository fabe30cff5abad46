/// One thing that we did with a message before it left, or left undone, with its reason.
public struct RecordedAct: Hashable, Sendable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// A mark was put before its subject.
        case tagged = 0
        /// A warning was put before its text.
        case banner = 1
        /// Something that is done with other mail was not done with this one.
        case leftAlone = 2
        /// It has a signature of ours (DKIM, DKIM2).
        case signed = 3
        /// It has a seal of ours (ARC).
        case sealed = 4
        /// It should have had one, and has none.
        case unsigned = 5
    }

    public var kind: Kind
    /// What was done and why.
    public var sentence: String

    public init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }
}
