public import Identities

/// Signs messages with DKIM2: adds the signature of one hop, and before it the description of what
/// this hop changed.
///
/// Experimental, like `DKIM2Verifier`: draft-ietf-dkim-dkim2-spec-04, off unless asked for.
public struct DKIM2Signer: Sendable {
    /// A key and the selector under which its public half is published.
    public struct Key: Sendable {
        public let selector: String
        public let key: SigningKey

        public init(selector: String, key: SigningKey) {
            self.selector = selector
            self.key = key
        }
    }

    /// Where the message goes from here.
    public enum Hop: Hashable, Sendable {
        case envelope(DKIM2Envelope)
        /// Nowhere yet: the signature says that this domain signs next. For a message that leaves
        /// under another name than it arrived.
        case nextDomain(DomainName)
    }

    /// What the hop does and asks for.
    public struct Options: Sendable {
        public var flags: [DKIM2Flag]
        /// At most 64 characters of ASCII without blanks and semicolons.
        public var nonce: String?
        /// Declares that the body as received cannot be restored, where it was changed. Receivers
        /// believe that of hardly anyone.
        public var losesBody: Bool

        public init(flags: [DKIM2Flag] = [], nonce: String? = nil, losesBody: Bool = false) {
            self.flags = flags
            self.nonce = nonce
            self.losesBody = losesBody
        }
    }

    private let domain: DomainName
    private let keys: [Key]
    private let policy: DKIM2Policy

    /// - Parameters:
    ///   - domain: `d=`.
    ///   - keys: each signs; several are for a change of algorithms.
    ///   - policy: how signatures already on the message are read.
    public init(
        domain: DomainName, keys: [Key], policy: DKIM2Policy = DKIM2Policy()
    ) throws(DKIM2SigningError) {
        guard !keys.isEmpty, keys.count <= Limits.dkim2Alternatives else {
            throw .unusableKeys(
                "A DKIM2 signature needs between 1 and \(Limits.dkim2Alternatives) keys.")
        }
        var selectors: Set<String> = []
        for key in keys {
            guard let selector = DomainName(key.selector) else {
                throw .unusableKeys("The selector \(key.selector) is not a domain name.")
            }
            guard selectors.insert(selector.text).inserted else {
                throw .unusableKeys("The selector \(key.selector) is used twice.")
            }
        }
        self.domain = domain
        self.keys = keys
        self.policy = policy
    }

    /// Signs a message as it is going to be sent.
    ///
    /// - Parameters:
    ///   - former: the message as it was received, needed when this hop changed it and it was
    ///     signed before.
    ///   - now: seconds since 1970.
    public func sign(
        _ message: RawMessage, for hop: Hop, former: RawMessage? = nil,
        options: Options = Options(), now: Int64
    ) throws(DKIM2SigningError) -> DKIM2SignedFields {
        let chain: DKIM2Chain
        do throws(DKIM2Fault) {
            chain = try DKIM2Chain.beforeSigning(message, policy)
        } catch {
            throw .malformedChain(error.reason)
        }
        let instance = try instanceTags(message, former, chain, options)
        let instanceField = instance.map { DKIM2SignedFields.fold("Message-Instance", $0) }
        let number = chain.instances.count + (instance == nil ? 0 : 1)
        guard number <= Limits.dkim2Instances else {
            throw .malformedChain("The message has too many Message-Instance fields.")
        }
        var tags = try signatureTags(hop, chain, number, options, now)
        let unsigned = try read(tags)
        if let newest = chain.newest, let reason = DKIM2Custody.linkFault(newest, unsigned) {
            throw .brokenCustody(reason)
        }
        if let reason = DKIM2Custody.senderFault(unsigned) { throw .brokenCustody(reason) }
        var instances = chain.instances.map(\.tags.canonical)
        if let instanceField, let field = RawField(instanceField),
            let list = try? DKIM2TagList(field)
        {
            instances.append(list.canonical)
        }
        let signed = DKIM2Chain.signedOctets(
            instances, chain.signatures.map(\.tags.canonical),
            unsigned.tags.canonicalWithoutSignatures)
        tags[tags.count - 1].value = try signatures(over: signed)
        return DKIM2SignedFields(
            signature: DKIM2SignedFields.fold("DKIM2-Signature", tags), instance: instanceField)
    }

    // MARK: Message-Instance

    /// The tags of a new Message-Instance field; nil when the message is as its newest describes it.
    private func instanceTags(
        _ message: RawMessage, _ former: RawMessage?, _ chain: DKIM2Chain, _ options: Options
    ) throws(DKIM2SigningError) -> [(name: String, value: String)]? {
        let hashes = Self.hashes(message)
        let value =
            "sha256:\(Base64.encode(hashes.header)):\(Base64.encode(hashes.body))"
        guard let newest = chain.instances.last else {
            return [("m", "1"), ("h", value)]
        }
        if let known = newest.hashes, known.header == hashes.header, known.body == hashes.body {
            return nil
        }
        guard let former else { throw .formerMessageMissing }
        let before = Self.hashes(former)
        guard newest.hashes?.header == before.header, newest.hashes?.body == before.body else {
            throw .formerMessageDiffers
        }
        do throws(DKIM2Fault) {
            let recipe = try MessageRecipe(
                restoring: former, from: message, losingBody: options.losesBody)
            let json = try recipe.json()
            guard Self.leadsBack(json, from: message, to: before) else {
                throw DKIM2Fault("The changes are too many to be written as a recipe.")
            }
            return [("m", "\(newest.number + 1)"), ("h", value), ("r", Base64.encode(json))]
        } catch {
            throw .unrepresentableChange(error.reason)
        }
    }

    /// What we send must lead back to what was signed; better no signature than a wrong recipe.
    private static func leadsBack(
        _ json: [UInt8], from message: RawMessage, to before: MessageInstance.Hashes
    ) -> Bool {
        var header = InstanceHeader(message.fields)
        guard let recipe = try? RecipeReader.read(json), (try? header.apply(recipe.fields)) != nil,
            header.hash() == before.header
        else { return false }
        guard case .steps(let steps) = recipe.body else { return true }
        var body = InstanceBody(of: message)
        return (try? body.apply(steps)) != nil && body.hash(from: message) == before.body
    }

    private static func hashes(_ message: RawMessage) -> MessageInstance.Hashes {
        MessageInstance.Hashes(
            header: InstanceHeader(message.fields).hash(),
            body: message.bodyHash(.simple, .sha256, limit: nil).digest)
    }

    // MARK: DKIM2-Signature

    /// The tags in their order, `s=` last and with placeholders for the signatures.
    private func signatureTags(
        _ hop: Hop, _ chain: DKIM2Chain, _ instance: Int, _ options: Options, _ now: Int64
    ) throws(DKIM2SigningError) -> [(name: String, value: String)] {
        let sequence = chain.signatures.count + 1
        guard sequence <= Limits.dkim2Hops else {
            throw .malformedChain("The message has too many DKIM2 signatures.")
        }
        guard now >= 0 else { throw .unusableRequest("The time is before 1970.") }
        var tags: [(name: String, value: String)] = [
            ("i", "\(sequence)"), ("m", "\(instance)"), ("t", "\(now)"), ("d", domain.text),
        ]
        switch hop {
        case .nextDomain(let next): tags.append(("nd", next.text))
        case .envelope(let envelope):
            guard !envelope.recipients.isEmpty else {
                throw .unusableRequest("The message has no recipient.")
            }
            tags.append(("mf", try Self.path(envelope.mailFrom)))
            var recipients: [String] = []
            for recipient in envelope.recipients { recipients.append(try Self.path(recipient)) }
            tags.append(("rt", recipients.joined(separator: ",")))
        }
        if let nonce = options.nonce {
            guard nonce.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != Octet.semicolon }) else {
                throw .unusableRequest(
                    "The nonce is not plain ASCII without blanks and semicolons.")
            }
            tags.append(("n", nonce))
        }
        if !options.flags.isEmpty {
            tags.append(("f", options.flags.map(\.rawValue).joined(separator: ",")))
        }
        tags.append(
            ("s", keys.map { "\($0.selector):\($0.algorithm):AA==" }.joined(separator: ",")))
        return tags
    }

    private static func path(_ text: String) throws(DKIM2SigningError) -> String {
        let bracketed = text.hasPrefix("<") ? text : "<\(text)>"
        guard EnvelopePath(bracketed.utf8, requiringBrackets: true) != nil else {
            throw .unusableRequest("\(text) is not a path of an SMTP envelope.")
        }
        return Base64.encode(bracketed.utf8)
    }

    /// Reads our own tags as a verifier will.
    private func read(
        _ tags: [(name: String, value: String)]
    ) throws(DKIM2SigningError) -> DKIM2Signature {
        guard let field = RawField(DKIM2SignedFields.fold("DKIM2-Signature", tags)) else {
            throw .unusableRequest("The signature cannot be written.")
        }
        do throws(DKIM2Fault) {
            return try DKIM2Signature(field, DKIM2Policy())
        } catch {
            throw .unusableRequest(error.reason)
        }
    }

    private func signatures(over signed: [UInt8]) throws(DKIM2SigningError) -> String {
        var parts: [String] = []
        for key in keys {
            do throws(KeyError) {
                let signature = Base64.encode(try key.key.sign(signed, .sha256))
                parts.append("\(key.selector):\(key.algorithm):\(signature)")
            } catch {
                throw .key(error)
            }
        }
        return parts.joined(separator: ",")
    }
}

extension DKIM2Signer.Key {
    fileprivate var algorithm: String {
        switch key.type {
        case .rsa: "rsa-sha256"
        case .ed25519: "ed25519-sha256"
        }
    }
}
