/// What may still be spent on one message; every parser of it is charged to the same budget.
///
/// A budget is a value: a parser takes one, and hands back what is left in `ParsedMessage.budget`.
public struct Budget: Hashable, Sendable {
    /// Body parts that may still be opened.
    public var parts = Limits.parts
    /// Header fields that may still be kept.
    public var headerFields = Limits.headerFields
    /// Octets of header fields that may still be kept.
    public var headerBytes = Limits.headerBytes
    /// Parameters that may still be read.
    public var parameters = Limits.parameters
    /// Octets that transfer decoding may still produce.
    public var decodedBytes = Limits.decodedBytes

    /// How deep parts may lie in parts; never more than `Limits.greatestDepth`.
    public var depth = Limits.depth
    /// How deep messages may lie in messages.
    public var messageDepth = Limits.messageDepth
    /// How deep encoded composite parts may lie in each other; never more than
    /// `Limits.encodedDepth`.
    public var encodedDepth = Limits.encodedDepth

    public init() {}

    /// Takes `amount` from one of the counters; false, and nothing taken, when it is not there.
    mutating func charge(_ counter: WritableKeyPath<Budget, Int>, _ amount: Int = 1) -> Bool {
        guard amount >= 0, self[keyPath: counter] >= amount else { return false }
        self[keyPath: counter] -= amount
        return true
    }
}
