import Identities
import MailAuthentication

/// Keys, records and signers for the tests of this folder.
enum DKIMTestKeys {
    static let domain = DomainName("example.com")
    static let rsa = try? SigningKey.generate(.rsa)
    static let smallRSA = try? SigningKey.generate(.rsa, bits: 1_024)
    static let ed25519 = try? SigningKey.generate(.ed25519)

    struct Absent: Error {}

    static func signer(_ key: SigningKey?, selector: String = "s1") throws -> DKIMSigner {
        guard let key, let domain else { throw Absent() }
        return DKIMSigner(domain: domain, selector: selector, key: key)
    }

    /// The records of both keys under `s1` and `s2`.
    static func dns() throws -> DKIMTestDNS {
        guard let rsa, let ed25519 else { throw Absent() }
        return DKIMTestDNS([
            "s1._domainkey.example.com": [rsa.keyRecord],
            "s2._domainkey.example.com": [ed25519.keyRecord],
        ])
    }

    static let text = """
        From: Ann <ann@example.com>
        To: bob@example.net
        Subject: lunch
        Date: Mon, 20 Nov 2023 07:00:00 +0000
        Message-ID: <1@example.com>

        Hello Bob,

        at noon?


        """

    /// The message with CRLF.
    static let message = RawMessage(crlf(text))

    static func crlf(_ text: String) -> [UInt8] {
        Array(
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\r\n").utf8)
    }

    /// A message with a signature of these tags on top of the usual one.
    static func signed(_ tags: String, _ text: String = text) -> RawMessage {
        RawMessage(crlf("DKIM-Signature: \(tags)\n" + text))
    }

    /// The message with the fields on top.
    static func with(_ fields: [RawField], _ message: RawMessage = message) -> RawMessage {
        message.with(fields: fields + message.fields)
    }

    static let now: Int64 = 1_700_000_000
}

extension DKIMSignatureParser.Parsing {
    var signature: DKIMSignature? {
        if case .signature(let signature) = self { return signature }
        return nil
    }

    var refusal: DKIMVerification? {
        if case .invalid(let outcome) = self { return outcome }
        return nil
    }
}
