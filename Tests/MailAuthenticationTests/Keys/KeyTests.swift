import MailAuthentication
import Testing

@Suite struct KeyTests {
    @Test func `a new key reads back from its PEM and signs what its record verifies`() throws {
        for (type, bits) in [(KeyType.rsa, 1_024), (.rsa, 2_048), (.ed25519, 256)] {
            let key = try SigningKey.generate(type, bits: bits)
            let again = try SigningKey(pem: key.pem)
            #expect(again.type == type && again.bits == bits && again.keyRecord == key.keyRecord)
            #expect(key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
            guard case .record(let record) = DKIMKeyRecord.parse(key.keyRecord) else {
                Issue.record("\(key.keyRecord)")
                return
            }
            #expect(record.keyType == type.rawValue)
            let verifying =
                type == .rsa
                ? try VerifyingKey(rsaDER: record.publicKey)
                : try VerifyingKey(ed25519: record.publicKey)
            #expect(verifying.bits == bits && verifying.type == type)
            let text = Array("text".utf8)
            let signature = try again.sign(text, .sha256)
            #expect(verifying.isValid(signature, for: text, .sha256))
            #expect(!verifying.isValid(signature, for: text + [0], .sha256))
            #expect(!verifying.isValid(signature + [0], for: text, .sha256))
            #expect(!verifying.isValid([], for: text, .sha256))
            #expect(!verifying.isValid(signature, for: text, .sha1))
        }
    }

    @Test func `SHA-1 exists for RSA alone`() throws {
        let rsa = try SigningKey.generate(.rsa)
        let verifying = try VerifyingKey(rsaDER: rsa.publicKey)
        let signature = try rsa.sign([1], .sha1)
        #expect(verifying.isValid(signature, for: [1], .sha1))
        #expect(!verifying.isValid(signature, for: [1], .sha256))
        let ed25519 = try SigningKey.generate(.ed25519)
        #expect(throws: KeyError.refused) { try ed25519.sign([1], .sha1) }
    }

    /// The first test of RFC 8032 §7.1, whose key RFC 8463 §A uses.
    @Test func `an Ed25519 seed is read bare and from PKCS 8`() throws {
        let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
        let bare = try SigningKey(pem: seed + "\n")
        #expect(
            bare.keyRecord == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
        #expect(try SigningKey(pem: bare.pem).keyRecord == bare.keyRecord)
    }

    @Test func `text that holds no key is refused`() throws {
        let pem = try SigningKey.generate(.rsa).pem
        for text in [
            "", "AAEC", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\nAAEC\n",
            pem.replacing("END PRIVATE", with: "END"), pem.replacing("M", with: "*"),
            pem.replacing("PRIVATE KEY", with: "EC PRIVATE KEY"),
            "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
            String(repeating: "A", count: Limits.privateKeyOctets + 1),
        ] {
            #expect(throws: KeyError.unknownForm, "\(text.prefix(60))") {
                try SigningKey(pem: text)
            }
        }
    }

    @Test func `sizes that are not accepted are told`() throws {
        #expect(throws: KeyError.tooShort(bits: 768)) { try SigningKey.generate(.rsa, bits: 768) }
        #expect(throws: KeyError.tooLong(bits: 8_192)) {
            try SigningKey.generate(.rsa, bits: Limits.rsaGeneratedBits * 2)
        }
        #expect(throws: KeyError.refused) { try SigningKey.generate(.rsa, bits: 2_000) }
        for (bits, error) in [
            (512, KeyError.tooShort(bits: 512)), (1_023, .tooShort(bits: 1_023)),
            (8_193, .tooLong(bits: 8_193)), (16_384, .tooLong(bits: 16_384)),
        ] {
            #expect(throws: error) { try VerifyingKey(rsaDER: Self.der(bits: bits)) }
            #expect(error.bits == bits && error.reason.contains("\(bits) bits"))
        }
        #expect(try VerifyingKey(rsaDER: Self.der(bits: 8_192)).bits == 8_192)
        #expect(try VerifyingKey(rsaDER: Self.der(bits: 1_032)).bits == 1_032)
    }

    @Test func `exponents that are no exponents are refused`() {
        for exponent: [UInt8] in [[1], [2], [1, 0, 0, 0, 1], [0]] {
            #expect(throws: KeyError.badExponent(bits: 2_048)) {
                try VerifyingKey(rsaDER: Self.der(bits: 2_048, exponent: exponent))
            }
        }
    }

    @Test func `octets that are no key are refused, cut anywhere`() throws {
        let good = Self.der(bits: 1_024)
        for count in 0..<good.count {
            #expect(throws: KeyError.unreadable(.rsa)) {
                try VerifyingKey(rsaDER: Array(good.prefix(count)))
            }
        }
        #expect(throws: KeyError.unreadable(.rsa)) { try VerifyingKey(rsaDER: good + [0]) }
        for bad: [UInt8] in [
            [0x30, 0x80], [0x30, 0x84, 1, 2, 3, 4], [0x30, 0x82, 0xFF, 0xFF], [0x02, 1, 1],
        ] {
            #expect(throws: KeyError.unreadable(.rsa)) { try VerifyingKey(rsaDER: bad) }
        }
        #expect(throws: KeyError.unreadable(.ed25519)) { try VerifyingKey(ed25519: [1, 2]) }
        #expect(throws: KeyError.unreadable(.ed25519)) {
            try VerifyingKey(ed25519: Array(repeating: 0, count: 33))
        }
    }

    @Test func `every error has a sentence`() {
        let errors: [KeyError] = [
            .unreadable(.rsa), .unreadable(.ed25519), .unknownForm, .tooShort(bits: 1),
            .tooLong(bits: 1), .badExponent(bits: 1), .refused,
        ]
        for error in errors { #expect(error.reason.hasSuffix(".")) }
    }

    private static func der(bits: Int, exponent: [UInt8] = [1, 0, 1]) -> [UInt8] {
        DKIMKeyOctets.sequence(
            DKIMKeyOctets.integer(DKIMKeyOctets.modulus(bits)) + DKIMKeyOctets.integer(exponent))
    }
}
