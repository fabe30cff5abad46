/// The cryptographic side of validating one chain: every field is canonicalised once, every form of
/// the body hashed once.
struct ARCChainCheck {
    let sets: [ARCSet]
    /// Octets at the end of the body that the newest message signature does not cover (`l=`).
    private(set) var unsignedOctets = 0

    private let message: RawMessage
    private let now: Int64
    private var keys: [ARCKeyName: DKIMKeyAnswer] = [:]
    private var bodyHashes: BodyHashCache
    private lazy var fields = ARCSignedFields(message.fields)

    init(_ message: RawMessage, _ sets: [ARCSet], now: Int64) {
        self.message = message
        self.sets = sets
        self.now = now
        bodyHashes = BodyHashCache(message)
    }

    mutating func learn(_ answers: [ARCKeyName: DKIMKeyAnswer]) {
        if keys.isEmpty { keys = answers } else { keys.merge(answers) { $1 } }
    }

    // MARK: Keys

    /// The keys that decide: of all seals, and of the newest message signature.
    func neededKeys(_ newest: ARCSet) -> Set<ARCKeyName> {
        var names = Set(sets.map(\.seal.signature.keyName))
        if let signature = try? newest.messageSignature.get() {
            names.insert(signature.signature.keyName)
        }
        return names
    }

    /// The key of a set's message signature, if it was not looked up.
    func missingKey(_ set: ARCSet) -> ARCKeyName? {
        guard let name = try? set.messageSignature.get().signature.keyName, keys[name] == nil else {
            return nil
        }
        return name
    }

    // MARK: The message signature

    /// The readings of a set's message signature under which the body is the one that was signed.
    mutating func formsWithMatchingBody(
        _ set: ARCSet
    ) throws(ARCDefect) -> [ARCMessageSignature.Form] {
        let signature = try set.messageSignature.get()
        if let expiration = signature.expiration, expiration < now {
            throw ARCDefect("\(signature.signature.label) has expired.")
        }
        var matching: [ARCMessageSignature.Form] = []
        for form in signature.forms {
            guard let hash = bodyHashes.hash(form.body, .sha256, limit: signature.bodyLength)
            else {
                throw ARCDefect("The ARC sets ask for too many different hashes of the body.")
            }
            // RFC 6376 §3.5: `l=` must not cover more than there is.
            guard hash.digest == signature.bodyHash,
                hash.hashedCount == signature.bodyLength ?? hash.canonicalCount
            else { continue }
            unsignedOctets = max(unsignedOctets, hash.canonicalCount - hash.hashedCount)
            matching.append(form)
        }
        guard !matching.isEmpty else {
            throw ARCDefect(
                "The body has changed since ARC set \(set.instance) was made: its hash does not "
                    + "match that of the ARC-Message-Signature.")
        }
        return matching
    }

    mutating func verifyMessageSignature(
        _ set: ARCSet, _ forms: [ARCMessageSignature.Form]
    ) throws(ARCDefect) {
        let signature = try set.messageSignature.get()
        let key = try key(of: signature.signature)
        for form in forms {
            var signed: [UInt8] = []
            signed.reserveCapacity(4_096)
            var fields = fields
            fields.append(signature.signedNames, form.header, to: &signed)
            HeaderCanonicalizer.appendSignature(
                set.messageSignatureField, emptying: signature.signature.valueRange, form.header,
                to: &signed)
            if key.isValid(signature.signature.value, for: signed, .sha256) { return }
        }
        throw ARCDefect(
            "A signed header field has changed since ARC set \(set.instance) was made, or its "
                + "ARC-Message-Signature was forged: it does not verify.")
    }

    // MARK: Seals

    /// RFC 8617 §5.1.1: each seal covers all sets up to its own, in the order results, message
    /// signature, seal. The newest is checked first (§5.2, step 6).
    func verifySeals() throws(ARCDefect) {
        var canonical: [UInt8] = []
        canonical.reserveCapacity(4_096 * sets.count)
        var ends: [Int] = []
        for set in sets {
            HeaderCanonicalizer.append(set.resultsField, .relaxed, to: &canonical)
            HeaderCanonicalizer.append(set.messageSignatureField, .relaxed, to: &canonical)
            ends.append(canonical.count)
            HeaderCanonicalizer.append(set.sealField, .relaxed, to: &canonical)
        }
        for (set, end) in zip(sets, ends).reversed() {
            let signature = set.seal.signature
            let key = try key(of: signature)
            // What lies behind belongs to newer sets, which are done.
            canonical.removeSubrange(end...)
            var signed = canonical
            HeaderCanonicalizer.appendSignature(
                set.sealField, emptying: signature.valueRange, .relaxed, to: &signed)
            guard key.isValid(signature.value, for: signed, .sha256) else {
                throw ARCDefect(
                    "The seal of ARC set \(set.instance) by \(set.sealer) does not verify: an ARC "
                        + "field has changed since, or the seal was forged.")
            }
        }
    }

    private func key(of signature: ARCSignature) throws(ARCDefect) -> VerifyingKey {
        let name = signature.keyName
        let label = signature.label
        switch keys[name] {
        case .key(let key, let record, _):
            guard key.type == signature.keyType else {
                throw ARCDefect("The key \(name) is not of the kind that \(label) uses.")
            }
            guard record.allows(.sha256), record.allows(service: "email") else {
                throw ARCDefect("The key \(name) is not meant for what \(label) uses it for.")
            }
            return key
        case .unusable(let reason, _):
            throw ARCDefect("The key \(name) of \(label) cannot be used: \(reason)")
        case .revoked: throw ARCDefect("The key \(name) of \(label) has been revoked.")
        case .missing: throw ARCDefect("There is no key \(name), which \(label) needs.")
        case .temporary(let reason):
            // RFC 8617 §5.2.1: permanent for the chain, though not for the person who asks why.
            throw ARCDefect(
                "The key \(name) of \(label) could not be fetched for the moment (\(reason)); "
                    + "for ARC that is a failure, but it is a temporary one.")
        case nil: throw ARCDefect("The key \(name) of \(label) was not looked up.")
        }
    }
}
