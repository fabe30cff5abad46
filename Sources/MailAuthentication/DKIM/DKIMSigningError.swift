/// Why a message cannot be signed.
public enum DKIMSigningError: Error, Hashable, Sendable {
    /// RFC 6376 §5.4: the From field must be signed, so there must be one.
    case noFromField
    /// The header section could not be read whole (`RawMessage.Defect.headerTooLarge`).
    case headerTooLarge
    /// The selector and the domain together are no name for a key.
    case badSelector(String)
    /// The identity's domain is not the signing domain or below it.
    case badIdentity(String)
    /// A name in the list of fields is no field name.
    case badFieldName(String)
    /// The key refused.
    case key(KeyError)

    /// One sentence for a person.
    public var reason: String {
        switch self {
        case .noFromField: "The message has no From field, so it cannot be signed."
        case .headerTooLarge: "The header of the message is too large to be signed."
        case .badSelector(let selector): "The selector \(selector) is not a valid name."
        case .badIdentity(let identity):
            "The identity \(identity) is not of the signing domain or below it."
        case .badFieldName(let name): "\(name) is not the name of a header field."
        case .key(let error): error.reason
        }
    }
}
