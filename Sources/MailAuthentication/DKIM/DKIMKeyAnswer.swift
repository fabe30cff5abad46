/// What the DNS says of the key that a signature names.
enum DKIMKeyAnswer: Sendable {
    case key(VerifyingKey, Boxed<DKIMKeyRecord>, isAuthenticated: Bool)
    /// There is a record, and no signature can be checked with it. `bits`: the size of an RSA key
    /// that is refused.
    case unusable(reason: String, bits: Int?)
    /// The domain took the key back (`p=` is empty).
    case revoked
    case missing
    /// The DNS gave no answer for the moment.
    case temporary(reason: String)
}
