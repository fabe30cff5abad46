/// The kinds of key that sign mail, in the words of `k=`.
public enum KeyType: String, Sendable, Codable, CaseIterable {
    case rsa
    /// RFC 8463.
    case ed25519
}
