import DNS
import Identities
import MailAuthentication
import Testing

/// Each bound of the folder is hit once.
@Suite struct ARCLimitTests {
    @Test func `more ARC fields than fifty sets have fail unread`() async throws {
        let fields = String(repeating: "ARC-Seal: i=1; cv=none\r\n", count: 3 * Limits.arcSets + 1)
        let found = try await ARCFixture().validate(fields + ARCFixture.message)
        #expect(found.result == .fail && found.instances == 0)
        #expect(found.reason.hasPrefix("The message has more ARC fields than 50 sets have"))
        guard
            case .refused = try ARCFixture().sealer("a.example").seal(
                ARCFixture.raw(fields), results: ARCFixture.results, validation: found, now: 1)
        else {
            Issue.record("sealed")
            return
        }
    }

    @Test func `ARC fields that are too large fail unread`() async throws {
        let pad = String(repeating: "x", count: Limits.arcFieldOctets)
        let found = try await ARCFixture().validate("ARC-Seal: i=1; n=\(pad)\r\n\r\n")
        #expect(found.result == .fail)
        #expect(found.reason.contains("larger than 524288 octets"))
    }

    @Test func `a message signature over too many fields does not hold`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"])
        let names = String(repeating: "a:", count: Limits.arcSignedFields)
        let found = await fixture.validate(text.replacingFirst("h=from", "h=\(names)from"))
        #expect(found.reason == "ARC-Message-Signature 1 signs more than 1024 fields.")
        let sealer = ARCSealer(
            domain: try #require(DomainName("one.example")), selector: "arc", key: fixture.key,
            signedFields: [String](repeating: "a", count: Limits.arcSignedFields + 1))
        let outcome = try sealer.seal(
            ARCFixture.raw(ARCFixture.message), results: ARCFixture.results,
            validation: ARCValidation(.none, reason: "."), now: 1)
        guard case .refused = outcome else {
            Issue.record("sealed")
            return
        }
    }

    @Test func `a sealer signs many fields of one name within the limit`() async throws {
        let fixture = try ARCFixture()
        let many = String(repeating: "DKIM-Signature: b=x\r\n", count: 5_000)
        let text = try await fixture.sealed(many + ARCFixture.message, by: ["one.example"])
        #expect(await fixture.validate(text).result == .pass)
    }

    @Test func `comments that nest too deep are not read`() async throws {
        for (depth, isRead) in [
            (Limits.arcCommentDepth, true), (Limits.arcCommentDepth + 1, false),
        ] {
            let comment =
                String(repeating: "(", count: depth) + String(repeating: ")", count: depth)
            let text = "ARC-Authentication-Results: \(comment) i=1; a; b=c\r\n\r\n"
            let found = try await ARCFixture().validate(text)
            #expect(found.instances == (isRead ? 1 : 0))
        }
    }

    @Test func `results that are too long are refused, and left out when joined`() throws {
        let long = String(repeating: "x ", count: Limits.arcResultsOctets / 2)
        let outcome = try ARCFixture().sealer("one.example").seal(
            ARCFixture.raw(ARCFixture.message), results: "mx.example; \(long)",
            validation: ARCValidation(.none, reason: "."), now: 1)
        guard case .refused(let reason) = outcome else {
            Issue.record("sealed")
            return
        }
        #expect(reason == "The results are longer than 32768 octets.")
        let message = ARCFixture.raw("Authentication-Results: mx.example; \(long)\r\n\r\n")
        #expect(
            ARCResultsPayload.combined(of: message, authservID: "mx.example") == "mx.example; none")
    }

    @Test func `a name that fits no line is refused`() throws {
        for (count, isSealed) in [
            (Limits.arcFieldNameOctets, true), (Limits.arcFieldNameOctets + 1, false),
        ] {
            let sealer = ARCSealer(
                domain: try #require(DomainName("one.example")), selector: "arc",
                key: try ARCFixture().key,
                signedFields: ["from", String(repeating: "x", count: count)])
            let outcome = try sealer.seal(
                ARCFixture.raw(ARCFixture.message), results: ARCFixture.results,
                validation: ARCValidation(.none, reason: "."), now: 1)
            if case .sealed = outcome { #expect(isSealed) } else { #expect(!isSealed) }
        }
    }

    @Test func `a word that fits no line is refused`() throws {
        let outcome = try ARCFixture().sealer("one.example").seal(
            ARCFixture.raw(ARCFixture.message),
            results: "mx.example; " + String(repeating: "x", count: Limits.arcWordOctets + 1),
            validation: ARCValidation(.none, reason: "."), now: 1)
        guard case .refused = outcome else {
            Issue.record("sealed")
            return
        }
    }

    /// SHA-256 of one to nine letters `a`, and of ten with a line end.
    private static let hashes = [
        "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=",
        "lhtt0+3jy47LqsvWjeBAzXjrLtWIkTDM60xJJo6k1QY=",
        "mDSHbc+wXLFnpcJJU+uljErImxrfV/KPL50JrxB+6PA=",
        "Yb5VqOL2tOFyM4vd8YTW2+4pyYhT4KBIXs7n8nua8LQ=",
        "7ZaOhA0Q0tMTqHC8ExpOLDEdetCb3zKzQYFHIh9RpuI=",
        "7QJFe1xB2WTb0vKmCdY/4bt1KNvlXhq/W1LCSc1zV5c=",
        "5GJAcUtds6I+7mBHmmI++6TWM9J/5PA8kEueIZp/vmA=",
        "HzzkBBWiCB+j7udfw5//jlbCInDRqXinJJtZLc69ILQ=",
        "8qypO4DK5oEiHwRF+k4sroofn4+h4XQdljnKrSIvU30=",
        "qSNpE9NzEsAj1/qbIq5BXJ+1QZpeHq9VXRPQ7M1dLJk=",
    ]

    @Test func `older sets that want the body hashed in a ninth way count as not holding`()
        async throws
    {
        let fixture = try ARCFixture(.ed25519)
        // Written in canonical form, so that what is signed is the text itself.
        var chain = ""
        var text = "from:a@a.example\r\n\r\naaaaaaaaaa\r\n"
        for (index, hash) in Self.hashes.enumerated() {
            let number = index + 1
            let common = "i=\(number); a=ed25519-sha256; d=a.example; s=arc"
            let length = number < Self.hashes.count ? " l=\(number);" : ""
            var signature =
                "arc-message-signature:\(common); c=relaxed/relaxed;\(length) h=from; bh=\(hash); b="
            let signed = Array("from:a@a.example\r\n\(signature)".utf8)
            signature += Self.base64(try fixture.key.sign(signed, .sha256))
            chain += "arc-authentication-results:i=\(number); a.example; x=y\r\n\(signature)\r\n"
            var seal = "arc-seal:\(common); cv=\(index == 0 ? "none" : "pass"); b="
            seal += Self.base64(try fixture.key.sign(Array((chain + seal).utf8), .sha256))
            chain += seal + "\r\n"
        }
        text = chain + text
        let found = await fixture.validate(text)
        #expect(found.result == .pass, "\(found.reason)")
        // The whole body, and l=9 to 3: eight ways.
        #expect(found.oldestPass == Self.hashes.count - Limits.dkimBodyReadings + 1)
        let policy = ARCPolicy(looksForOldestPass: false)
        let quick = await ARCValidator(lookup: fixture, policy: policy)
            .validate(ARCFixture.raw(text), now: ARCFixture.now)
        #expect(quick.result == .pass)
    }

    private static func base64(_ octets: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let letter = letters[bits >> (18 - 6 * place) & 63]
                text.append(place > group.count ? "=" : letter)
            }
        }
        return text
    }

    @Test func `hostile chains of the largest size are judged in a moment`() async throws {
        let pad = String(repeating: "y", count: Limits.arcFieldOctets / 170)
        var text = ""
        for instance in 1...Limits.arcSets {
            let common = "i=\(instance); a=rsa-sha256; d=a.example; s=arc; b=AAAA; n=\(pad)"
            text += "ARC-Seal: \(common); cv=\(instance == 1 ? "none" : "pass")\r\n"
            text += "ARC-Message-Signature: \(common); l=\(instance); bh=AAAA; h=from\r\n"
            text += "ARC-Authentication-Results: i=\(instance); a.example; x=\(pad)\r\n"
        }
        let start = ContinuousClock.now
        let found = try await ARCFixture().validate(text + ARCFixture.message)
        #expect(found.result == .fail && found.instances == 50)
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
