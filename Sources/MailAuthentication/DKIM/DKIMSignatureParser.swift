import Identities

/// Reads a DKIM-Signature field (RFC 6376 §3.5 and §6.1.1).
public enum DKIMSignatureParser {
    /// What a field turned out to be.
    public enum Parsing: Sendable {
        case signature(DKIMSignature)
        /// It can never verify; the outcome carries what could be read.
        case invalid(DKIMVerification)
    }

    /// Reads one field.
    public static func parse(_ field: RawField) -> Parsing {
        let tags: TagList
        do {
            tags = try TagList(parsing: field.valueOctets)
        } catch {
            let reason = "The signature cannot be read: \(error.reason)"
            return .invalid(DKIMVerification(.neutral, reason: reason))
        }
        do {
            return .signature(try signature(tags, field))
        } catch {
            return .invalid(
                DKIMVerification(
                    .permerror, domain: tags["d"].flatMap { DomainName(utf8: $0.value) },
                    selector: tags["s"]?.text ?? "", algorithm: tags["a"]?.text ?? "",
                    identity: tags["i"].map(identity),
                    signaturePrefix: tags["b"].map(prefix) ?? "", reason: error.reason))
        }
    }

    /// Why a list of tags is no signature.
    private struct Refusal: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private static func signature(
        _ tags: TagList, _ field: RawField
    ) throws(Refusal) -> DKIMSignature {
        guard try required("v", tags).isEqual(to: "1") else {
            throw Refusal("The signature is of a version that is not known (v=).")
        }
        let (keyType, hash) = try algorithm(required("a", tags))
        let (headerForm, bodyForm) = try forms(tags["c"])
        guard let domain = DomainName(utf8: try required("d", tags).value) else {
            throw Refusal("The signing domain (d=) is not a domain name.")
        }
        let selector = try required("s", tags)
        guard selector.value.count <= Limits.selectorOctets,
            DomainName(utf8: selector.value) != nil
        else { throw Refusal("The selector (s=) is not a valid name.") }
        let signatureTag = try required("b", tags)
        guard let signature = Base64.decode(signatureTag.value), !signature.isEmpty else {
            throw Refusal("The signature itself (b=) is not base64.")
        }
        guard let bodyHash = Base64.decode(try required("bh", tags).value), !bodyHash.isEmpty
        else { throw Refusal("The hash of the body (bh=) is not base64.") }
        let names = try signedNames(required("h", tags))
        let identityDomain = try identityDomain(tags["i"], domain)
        let signedAt = try time("t", tags)
        let expiresAt = try time("x", tags)
        if let signedAt, let expiresAt, expiresAt <= signedAt {
            throw Refusal("The signature ends (x=) before it begins (t=).")
        }
        try checkQueryMethods(tags["q"])
        return DKIMSignature(
            algorithm: tags["a"]?.text ?? "", keyType: keyType, hash: hash,
            headerForm: headerForm, bodyForm: bodyForm, domain: domain, selector: selector.text,
            identity: tags["i"].map(identity), identityDomain: identityDomain,
            bodyHash: bodyHash, signature: signature, bodyLength: try bodyLength(tags),
            signedAt: signedAt, expiresAt: expiresAt, signaturePrefix: prefix(signatureTag),
            signedNames: names, field: field, signatureRange: signatureTag.range(in: field),
            hasCopiedFields: tags["z"] != nil)
    }

    private static func required(
        _ name: StaticString, _ tags: TagList
    ) throws(Refusal) -> TagList.Tag {
        guard let tag = tags[name] else {
            throw Refusal("The signature has no tag \(name)=, which is required.")
        }
        return tag
    }

    private static func algorithm(_ tag: TagList.Tag) throws(Refusal) -> (KeyType, HashAlgorithm) {
        if tag.isEqual(to: "rsa-sha256") { return (.rsa, .sha256) }
        if tag.isEqual(to: "ed25519-sha256") { return (.ed25519, .sha256) }
        if tag.isEqual(to: "rsa-sha1") { return (.rsa, .sha1) }
        throw Refusal("The signature is of an unknown kind (a=).")
    }

    /// `c=`: one word stands for the header; the body is then in the simple form.
    private static func forms(
        _ tag: TagList.Tag?
    ) throws(Refusal) -> (Canonicalization, Canonicalization) {
        guard let tag else { return (.simple, .simple) }
        if tag.isEqual(to: "relaxed/relaxed") { return (.relaxed, .relaxed) }
        let halves = tag.text.split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let header = Canonicalization(rawValue: String(halves[0])),
            let body = halves.count == 1
                ? .simple : Canonicalization(rawValue: String(halves[1]))
        else { throw Refusal("The canonical form (c=) is not known.") }
        return (header, body)
    }

    private static func signedNames(_ tag: TagList.Tag) throws(Refusal) -> [ArraySlice<UInt8>] {
        let names = tag.words(separator: Octet.colon, limit: Limits.dkimSignedNames)
        guard names.count <= Limits.dkimSignedNames else {
            throw Refusal(
                "The signature names more than \(Limits.dkimSignedNames) fields (h=).")
        }
        var coversFrom = false
        for name in names {
            guard !name.isEmpty, name.allSatisfy({ $0 > Octet.space }) else {
                throw Refusal("The list of signed fields (h=) is not valid.")
            }
            if name.count == 4, name.elementsEqual("from".utf8, by: { $0.lowercased == $1 }) {
                coversFrom = true
            }
        }
        guard coversFrom else {
            throw Refusal("The signature does not cover the From field (h=).")
        }
        return names
    }

    private static func identityDomain(
        _ tag: TagList.Tag?, _ domain: DomainName
    ) throws(Refusal) -> DomainName {
        guard let tag else { return domain }
        guard let at = tag.value.lastIndex(of: UInt8(ascii: "@")),
            let found = DomainName(utf8: TagList.trimmed(tag.value[(at + 1)...]))
        else { throw Refusal("The identity (i=) has no valid domain.") }
        guard found.isEqualOrBelow(domain) else {
            throw Refusal(
                "The identity (i=) is of \(found), which is not below the signing domain \(domain)."
            )
        }
        return found
    }

    /// Seconds since 1970; what is too large to be a time stands for the end of time.
    private static func time(_ name: StaticString, _ tags: TagList) throws(Refusal) -> Int64? {
        guard let tag = tags[name] else { return nil }
        guard let number = number(tag, digits: 76) else {
            throw Refusal("The time in \(name)= is not a number.")
        }
        return Int64(number)
    }

    private static func bodyLength(_ tags: TagList) throws(Refusal) -> Int? {
        guard let tag = tags["l"] else { return nil }
        guard let number = number(tag, digits: 76) else {
            throw Refusal("The signed length of the body (l=) is not a number.")
        }
        return number
    }

    /// Numbers beyond what fits become the largest one.
    private static func number(_ tag: TagList.Tag, digits: Int) -> Int? {
        guard !tag.value.isEmpty, tag.value.count <= digits else { return nil }
        var number = 0
        for octet in tag.value {
            guard octet.isDigit else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = product.addingReportingOverflow(Int(octet &- 0x30))
            number = isTooLarge || isTooLargeNow || number == Int.max ? Int.max : sum
        }
        return number
    }

    /// Methods that are not known are passed over; one that is must be among them.
    private static func checkQueryMethods(_ tag: TagList.Tag?) throws(Refusal) {
        guard let tag, !tag.isEqual(to: "dns/txt") else { return }
        let isKnown = tag.value.split(separator: Octet.colon).contains {
            TagList.trimmed($0).elementsEqual("dns/txt".utf8)
        }
        guard isKnown else {
            throw Refusal("The signature's key cannot be fetched in a known way (q=).")
        }
    }

    private static func prefix(_ tag: TagList.Tag) -> String {
        String(unsafeUninitializedCapacity: 8) { output in
            var count = 0
            for octet in tag.value where !octet.isWhitespace {
                guard count < 8 else { break }
                output[count] = octet
                count &+= 1
            }
            return count
        }
    }

    /// RFC 6376 §2.11: octets written as `=` and two hexadecimal digits; blanks do not count.
    private static func identity(_ tag: TagList.Tag) -> String {
        let octets = tag.compact
        guard octets.contains(Octet.equals) else { return String(decoding: octets, as: UTF8.self) }
        var decoded: [UInt8] = []
        var index = 0
        while index < octets.count {
            if octets[index] == Octet.equals, index + 2 < octets.count,
                let code = UInt8(
                    String(decoding: octets[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(code)
                index += 3
            } else {
                decoded.append(octets[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
