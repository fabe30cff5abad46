/// How to restore a message as it was before a hop changed it (draft-ietf-dkim-dkim2-spec-04 §5).
struct MessageRecipe: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        /// Lines of the body, or fields of one name from the bottom up: numbers from 1.
        case copy(ClosedRange<Int>)
        /// Lines of the body or values of a field, without line ends.
        case text([String])
    }

    enum Body: Hashable, Sendable {
        case unchanged
        case steps([Step])
        /// The hop says that the former body cannot be restored.
        case lost
    }

    /// By field name in lower case; fields of other names were not changed.
    var fields: [String: [Step]]
    var body: Body

    var isEmpty: Bool { fields.isEmpty && body == .unchanged }
}
