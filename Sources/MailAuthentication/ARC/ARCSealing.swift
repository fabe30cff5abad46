/// What came of sealing a message.
public enum ARCSealing: Sendable {
    /// The fields to put on top of the message.
    case sealed(ARCSealedSet)
    /// No set may be added, for this reason: one plain sentence.
    case refused(reason: String)
}

/// A new set, to be put on top of the message it was made for.
public struct ARCSealedSet: Sendable {
    /// `i=`: one more than the highest before.
    public let instance: Int
    /// The `cv=` of the seal.
    public let chainStatus: ARCValidation.Result
    /// ARC-Seal.
    public let seal: RawField
    /// ARC-Message-Signature.
    public let messageSignature: RawField
    /// ARC-Authentication-Results.
    public let results: RawField

    /// The three fields in the order in which they stand at the top of the message.
    public var fields: [RawField] { [seal, messageSignature, results] }

    /// The three fields with their line ends, to be put before the first octet of the message.
    public var text: String {
        fields.map { String(decoding: $0.octets, as: UTF8.self) + "\r\n" }.joined()
    }
}
