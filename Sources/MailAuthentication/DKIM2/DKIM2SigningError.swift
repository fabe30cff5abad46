/// Why a message was not signed with DKIM2.
public enum DKIM2SigningError: Error, Hashable, Sendable {
    /// No key, too many, or two under one selector.
    case unusableKeys(String)
    /// A path of the envelope, the nonce or the time cannot stand in a signature.
    case unusableRequest(String)
    /// The DKIM2 fields that the message has are malformed.
    case malformedChain(String)
    /// The new signature would not follow from the newest one that the message has, or the sender's
    /// domain is not that of the signature. A hop with `.nextDomain`, signed with a key of the
    /// domain that received the message, can close the gap (draft-ietf-dkim-dkim2-spec-04 §9).
    case brokenCustody(String)
    /// The message differs from its newest instance, and the message as it was received was not
    /// given.
    case formerMessageMissing
    /// What was given as the message as received is not what its newest instance describes.
    case formerMessageDiffers
    /// The changes cannot be written as a recipe.
    case unrepresentableChange(String)
    case key(KeyError)

    /// One plain sentence for a person.
    public var reason: String {
        switch self {
        case .unusableKeys(let reason), .unusableRequest(let reason),
            .malformedChain(let reason), .brokenCustody(let reason),
            .unrepresentableChange(let reason):
            reason
        case .formerMessageMissing:
            "The message was changed since it was signed; the message as it was received is needed "
                + "to write down what was changed."
        case .formerMessageDiffers:
            "The message as it was received is not as its DKIM2 fields describe it."
        case .key(let error): error.reason
        }
    }
}
