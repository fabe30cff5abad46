/// What a verifier accepts where RFC 6376 leaves the choice to it.
public struct DKIMPolicy: Sendable {
    /// Signatures of one message that are checked, top to bottom; further ones are reported as
    /// `policy`.
    public var maximumSignatures = 20
    /// Seconds behind `x=` for which a signature still holds, for clocks that differ.
    public var expiryTolerance: Int64 = 300
    /// Seconds that `t=` may lie in the future, for clocks that differ.
    public var futureTolerance: Int64 = 3_600
    /// Whether signatures that leave the end of the body unsigned (`l=`) may pass; they are
    /// reported as a risk in any case.
    public var acceptsBodyLengthLimit = true
    /// The service that a key must be for (`s=` of its record): `email`, or `tlsrpt` for reports
    /// on TLS (RFC 8460 §3).
    public var service = "email"

    /// The defaults.
    public init() {}
}
