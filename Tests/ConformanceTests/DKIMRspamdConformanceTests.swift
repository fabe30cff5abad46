import Identities
import MailAuthentication
import TestSupport
import Testing

/// The DKIM messages of rspamd's suite. Its key records stand in the world's DNS or in its test
/// configuration, which is not part of the data: the records are made here as each message
/// describes its own.
@Suite struct DKIMRspamdConformanceTests {
    @Test func `dmarc-rspamd's dkim messages are judged as they say of themselves`() async throws {
        var suite = DKIMSuite("dmarc-rspamd")
        let wide = "v=DKIM1; k=rsa; p="
        let dns = DKIMSuiteDNS(texts: [
            "broken._domainkey.brokenkey.za.org": ["v=DKIM1; k=ed2014; p=AAEC"],
            "long._domainkey.bigkey.za.org": [wide + String(repeating: "A", count: 70_000)],
            "wide._domainkey.bigkey.za.org": [wide + Self.key(bits: 16_384)],
            "ok._domainkey.bigkey.za.org": [wide + Self.key(bits: 8_192)],
            "revoked._domainkey.revokedkey.za.org": ["v=DKIM1; k=rsa; p="],
        ])
        let cases: [(String, DKIMResult, String)] = [
            ("dkim_broken_key.eml", .permerror, "k=ed2014"),
            ("dkim_key_too_long.eml", .permerror, "longer than"),
            ("dkim_key_too_wide.eml", .permerror, "16384 bits"),
            // The key is taken; the message was never signed with it.
            ("dkim_key_wide_ok.eml", .fail, "body"),
            ("dkim_revoked_key.eml", .permerror, "back"),
            // 905 names are read, 1,506 are not.
            ("dkim_large_hlist.eml", .permerror, "no key"),
            ("dkim_huge_hlist.eml", .permerror, "1024 fields"),
        ]
        for (file, result, word) in cases {
            let outcomes = await dns.verify(RawMessage(try suite.file(file)))
            suite.expect(
                file, outcomes.map(\.result) == [result] && outcomes[0].reason.contains(word),
                "expected \(result) (\(word)), found \(outcomes.map(\.reason))")
        }
        for (file, junk) in [("dkim_sigs_at_limit.eml", 4), ("dkim_many_sigs.eml", 5)] {
            var policy = DKIMPolicy()
            policy.maximumSignatures = 5
            let outcomes = await dns.verify(RawMessage(try suite.file(file)), policy: policy)
            let last: DKIMResult = junk < 5 ? .permerror : .policy
            suite.expect(
                file, Array(repeating: .permerror, count: junk) + [last], outcomes)
        }
        suite.finish(count: 9)
    }

    /// An RSAPublicKey of this size in base64.
    private static func key(bits: Int) -> String {
        let modulus = [0] + [UInt8](repeating: 0xFF, count: bits / 8)
        let numbers = element(0x02, modulus) + element(0x02, [1, 0, 1])
        return base64(element(0x30, numbers))
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        return count < 0x80
            ? [tag, UInt8(count)] + content
            : [tag, 0x82, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] + content
    }

    private static func base64(_ octets: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        var bits = 0
        var count = 0
        for octet in octets {
            bits = bits << 8 | Int(octet)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(letters[bits >> count & 63])
            }
            bits &= 0xFF
        }
        if count > 0 { text.append(letters[bits << (6 - count) & 63]) }
        return text
    }
}
