/// The hash of a canonical body.
struct BodyHash: Sendable {
    let digest: [UInt8]
    /// Octets of the canonical body in all.
    let canonicalCount: Int
    /// Octets of it that went into the digest.
    let hashedCount: Int
}

extension RawMessage {
    /// Hashes the body piece by piece where it lies.
    func bodyHash(
        _ form: Canonicalization, _ hash: HashAlgorithm, limit: Int?
    ) -> BodyHash {
        var hasher = BodyHasher(form, hash, limit: limit, lineEnds: lineEnds)
        body.forEachPiece { hasher.update($0) }
        return hasher.finish()
    }
}
