/// What an ARC-Message-Signature field says: a DKIM signature without version and identity
/// (RFC 8617 §4.1.2).
final class ARCMessageSignature: Sendable {
    /// One way of reading `c=`.
    struct Form: Hashable, Sendable {
        let header: Canonicalization
        let body: Canonicalization
    }

    let signature: ARCSignature
    let bodyHash: [UInt8]
    /// `h=`: names of fields, in order; empty ones left out.
    let signedNames: [ArraySlice<UInt8>]
    /// `c=`, in the order to be tried.
    let forms: [Form]
    /// `l=`: octets of the canonical body that are hashed.
    let bodyLength: Int?
    /// `x=`, seconds since 1970.
    let expiration: Int64?

    init(_ field: RawField, _ tags: TagList, instance: Int) throws(ARCDefect) {
        let label = ARCFieldLabel(name: "ARC-Message-Signature", instance: instance)
        signature = try ARCSignature(field, tags, label)
        guard let hash = tags["bh"], let bodyHash = Base64.decode(hash.value), !bodyHash.isEmpty
        else { throw ARCDefect("\(label) has no readable hash of the body (bh=).") }
        self.bodyHash = bodyHash
        guard let names = tags["h"] else {
            throw ARCDefect("\(label) does not say which fields it signs (h=).")
        }
        signedNames = try Self.names(names, label)
        forms = try Self.forms(tags["c"], label)
        bodyLength = try ARCSignature.number(tags["l"], "l", label).map(Int.init(clamping:))
        expiration = try ARCSignature.number(tags["x"], "x", label)
        if let expiration, let timestamp = signature.timestamp, expiration <= timestamp {
            throw ARCDefect("\(label) expires before it was made.")
        }
        if let query = tags["q"], !query.isEqual(to: "dns/txt") {
            let methods = query.compact.split(separator: Octet.colon)
            guard methods.contains(where: { $0.elementsEqual("dns/txt".utf8) }) else {
                throw ARCDefect("\(label) wants its key to be fetched in an unknown way (q=).")
            }
        }
    }

    /// RFC 8617 §4.1.2 forbids seals in `h=`: the seal that is added behind this signature would
    /// break it at the next hop.
    private static func names(
        _ tag: TagList.Tag, _ label: ARCFieldLabel
    ) throws(ARCDefect) -> [ArraySlice<UInt8>] {
        let names = tag.words(
            separator: Octet.colon, limit: Limits.arcSignedFields, omittingEmpty: true)
        guard names.count <= Limits.arcSignedFields else {
            throw ARCDefect("\(label) signs more than \(Limits.arcSignedFields) fields.")
        }
        for name in names
        where name.count == 8 && name.elementsEqual("arc-seal".utf8, by: { $0.lowercased == $1 }) {
            throw ARCDefect("\(label) signs an ARC-Seal, which it must not.")
        }
        return names
    }

    /// RFC 6376 §3.5: without `c=` a signature is simple/simple. Sealers that leave it out mean
    /// relaxed/relaxed, though, as the ARC test suite does; both readings say that the key's owner
    /// signed this message.
    private static func forms(
        _ tag: TagList.Tag?, _ label: ARCFieldLabel
    ) throws(ARCDefect) -> [Form] {
        guard let tag else {
            return [
                Form(header: .relaxed, body: .relaxed), Form(header: .simple, body: .simple),
            ]
        }
        if tag.isEqual(to: "relaxed/relaxed") { return [Form(header: .relaxed, body: .relaxed)] }
        let parts = tag.value.split(
            separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false
        ).map { Canonicalization(rawValue: String(decoding: $0, as: UTF8.self)) }
        guard let first = parts.first, let header = first else {
            throw ARCDefect("\(label) has an unknown canonicalisation (c=).")
        }
        guard parts.count > 1 else { return [Form(header: header, body: .simple)] }
        guard let body = parts[1] else {
            throw ARCDefect("\(label) has an unknown canonicalisation (c=).")
        }
        return [Form(header: header, body: body)]
    }
}
