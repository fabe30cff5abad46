/// How much a message may change on its way without breaking a signature (RFC 6376 §3.4).
public enum Canonicalization: String, Sendable, Codable, CaseIterable {
    /// Nothing may change but empty lines at the end.
    case simple
    /// Blanks, folds and the case of field names may change.
    case relaxed
}

/// The hash that a signature is made of.
public enum HashAlgorithm: String, Sendable, Codable, CaseIterable {
    case sha1, sha256
}
