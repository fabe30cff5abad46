public import Identities
public import MailAuthentication

/// The keys with which the gateway signs our own people's mail and seals the mail that it passes on.
public struct SealOptions: Sendable {
    /// By the domain that signs: each key makes a DKIM signature (RFC 6376), at most
    /// `Limits.signersPerDomain`.
    public var signers: [DomainName: [DKIMSigner]] = [:]
    /// By the domain that signs: DKIM2, an experiment.
    public var chainSigners: [DomainName: DKIM2Signer] = [:]
    /// Seals mail from outside as it is passed on (RFC 8617).
    public var arc: ARCSealer?

    public init() {}

    /// The domain whose key signs for an author: the author's own, else the nearest above it.
    func signingDomain(for author: DomainName) -> DomainName? {
        let known = Set(signers.keys).union(chainSigners.keys)
        return known.filter { author.isEqualOrBelow($0) }
            .max { $0.text.utf8.count < $1.text.utf8.count }
    }
}
