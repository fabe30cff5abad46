import Identities

/// All DKIM2 fields of a message in their order, their numbers checked
/// (draft-ietf-dkim-dkim2-spec-04 §11.2).
struct DKIM2Chain: Sendable {
    /// By `i=`, from 1 without gaps; not empty but before a first signature.
    let signatures: [DKIM2Signature]
    /// By `m=`, from 1 without gaps; not empty but before a first signature.
    let instances: [MessageInstance]

    enum Reading {
        /// The message has no DKIM2-Signature field.
        case unsigned
        case chain(DKIM2Chain)
        case malformed(DKIM2Fault)
    }

    static func read(_ message: RawMessage, _ policy: DKIM2Policy) -> Reading {
        let signed = message.fields(named: "DKIM2-Signature")
        guard !signed.isEmpty else { return .unsigned }
        do throws(DKIM2Fault) {
            let chain = try DKIM2Chain(
                signed, message.fields(named: "Message-Instance"), policy)
            guard chain.unsignedInstances.isEmpty else {
                throw DKIM2Fault("Message-Instance \(chain.instances.count) is not signed.")
            }
            return .chain(chain)
        } catch {
            return .malformed(error)
        }
    }

    /// What a signer finds: perhaps nothing, perhaps instances that another program of its own house
    /// described and that it is to sign.
    static func beforeSigning(
        _ message: RawMessage, _ policy: DKIM2Policy
    ) throws(DKIM2Fault) -> DKIM2Chain {
        try DKIM2Chain(
            message.fields(named: "DKIM2-Signature"), message.fields(named: "Message-Instance"),
            policy)
    }

    private init(
        _ signed: [RawField], _ counted: [RawField], _ policy: DKIM2Policy
    ) throws(DKIM2Fault) {
        guard signed.count <= Limits.dkim2Hops else {
            throw DKIM2Fault("The message has more than \(Limits.dkim2Hops) DKIM2 signatures.")
        }
        guard counted.count <= Limits.dkim2Instances else {
            throw DKIM2Fault(
                "The message has more than \(Limits.dkim2Instances) Message-Instance fields.")
        }
        let octets = (signed + counted).reduce(0) { $0 + $1.range.count }
        guard octets <= Limits.dkim2FieldOctets else {
            throw DKIM2Fault(
                "The DKIM2 fields have more than \(Limits.dkim2FieldOctets) octets in all.")
        }
        var signatures: [DKIM2Signature] = []
        for field in signed { signatures.append(try DKIM2Signature(field, policy)) }
        var instances: [MessageInstance] = []
        for field in counted { instances.append(try MessageInstance(field)) }
        signatures.sort { $0.sequence < $1.sequence }
        instances.sort { $0.number < $1.number }
        self.signatures = signatures
        self.instances = instances
        try Self.checkNumbers(signatures.map(\.sequence), "DKIM2 signature")
        try Self.checkNumbers(instances.map(\.number), "Message-Instance")
        try checkCoverage()
    }

    private static func checkNumbers(_ numbers: [Int], _ title: String) throws(DKIM2Fault) {
        for (index, number) in numbers.enumerated() where number != index + 1 {
            throw DKIM2Fault(
                number <= index
                    ? "The message has \(title) \(number) twice."
                    : "\(title) \(index + 1) is missing.")
        }
    }

    /// Each signature covers an instance that exists and none older than the one before it did.
    private func checkCoverage() throws(DKIM2Fault) {
        var covered = 0
        for signature in signatures {
            guard signature.instance <= instances.count else {
                throw DKIM2Fault(
                    "Message-Instance \(signature.instance), which DKIM2 signature "
                        + "\(signature.sequence) covers, is missing.")
            }
            guard signature.instance >= covered else {
                throw DKIM2Fault(
                    "DKIM2 signature \(signature.sequence) covers an older instance of the "
                        + "message than the one before it.")
            }
            covered = signature.instance
        }
    }

    /// Those newer than what the newest signature covers.
    private var unsignedInstances: ArraySlice<MessageInstance> {
        instances.dropFirst(signatures.last?.instance ?? 0)
    }

    /// The newest signature: the one of the hop that handed the message over.
    var newest: DKIM2Signature? { signatures.last }

    /// The domain that made an instance: that of the first signature over it.
    func maker(ofInstance number: Int) -> DomainName? {
        signatures.first { $0.instance >= number }?.domain
    }

    /// The octets that a signature covers (§9): the instances up to its own, the signatures before
    /// it, and itself without its values.
    func signedOctets(of signature: DKIM2Signature) -> [UInt8] {
        Self.signedOctets(
            instances.prefix(signature.instance).map(\.tags.canonical),
            signatures.prefix(signature.sequence - 1).map(\.tags.canonical),
            signature.tags.canonicalWithoutSignatures)
    }

    static func signedOctets(
        _ instances: [[UInt8]], _ signatures: [[UInt8]], _ own: [UInt8]
    ) -> [UInt8] {
        let fields = instances + signatures + [own]
        var octets: [UInt8] = []
        octets.reserveCapacity(fields.reduce(0) { $0 + $1.count + 2 })
        for field in fields {
            octets += field
            octets.append(Octet.carriageReturn)
            octets.append(Octet.lineFeed)
        }
        return octets
    }
}
