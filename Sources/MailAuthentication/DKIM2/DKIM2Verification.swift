public import Identities

/// What DKIM2 says of a message: who had it in hand, what each of them changed, and whether all
/// that is proved.
public struct DKIM2Verification: Sendable {
    /// What a careful receiver wants to know beside the result.
    public enum Remark: String, Sendable, Codable, CaseIterable {
        /// No envelope was given, so a copy sent to others than the recipients would not be seen.
        case envelopeNotChecked = "envelope-not-checked"
        /// A signature's time lies in the future.
        case signedInFuture = "signed-in-future"
        /// A hop says that it sent the message to more than one address.
        case exploded
        /// A domain says of a key that it is only testing (`t=y`).
        case testing
        /// An RSA key shorter than 2048 bits.
        case shortKey = "short-key"
        /// A trusted hop lost the former body: what was signed before it could not be compared.
        case formerBodyLost = "former-body-lost"
    }

    /// One signature of the chain.
    public struct Hop: Sendable {
        /// `i=`: 1 is the message's origin.
        public var sequence: Int
        /// `m=`: the newest instance that it covers.
        public var instance: Int
        /// `d=`
        public var domain: DomainName
        /// `nd=`: the domain that signs next; nil when the hop sent the message itself.
        public var nextDomain: DomainName?
        /// `mf=` with its angle brackets; nil with `nd=`.
        public var mailFrom: String?
        /// `rt=` with angle brackets.
        public var recipients: [String]
        /// `t=`, seconds since 1970.
        public var timestamp: Int64
        /// `n=`
        public var nonce: String?
        /// `f=`
        public var flags: [DKIM2Flag]
        /// One for each value of `s=`.
        public var values: [Value]
        public var result: DKIM2Result
        /// Why, for a person: one plain sentence.
        public var reason: String
    }

    /// One value of a signature: the same text signed by one key.
    public struct Value: Sendable {
        public var selector: String
        /// As written.
        public var algorithm: String
        /// Bits of the key's modulus, or 256 for Ed25519; nil when no key was read.
        public var keyBits: Int?
        /// Whether the key's DNS answer was authenticated by DNSSEC.
        public var isKeyAuthenticated: Bool
        /// None: an algorithm that we do not know.
        public var result: DKIM2Result
        /// Why, for a person: one plain sentence.
        public var reason: String
    }

    /// One state of the message.
    public struct Instance: Sendable {
        /// `m=`: 1 is the message as its origin sent it.
        public var number: Int
        /// Who made it.
        public var domain: DomainName?
        /// Names, in lower case, of the fields that it changed, added or took away.
        public var changedFields: [String]
        public var isBodyChanged: Bool
        public var result: DKIM2Result
        /// Why, for a person: one plain sentence.
        public var reason: String
    }

    public var result: DKIM2Result
    /// `d=` of the newest signature: who handed the message over.
    public var domain: DomainName?
    /// `d=` of the first signature: who says that the message is theirs.
    public var originDomain: DomainName?
    /// Why, for a person: one plain sentence.
    public var reason: String
    /// Oldest first.
    public var hops: [Hop]
    /// Oldest first.
    public var instances: [Instance]
    public var remarks: [Remark]

    public init(
        _ result: DKIM2Result, domain: DomainName? = nil, originDomain: DomainName? = nil,
        reason: String, hops: [Hop] = [], instances: [Instance] = [], remarks: [Remark] = []
    ) {
        self.result = result
        self.domain = domain
        self.originDomain = originDomain
        self.reason = reason
        self.hops = hops
        self.instances = instances
        self.remarks = remarks
    }
}
