/// The cryptographic side of validating one chain: every field is canonicalised once, every form of
/// the body hashed once.
struct ARCChainCheck {
    let sets: [ARCSet]
    /// Octets at the end of the body that the newest message signature does not cover (`l=`).
    private(set) var unsignedOctets = 0

    private let reading: MessageReading
    private let now: Int64
    // A handful of names: a search from the front is quicker than a table.
    private var keys: [(name: ARCKeyName, answer: DKIMKeyAnswer)] = []
    private var bodyHashes: BodyHashCache

    init(_ reading: MessageReading, _ sets: [ARCSet], now: Int64) {
        self.reading = reading
        self.sets = sets
        self.now = now
        bodyHashes = BodyHashCache(reading)
    }

    mutating func learn(_ answers: [(name: ARCKeyName, answer: DKIMKeyAnswer)]) {
        keys += answers
    }

    // MARK: Keys

    /// The keys that decide, each once: of all seals, and of the newest message signature.
    func neededKeys(_ newest: ARCSet) -> [ARCKeyName] {
        var names: [ARCKeyName] = []
        for set in sets {
            let name = set.seal.signature.keyName
            if !names.contains(name) { names.append(name) }
        }
        if let name = try? newest.messageSignature.get().signature.keyName, !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// The key of a set's message signature, if it was not looked up.
    func missingKey(_ set: ARCSet) -> ARCKeyName? {
        guard let name = try? set.messageSignature.get().signature.keyName,
            !keys.contains(where: { $0.name == name })
        else { return nil }
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

    func verifyMessageSignature(
        _ set: ARCSet, _ forms: [ARCMessageSignature.Form]
    ) throws(ARCDefect) {
        let signature = try set.messageSignature.get()
        let key = try key(of: signature.signature)
        let fields = reading.message.fields
        let (positions, _) = reading.selection.positions(
            of: signature.signedNames, excluding: nil)
        for form in forms {
            let signed = HeaderCanonicalizer.signedOctets(
                fields, at: positions, and: set.messageSignatureField,
                emptying: signature.signature.valueRange,
                form.header)
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
        var signed: [UInt8] = []
        signed.reserveCapacity(
            sets.reduce(0) {
                $0 + $1.resultsField.range.count + $1.messageSignatureField.range.count
                    + $1.sealField.range.count + 6
            })
        var ends: [Int] = []
        for set in sets {
            HeaderCanonicalizer.append(set.resultsField, .relaxed, to: &signed)
            HeaderCanonicalizer.append(set.messageSignatureField, .relaxed, to: &signed)
            ends.append(signed.count)
            if set.instance < sets.count {
                HeaderCanonicalizer.append(set.sealField, .relaxed, to: &signed)
            }
        }
        for (set, end) in zip(sets, ends).reversed() {
            let signature = set.seal.signature
            let key = try key(of: signature)
            // What lies behind belongs to newer sets, which are done.
            signed.removeSubrange(end...)
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
        switch keys.first(where: { $0.name == name })?.answer {
        case .key(let key, let record, _):
            guard key.type == signature.keyType else {
                throw ARCDefect("The key \(name) is not of the kind that \(label) uses.")
            }
            guard record.value.allows(.sha256), record.value.allows(service: "email") else {
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
