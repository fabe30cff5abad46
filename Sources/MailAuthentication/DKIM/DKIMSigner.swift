public import Identities

/// Signs messages for a domain (RFC 6376 §5).
public struct DKIMSigner: Sendable {
    /// `d=`.
    public var domain: DomainName
    /// `s=`.
    public var selector: String
    /// The private half of the key under the selector.
    public var key: SigningKey
    /// The first half of `c=`.
    public var headerForm = Canonicalization.relaxed
    /// The second half of `c=`.
    public var bodyForm = Canonicalization.relaxed
    /// `h=`: which fields are covered.
    public var signedFields = SignedFields.recommended
    /// Seconds from signing to `x=`; nil for no end.
    public var lifetime: Int64?
    /// `i=`, such as `@sub.example.com`; nil to leave it out.
    public var identity: String?

    /// A signer with the relaxed forms and the recommended fields.
    public init(domain: DomainName, selector: String, key: SigningKey) {
        self.domain = domain
        self.selector = selector
        self.key = key
    }

    /// The DKIM-Signature field to put on top of the message. `now` is in seconds since 1970.
    public func sign(
        _ message: RawMessage, now: Int64
    ) throws(DKIMSigningError) -> RawField {
        var bodyHashes = BodyHashCache(MessageReading(message))
        return try sign(message, now: now, &bodyHashes)
    }

    /// One field for each signer, the body hashed once for all of the same form: an RSA and an
    /// Ed25519 key together, as RFC 8463 §3 intends.
    public static func sign(
        _ message: RawMessage, with signers: [DKIMSigner], now: Int64
    ) throws(DKIMSigningError) -> [RawField] {
        var bodyHashes = BodyHashCache(MessageReading(message))
        var fields: [RawField] = []
        for signer in signers {
            fields.append(try signer.sign(message, now: now, &bodyHashes))
        }
        return fields
    }

    private func sign(
        _ message: RawMessage, now: Int64, _ bodyHashes: inout BodyHashCache
    ) throws(DKIMSigningError) -> RawField {
        try check(message)
        let names = signedFields.names(for: message.fields)
        let body =
            bodyHashes.hash(bodyForm, .sha256, limit: nil)
            ?? message.bodyHash(bodyForm, .sha256, limit: nil)
        let writer = writer(names, body, now: now)
        guard let unsigned = RawField(writer.text) else { throw .badSelector(selector) }
        let selection = FieldSelection(message.fields)
        let (positions, _) = selection.positions(
            of: names.map { Array($0.utf8)[...] }, excluding: nil)
        let octets = HeaderCanonicalizer.signedOctets(
            message.fields, at: positions, and: unsigned, emptying: nil, headerForm)
        let signature: [UInt8]
        do {
            signature = try key.sign(octets, .sha256)
        } catch {
            throw .key(error)
        }
        guard let field = RawField(writer.finished(signature)) else {
            throw .badSelector(selector)
        }
        return field
    }

    private func check(_ message: RawMessage) throws(DKIMSigningError) {
        if message.defects.contains(.headerTooLarge) { throw .headerTooLarge }
        guard message.fields.contains(where: { $0.isNamed("from") }) else { throw .noFromField }
        guard DomainName("\(selector)._domainkey.\(domain)") != nil else {
            throw .badSelector(selector)
        }
        for name in signedFields.present + signedFields.sealed {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !name.utf8.contains(where: { $0 == Octet.colon || $0 == Octet.semicolon })
            else { throw .badFieldName(name) }
        }
        guard
            signedFields.present.contains(where: { $0.lowercased() == "from" })
                || signedFields.sealed.contains(where: { $0.lowercased() == "from" })
        else { throw .noFromField }
        if let identity {
            guard let at = identity.lastIndex(of: "@"),
                let found = DomainName(identity[identity.index(after: at)...]),
                found.isEqualOrBelow(domain)
            else { throw .badIdentity(identity) }
        }
    }

    private func writer(
        _ names: [String], _ body: BodyHash, now: Int64
    ) -> SignatureFieldWriter {
        var writer = SignatureFieldWriter("DKIM-Signature")
        writer.add("v", "1")
        writer.add("a", "\(key.type.rawValue)-sha256")
        writer.add("c", "\(headerForm.rawValue)/\(bodyForm.rawValue)")
        writer.add("d", domain.text)
        writer.add("s", selector)
        if let identity { writer.add("i", Self.quoted(identity)) }
        writer.add("t", String(max(0, now)))
        if let lifetime, lifetime > 0 {
            let (end, isTooLarge) = max(0, now).addingReportingOverflow(lifetime)
            writer.add("x", String(isTooLarge ? Int64.max : end))
        }
        writer.add("h", words: names)
        writer.add("bh", Base64.encode(body.digest))
        writer.addEmptySignature()
        return writer
    }

    /// RFC 6376 §2.11: everything but visible ASCII, and what has a meaning, as `=` and two digits.
    private static func quoted(_ identity: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var octets: [UInt8] = []
        for octet in identity.utf8 {
            let isPlain =
                octet > Octet.space && octet < 0x7F && octet != Octet.semicolon
                && octet != Octet.equals
            if isPlain {
                octets.append(octet)
            } else {
                octets += [Octet.equals, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
