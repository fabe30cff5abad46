public import Identities

/// Adds an ARC set to a message: what we found, the message as it leaves us, and a seal over all
/// sets (RFC 8617 §5.1).
///
/// ARC is a bilateral option: useful between hosts that know each other, on its way to the status
/// Historic, and replaced by DKIM2.
public struct ARCSealer: Sendable {
    /// `d=` of both signatures.
    public let domain: DomainName
    /// `s=` of both signatures.
    public let selector: String
    /// The names for `h=` of the message signature, in order; nil lets the sealer choose: what a
    /// reader sees once more often than it stands there, so that no second one can be added.
    public let signedFields: [String]?
    /// `c=` of the message signature; seals are always relaxed (RFC 8617 §4.1.3).
    public let header: Canonicalization
    public let body: Canonicalization
    /// How the fields are written.
    public let layout: ARCFieldLayout
    private let key: SigningKey

    /// The key's record must stand at `selector._domainkey.domain` (`SigningKey.keyRecord`).
    public init(
        domain: DomainName, selector: String, key: SigningKey, signedFields: [String]? = nil,
        header: Canonicalization = .relaxed, body: Canonicalization = .relaxed,
        layout: ARCFieldLayout = .folded
    ) {
        self.domain = domain
        self.selector = selector
        self.key = key
        self.signedFields = signedFields
        self.header = header
        self.body = body
        self.layout = layout
    }

    /// Makes a set for a message to which nothing is changed any more.
    ///
    /// `results` is what an Authentication-Results field of ours would carry (authserv-id first),
    /// `validation` what `ARCValidator` said of this very message, `now` counts seconds since 1970.
    public func seal(
        _ message: RawMessage, results: String, validation: ARCValidation, now: Int64
    ) throws(KeyError) -> ARCSealing {
        let chain = ARCChain(message)
        if let reason = Self.refusal(chain, validation) { return .refused(reason: reason) }
        let instance = chain.highestInstance + 1
        let names = signedFields ?? Self.chosenFields(of: message)
        let resultsField: RawField
        do throws(ARCDefect) {
            try Self.check(names)
            resultsField = try Self.field(
                "ARC-Authentication-Results",
                ARCResultsPayload.folded(results, instance: instance))
        } catch {
            return .refused(reason: error.reason)
        }
        guard
            let messageSignature = try signMessage(
                message, names, instance: instance, now: now),
            let seal = try signSets(
                // §5.1.2: a failed chain is none to build on; the seal covers only its own set.
                (validation.result == .pass ? chain.sets : []),
                resultsField, messageSignature,
                [("i", "\(instance)"), ("cv", validation.result.rawValue)], now: now)
        else { return .refused(reason: "The domain or selector makes no valid field.") }
        return .sealed(
            ARCSealedSet(
                instance: instance, chainStatus: validation.result, seal: seal,
                messageSignature: messageSignature, results: resultsField))
    }

    /// Why no set may be added; nil when one may.
    private static func refusal(_ chain: ARCChain, _ validation: ARCValidation) -> String? {
        let isNone = chain.sets.isEmpty && chain.defect == nil
        if chain.isMarkedFailed {
            return "The newest seal says that the chain has failed; nothing is added to it."
        }
        if chain.highestInstance >= Limits.arcSets || chain.isTooLarge {
            return "The message has \(Limits.arcSets) ARC sets already, the most there may be."
        }
        guard validation.instances == chain.highestInstance,
            isNone == (validation.result == .none),
            chain.defect == nil || validation.result == .fail
        else { return "The validation given is not that of this message." }
        return nil
    }

    /// RFC 8617 §4.1.2: fields that the next hop removes or adds to must not be signed.
    private static func check(_ names: [String]) throws(ARCDefect) {
        guard names.count <= Limits.arcSignedFields else {
            throw ARCDefect("More than \(Limits.arcSignedFields) fields are to be signed.")
        }
        for name in names {
            let isName =
                1...Limits.arcFieldNameOctets ~= name.utf8.count
                && name.utf8.allSatisfy {
                    $0 > Octet.space && $0 < 0x7F && $0 != Octet.colon && $0 != Octet.semicolon
                }
            guard isName else { throw ARCDefect("A field that is to be signed has no valid name.") }
            guard !forbidden.contains(name.lowercased()) else {
                throw ARCDefect("\(name) fields must not be signed.")
            }
        }
    }

    // MARK: The two signatures

    private var algorithm: String { "\(key.type.rawValue)-sha256" }

    private func signMessage(
        _ message: RawMessage, _ names: [String], instance: Int, now: Int64
    ) throws(KeyError) -> RawField? {
        let hash = message.bodyHash(body, .sha256, limit: nil)
        let tags = [
            ("i", "\(instance)"), ("a", algorithm), ("c", "\(header.rawValue)/\(body.rawValue)"),
            ("d", domain.text), ("s", selector), ("t", "\(max(0, now))"),
            ("h", names.map { $0.lowercased() }.joined(separator: ":")),
            ("bh", Base64.encode(hash.digest)),
        ]
        let name = "ARC-Message-Signature"
        guard let unsigned = layout.field(name, tags) else { return nil }
        let (positions, _) = FieldSelection(message.fields).positions(
            of: names.map { Array($0.utf8)[...] }, excluding: nil)
        let signed = HeaderCanonicalizer.signedOctets(
            message.fields, at: positions, and: unsigned, emptying: nil, header)
        return layout.field(name, tags, signature: try key.sign(signed, .sha256))
    }

    /// RFC 8617 §5.1.1: a seal covers the sets before and its own.
    private func signSets(
        _ sets: [ARCSet], _ results: RawField, _ messageSignature: RawField,
        _ first: [(String, String)], now: Int64
    ) throws(KeyError) -> RawField? {
        let tags =
            first + [
                ("a", algorithm), ("d", domain.text), ("s", selector), ("t", "\(max(0, now))"),
            ]
        let name = "ARC-Seal"
        guard let unsigned = layout.field(name, tags) else { return nil }
        var signed: [UInt8] = []
        for set in sets {
            for field in [set.resultsField, set.messageSignatureField, set.sealField] {
                HeaderCanonicalizer.append(field, .relaxed, to: &signed)
            }
        }
        HeaderCanonicalizer.append(results, .relaxed, to: &signed)
        HeaderCanonicalizer.append(messageSignature, .relaxed, to: &signed)
        HeaderCanonicalizer.appendSignature(unsigned, emptying: nil, .relaxed, to: &signed)
        return layout.field(name, tags, signature: try key.sign(signed, .sha256))
    }

    private static func field(_ name: String, _ value: String) throws(ARCDefect) -> RawField {
        guard let field = RawField("\(name): \(value)") else {
            throw ARCDefect("The results make no field.")
        }
        return field
    }

    // MARK: The choice of fields

    private static let forbidden: Set<String> = [
        "authentication-results", "arc-authentication-results", "arc-message-signature",
        "arc-seal",
    ]

    /// What DKIM signers cover, and the DKIM signatures, which RFC 8617 §4.1.2 wants covered; as
    /// many as may be.
    private static func chosenFields(of message: RawMessage) -> [String] {
        var choice = SignedFields.recommended
        choice.present.append("dkim-signature")
        return Array(choice.names(for: message.fields).prefix(Limits.arcSignedFields))
    }
}
