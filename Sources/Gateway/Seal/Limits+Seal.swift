/// What signing may cost.
extension Limits {
    /// DKIM keys of one domain: an RSA and an Ed25519 key (RFC 8463 §3), or an old and a new one.
    public static let signersPerDomain = 2
}
