/// What the examination of a mark certificate found.
public struct MarkCertificateValidation: Hashable, Sendable {
    /// What keeps the certificate from being valid.
    public var problems: [MarkCertificateProblem] = []
    /// What is worth knowing and keeps it from nothing.
    public var advice: [MarkCertificateProblem] = []
    /// Nil when the certificate does not tell.
    public var markType: MarkType?
    /// The organisation that the certificate was issued to.
    public var organization: String?
    /// The organisation that issued it.
    public var issuer: String?
    /// The domain names that it covers, as written.
    public var names: [String] = []
    /// The serial number in small hexadecimal digits.
    public var serialNumber: String?
    /// Seconds since 1970 from which it is valid.
    public var notBefore: Int64?
    /// Seconds since 1970 up to which it is valid.
    public var notAfter: Int64?
    /// Signed certificate timestamps in it (RFC 6962 §3.3); they are counted, their signatures are
    /// not checked.
    public var transparencyProofs = 0
    /// The logo in the certificate, decompressed.
    public var logo: [UInt8]?
    /// What the examination of that logo found.
    public var logoValidation: SVGValidation?
    /// The certificates from the mark certificate to the root, by the names of their subjects; empty
    /// when no trusted root was reached.
    public var chain: [String] = []

    public init() {}

    /// Whether the certificate may vouch for the logo. Revocation is not looked at: that needs the
    /// network.
    public var isValid: Bool { problems.isEmpty }

    /// Verified or common; nil when the mark type is not known.
    public var kind: MarkCertificateKind? { markType?.kind }

    /// The first problem as one plain sentence; nil for a valid certificate.
    public var problem: String? { problems.first?.reason }

    mutating func add(_ problem: MarkCertificateProblem) {
        if problem.code.isAdvice {
            advice.append(problem)
        } else {
            problems.append(problem)
        }
    }
}
