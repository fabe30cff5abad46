/// A sender was not authorised, and the change of the DNS that was proposed for it could not be
/// taken away again.
public struct LeftProposal: Error, CustomStringConvertible {
    /// The change's number.
    public let change: Int64
    /// Why the sender was not authorised.
    public let cause: any Error
    /// Why the change is left, in the words of what went wrong.
    public let reason: String

    public var description: String {
        "\(cause) The sender was not authorised, and the change of the DNS proposed for it, change "
            + "\(change), could not be dismissed: \(reason)"
    }
}
