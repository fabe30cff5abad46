/// Why a key cannot be used.
public enum KeyError: Error, Hashable, Sendable {
    /// The octets are no key of the kind told.
    case unreadable(KeyType)
    /// The text holds no private key in a form that is known.
    case unknownForm
    /// An RSA key below `Limits.rsaMinimumBits` (RFC 8301 §3.2).
    case tooShort(bits: Int)
    /// An RSA key above `Limits.rsaMaximumBits`.
    case tooLong(bits: Int)
    /// An RSA public exponent that is too large, even or 1.
    case badExponent(bits: Int)
    /// The library that computes with keys refused.
    case refused

    /// One sentence for a person.
    public var reason: String {
        switch self {
        case .unreadable(.rsa): "The key is not a readable RSA key."
        case .unreadable(.ed25519): "The key is not a readable Ed25519 key of 32 octets."
        case .unknownForm:
            "The text holds no private key in a known form (PKCS#1, PKCS#8 or an Ed25519 seed)."
        case .tooShort(let bits):
            "The RSA key has \(bits) bits; fewer than \(Limits.rsaMinimumBits) are not accepted."
        case .tooLong(let bits):
            "The RSA key has \(bits) bits; more than \(Limits.rsaMaximumBits) are not accepted."
        case .badExponent: "The RSA key has a public exponent that is not accepted."
        case .refused: "The cryptographic library refused the key."
        }
    }

    /// The size of a readable RSA key that is refused.
    public var bits: Int? {
        switch self {
        case .tooShort(let bits), .tooLong(let bits), .badExponent(let bits): bits
        case .unreadable, .unknownForm, .refused: nil
        }
    }
}
