import Identities
import MailAuthentication
import Testing

@Suite struct DKIMSignerTests {
    @Test func `what is signed verifies, in every form and with both kinds of key`() async throws {
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        for (key, selector) in [(DKIMTestKeys.rsa, "s1"), (DKIMTestKeys.ed25519, "s2")] {
            for headerForm in Canonicalization.allCases {
                for bodyForm in Canonicalization.allCases {
                    var signer = try DKIMTestKeys.signer(key, selector: selector)
                    signer.headerForm = headerForm
                    signer.bodyForm = bodyForm
                    let field = try signer.sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
                    let outcome = await verifier.verify(
                        DKIMTestKeys.with([field]), now: DKIMTestKeys.now)[0]
                    #expect(outcome.result == .pass, "\(headerForm)/\(bodyForm): \(outcome.reason)")
                    #expect(outcome.risks.isEmpty)
                }
            }
        }
    }

    @Test func `two keys sign together and the body is read once`() async throws {
        let body = DKIMCountedBody(Array("Hello\r\n".utf8))
        let message = RawMessage(header: Array("From: a@example.com\r\n\r\n".utf8), body: body)
        let signers = [
            try DKIMTestKeys.signer(DKIMTestKeys.rsa),
            try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2"),
        ]
        let fields = try DKIMSigner.sign(message, with: signers, now: DKIMTestKeys.now)
        #expect(body.readings == 1)
        let outcomes = await DKIMVerifier(lookup: try DKIMTestKeys.dns())
            .verify(DKIMTestKeys.with(fields, message), now: DKIMTestKeys.now)
        #expect(outcomes.map(\.result) == [.pass, .pass])
        #expect(body.readings == 2)
    }

    @Test func `the field is folded at 78 columns`() throws {
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.rsa)
        signer.lifetime = 86_400
        signer.identity = "news letter=@sub.example.com"
        let field = try signer.sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        let lines = field.octets.split(separator: 0x0A)
        #expect(lines.count > 4)
        for line in lines { #expect(line.filter { $0 != 0x0D }.count <= 78) }
        let read = try #require(DKIMSignatureParser.parse(field).signature)
        #expect(read.identity == "news letter=@sub.example.com")
        #expect(read.expiresAt == DKIMTestKeys.now + 86_400)
        #expect(read.signedAt == DKIMTestKeys.now)
    }

    @Test func `a field that is added later breaks the signature when it is sealed`() async throws {
        let signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        let field = try signer.sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        for added in ["From: eve@example.org", "Subject: no", "Reply-To: x@y.z", "Cc: a@b.c"] {
            let other = try #require(RawField(added))
            let message = DKIMTestKeys.message.with(
                fields: [field, other] + DKIMTestKeys.message.fields)
            let outcome = await verifier.verify(message, now: DKIMTestKeys.now)[0]
            #expect(outcome.result == .fail, "\(added)")
        }
        let other = try #require(RawField("X-Scanner: clean"))
        let message = DKIMTestKeys.message.with(
            fields: [other, field] + DKIMTestKeys.message.fields)
        #expect(await verifier.verify(message, now: DKIMTestKeys.now)[0].result == .pass)
    }

    @Test func `fields that stand several times are signed from the bottom`() async throws {
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        signer.signedFields = SignedFields(present: ["from", "x-tag"], sealed: [])
        let text = "From: a@example.com\nX-Tag: 1\nX-Tag: 2\n\nhi\n"
        let message = RawMessage(DKIMTestKeys.crlf(text))
        let field = try signer.sign(message, now: DKIMTestKeys.now)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        let top = try #require(RawField("X-Tag: 0"))
        let above = message.with(fields: [top, field] + message.fields)
        #expect(await verifier.verify(above, now: DKIMTestKeys.now)[0].result == .pass)
        let below = message.with(fields: [field] + message.fields + [top])
        #expect(await verifier.verify(below, now: DKIMTestKeys.now)[0].result == .fail)
    }

    @Test func `a message without a From field is refused`() throws {
        let message = RawMessage(DKIMTestKeys.crlf("To: a@example.com\n\nhi\n"))
        let signer = try DKIMTestKeys.signer(DKIMTestKeys.rsa)
        #expect(throws: DKIMSigningError.noFromField) {
            try signer.sign(message, now: DKIMTestKeys.now)
        }
        #expect(DKIMSigningError.noFromField.reason.hasSuffix("."))
    }

    @Test func `a signer that cannot be right is refused`() throws {
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.rsa, selector: "a b")
        #expect(throws: DKIMSigningError.badSelector("a b")) {
            try signer.sign(DKIMTestKeys.message, now: 0)
        }
        signer.selector = "s1"
        signer.identity = "@example.org"
        #expect(throws: DKIMSigningError.badIdentity("@example.org")) {
            try signer.sign(DKIMTestKeys.message, now: 0)
        }
        signer.identity = nil
        signer.signedFields.present.append("a:b")
        #expect(throws: DKIMSigningError.badFieldName("a:b")) {
            try signer.sign(DKIMTestKeys.message, now: 0)
        }
        signer.signedFields = SignedFields(present: ["to"], sealed: [])
        #expect(throws: DKIMSigningError.noFromField) {
            try signer.sign(DKIMTestKeys.message, now: 0)
        }
    }

    @Test func `a header that was not read whole is not signed`() throws {
        let filler = String(repeating: "X: y\r\n", count: Limits.headerFields + 1)
        let message = RawMessage(Array(("From: a@example.com\r\n" + filler + "\r\nhi\r\n").utf8))
        let signer = try DKIMTestKeys.signer(DKIMTestKeys.rsa)
        #expect(throws: DKIMSigningError.headerTooLarge) { try signer.sign(message, now: 0) }
    }
}
