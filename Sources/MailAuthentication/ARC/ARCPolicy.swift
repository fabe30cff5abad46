/// What an operator may decide about the validation of ARC chains.
public struct ARCPolicy: Sendable {
    /// Whether the message signatures of older sets are checked too, to learn how far back the
    /// message is unchanged (RFC 8617 §5.2, step 5, which is optional). It changes no result.
    public var looksForOldestPass: Bool

    /// By default everything is looked at.
    public init(looksForOldestPass: Bool = true) {
        self.looksForOldestPass = looksForOldestPass
    }
}
