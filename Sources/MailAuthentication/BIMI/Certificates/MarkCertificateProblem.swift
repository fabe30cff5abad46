/// One thing that is wrong with a mark certificate (draft-fetch-validation-vmc-wchuang §4 and §5,
/// and the AuthIndicators requirements for issuing such certificates), or that a careful reader
/// wants to know of it.
public struct MarkCertificateProblem: Hashable, Sendable {
    /// Which rule.
    public enum Code: String, Sendable, Codable, CaseIterable {
        // The file
        case evidenceTooLarge = "evidence-too-large"
        case noCertificate = "no-certificate"
        case unreadableText = "unreadable-text"
        case tooManyCertificates = "too-many-certificates"
        case unreadableCertificate = "unreadable-certificate"
        case weakKey = "weak-key"
        case severalMarkCertificates = "several-mark-certificates"

        // The chain
        case untrustedIssuer = "untrusted-issuer"
        case wrongSignature = "wrong-signature"
        case brokenChain = "broken-chain"
        case unknownCriticalExtension = "unknown-critical-extension"
        case notYetValid = "not-yet-valid"
        case expired
        case issuerUsageMissing = "issuer-usage-missing"

        // The mark certificate
        case isAuthority = "is-authority"
        case usageMissing = "usage-missing"
        case nameConstraints = "name-constraints"
        case namesMissing = "names-missing"
        case namesMismatch = "names-mismatch"
        case tooManyNames = "too-many-names"
        case markTypeMissing = "mark-type-missing"
        case markTypeUnknown = "mark-type-unknown"
        case subjectFieldMissing = "subject-field-missing"
        case subjectFieldForeign = "subject-field-foreign"
        case pilot

        // The logo in it
        case logotypeMissing = "logotype-missing"
        case logotypeUnreadable = "logotype-unreadable"
        case logotypeNotEmbedded = "logotype-not-embedded"
        case logotypeMediaType = "logotype-media-type"
        case logotypeHashMissing = "logotype-hash-missing"
        case logotypeHashMismatch = "logotype-hash-mismatch"
        case logoInvalid = "logo-invalid"
        case logoMismatch = "logo-mismatch"

        // Advice
        case outOfOrder = "out-of-order"
        case duplicateCertificate = "duplicate-certificate"
        case logotypeNotCompressed = "logotype-not-compressed"
        case noTransparencyProof = "no-transparency-proof"
        case noRevocationList = "no-revocation-list"
        case pilotTolerated = "pilot-tolerated"

        /// Whether a certificate is still valid with this.
        public var isAdvice: Bool {
            switch self {
            case .outOfOrder, .duplicateCertificate, .logotypeNotCompressed,
                .noTransparencyProof, .noRevocationList, .pilotTolerated:
                true
            default: false
            }
        }
    }

    public var code: Code
    /// Which certificate of the file, counted from 0; nil for the file or a root of ours.
    public var index: Int?
    /// What is wrong, for a person: one plain sentence.
    public var reason: String

    public init(_ code: Code, index: Int? = nil, reason: String) {
        self.code = code
        self.index = index
        self.reason = reason
    }
}
