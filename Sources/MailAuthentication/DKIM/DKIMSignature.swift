public import Identities

/// One DKIM-Signature field, read (RFC 6376 §3.5).
public struct DKIMSignature: Sendable {
    /// `a=` as written.
    public let algorithm: String
    /// The first half of `a=`.
    public let keyType: KeyType
    /// The second half of `a=`.
    public let hash: HashAlgorithm
    /// The first half of `c=`.
    public let headerForm: Canonicalization
    /// The second half of `c=`.
    public let bodyForm: Canonicalization
    /// `d=`: who answers for the message.
    public let domain: DomainName
    /// `s=`: which of the domain's keys.
    public let selector: String
    /// `i=` decoded; nil when it was not sent, which means `@` and the domain.
    public let identity: String?
    /// The domain of `i=`, else that of `d=`.
    public let identityDomain: DomainName
    /// `bh=` decoded.
    public let bodyHash: [UInt8]
    /// `b=` decoded.
    public let signature: [UInt8]
    /// `l=`: octets of the canonical body that are signed; nil for all.
    public let bodyLength: Int?
    /// `t=`: when it was signed, in seconds since 1970.
    public let signedAt: Int64?
    /// `x=`: until when it holds, in seconds since 1970.
    public let expiresAt: Int64?
    /// The first eight characters of `b=` (RFC 6008 §4).
    public let signaturePrefix: String

    /// `h=` in order.
    let signedNames: [ArraySlice<UInt8>]
    /// The field itself, and where the value of `b=` stands in it.
    let field: RawField
    let signatureRange: Range<Int>

    /// `h=`: the names of the signed fields, in order.
    public var signedFields: [String] {
        signedNames.map { String(decoding: $0, as: UTF8.self) }
    }

    /// `z=`: whether the signer copied fields into the signature. Copies are never trusted.
    public let hasCopiedFields: Bool
}
