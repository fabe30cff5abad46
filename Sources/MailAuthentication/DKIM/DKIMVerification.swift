public import Identities

/// The outcome for one DKIM signature.
public struct DKIMVerification: Sendable {
    /// What a careful receiver wants to know of a signature beside its result.
    public enum Risk: String, Sendable, Codable, CaseIterable {
        /// `l=` leaves the end of the body unsigned (RFC 6376 §8.2): anyone may add text.
        case bodyLengthLimit = "body-length-limit"
        /// The body is longer than `l=` covers.
        case unsignedBodyText = "unsigned-body-text"
        /// The key is shorter than 2048 bits.
        case shortKey = "short-key"
        /// rsa-sha1, which RFC 8301 forbids.
        case oldAlgorithm = "old-algorithm"
        /// The domain says that it is only testing (`t=y`).
        case testing
        /// Subject, To or another field that a reader sees is not signed.
        case unsignedSubject = "unsigned-subject"
        /// A field that may stand once stands more often than it is signed.
        case unsignedDuplicate = "unsigned-duplicate"
        case expired
        case signedInFuture = "signed-in-future"
    }

    public var result: DKIMResult
    /// `d=`; nil when it cannot be read.
    public var domain: DomainName?
    /// `s=`; empty when it cannot be read.
    public var selector: String
    /// `a=` as written.
    public var algorithm: String
    /// `i=`; nil when it was not sent.
    public var identity: String?
    /// The first eight characters of `b=`, by which RFC 6008 tells signatures apart.
    public var signaturePrefix: String
    /// Bits of the key's modulus, or 256 for Ed25519; nil when no key was read.
    public var keyBits: Int?
    /// Nil for a good signature without a blemish: most are never read by anybody.
    private var statement: String?
    public var risks: [Risk]
    /// Octets of the canonical body behind what `l=` covers.
    public var unsignedBodyOctets: Int
    /// Whether the key's DNS answer was authenticated by DNSSEC.
    public var isKeyAuthenticated: Bool

    public init(
        _ result: DKIMResult, domain: DomainName? = nil, selector: String = "",
        algorithm: String = "", identity: String? = nil, signaturePrefix: String = "",
        keyBits: Int? = nil, reason: String, risks: [Risk] = [], unsignedBodyOctets: Int = 0,
        isKeyAuthenticated: Bool = false
    ) {
        self.result = result
        self.domain = domain
        self.selector = selector
        self.algorithm = algorithm
        self.identity = identity
        self.signaturePrefix = signaturePrefix
        self.keyBits = keyBits
        statement = reason
        self.risks = risks
        self.unsignedBodyOctets = unsignedBodyOctets
        self.isKeyAuthenticated = isKeyAuthenticated
    }
    /// Why, for a person: one plain sentence.
    public var reason: String {
        get { statement ?? "The signature of \(domain?.text ?? "") is good." }
        set { statement = newValue }
    }

    /// Makes this a good signature that needs no further words.
    mutating func confirm() {
        result = .pass
        statement = nil
    }
}
