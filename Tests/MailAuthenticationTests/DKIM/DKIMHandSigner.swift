import MailAuthentication

/// Signs what `DKIMSigner` refuses to: with `l=`, with rsa-sha1; simple form, the body "Hello".
struct DKIMHandSigner {
    static let body = "Hello\r\n"
    static let field = "From: a@example.com"

    let key: SigningKey
    var hash = HashAlgorithm.sha256
    var bodyLength: Int?
    var selector = "s2"

    /// Hashes of the body, or of as much of it as `l=` covers.
    private var bodyHash: String {
        switch (hash, bodyLength) {
        case (.sha1, _): "/t0YeXgRpK9llnjqXbYY+NyRSAs="
        case (.sha256, 0): "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        case (.sha256, 5): "GF+NsyJx/iX1Yab8k4suJkMG7DBO2lGAB9F2SCY4GWk="
        case (.sha256, _): "Ba3gj8+xBPQLJTahTfzW6RbWQ/XPgESxkCi2B66PSQg="
        }
    }

    func sign() throws -> RawField {
        let length = bodyLength.map { " l=\($0);" } ?? ""
        let tags =
            "DKIM-Signature: v=1; a=\(key.type.rawValue)-\(hash.rawValue); d=example.com;"
            + " s=\(selector);\(length) h=From; bh=\(bodyHash); b="
        let octets = Array((Self.field + "\r\n" + tags).utf8)
        let signature = DKIMKeyOctets.base64(try key.sign(octets, hash))
        guard let field = RawField(tags + signature) else { throw DKIMTestKeys.Absent() }
        return field
    }

    /// A message with the field and this body.
    static func message(_ field: RawField, body: String = body) -> RawMessage {
        let message = RawMessage(
            header: Array((Self.field + "\r\n\r\n").utf8), body: BodyInMemory(Array(body.utf8)))
        return DKIMTestKeys.with([field], message)
    }
}
