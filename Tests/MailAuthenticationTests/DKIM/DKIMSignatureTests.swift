import Identities
import MailAuthentication
import Testing

/// Reading the signature's tags (RFC 6376 §3.5 and §6.1.1).
@Suite struct DKIMSignatureTests {
    private static let hash = "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    private static let good =
        "v=1; a=rsa-sha256; d=example.com; s=s1; h=From:To; \(hash); b=AAAA"

    private static func parse(_ tags: String) throws -> DKIMSignatureParser.Parsing {
        DKIMSignatureParser.parse(try #require(RawField("DKIM-Signature: " + tags)))
    }

    @Test func `every tag is read`() throws {
        let text = """
            v=1; a = rsa-sha256 ; c=relaxed/simple; d=Example.COM; i=Joe=20Six=40a@Sub.example.com;
             l=120; q=dns/other:dns/txt; s=a.b; t=100; x=200; z=From:a@b|To:c; h= From : To:X-A;
             \(Self.hash); b=AAAA
             BBBBCCCC; unknown=value
            """
        let signature = try #require(try Self.parse(text).signature)
        #expect(signature.algorithm == "rsa-sha256")
        #expect(signature.keyType == .rsa && signature.hash == .sha256)
        #expect(signature.headerForm == .relaxed && signature.bodyForm == .simple)
        #expect(signature.domain.text == "example.com" && signature.selector == "a.b")
        #expect(signature.identity == "Joe Six@a@Sub.example.com")
        #expect(signature.identityDomain.text == "sub.example.com")
        #expect(signature.bodyLength == 120)
        #expect(signature.signedAt == 100 && signature.expiresAt == 200)
        #expect(signature.signedFields == ["From", "To", "X-A"])
        #expect(signature.bodyHash.count == 32 && signature.signature.count == 9)
        #expect(signature.signaturePrefix == "AAAABBBB")
        #expect(signature.hasCopiedFields)
    }

    @Test func `what was not sent has its default`() throws {
        let signature = try #require(try Self.parse(Self.good).signature)
        #expect(signature.headerForm == .simple && signature.bodyForm == .simple)
        #expect(signature.identity == nil && signature.identityDomain.text == "example.com")
        #expect(signature.bodyLength == nil && signature.expiresAt == nil)
        let one = try #require(try Self.parse(Self.good + "; c=relaxed").signature)
        #expect(one.headerForm == .relaxed && one.bodyForm == .simple)
    }

    /// Replacements of the good signature's tags, and a word of the reason.
    private static let bad: [(String, String, String)] = [
        ("v=1; ", "", "v="), ("v=1", "v=2", "version"), ("a=rsa-sha256; ", "", "a="),
        ("rsa-sha256", "rsa-md5", "unknown kind"), ("d=example.com; ", "", "d="),
        ("d=example.com", "d=a(b", "domain"), ("d=example.com", "d=exa mple.com", "domain"),
        ("s=s1; ", "", "s="), ("s=s1", "s=a b", "selector"), ("s=s1", "s=..", "selector"),
        ("h=From:To; ", "", "h="), ("h=From:To", "h=To:Subject", "From"),
        ("h=From:To", "h=From::To", "not valid"), ("h=From:To", "h=From:T o", "not valid"),
        ("; b=AAAA", "", "b="), ("b=AAAA", "b=", "base64"), ("b=AAAA", "b=A*", "base64"),
        ("bh=2j", "bh=*", "base64"), ("bh=2j", "x-bh=", "cannot be read"),
        ("v=1", "v=1; c=nowsp", "canonical"), ("v=1", "v=1; c=simple/x", "canonical"),
        ("v=1", "v=1; t=soon", "t="), ("v=1", "v=1; x=1e9", "x="),
        ("v=1", "v=1; t=200; x=200", "before"), ("v=1", "v=1; l=-1", "length"),
        ("v=1", "v=1; q=http", "q="), ("v=1", "v=1; i=@example.org", "i="),
        ("v=1", "v=1; i=@notexample.com", "i="), ("v=1", "v=1; i=joe", "i="),
    ]

    @Test func `a signature that cannot verify is told with its reason`() throws {
        for (from, to, word) in Self.bad {
            let text = Self.good.replacing(from, with: to, maxReplacements: 1)
            let refusal = try #require(try Self.parse(text).refusal, "\(text)")
            #expect(refusal.reason.contains(word), "\(text): \(refusal.reason)")
            #expect(refusal.reason.hasSuffix("."))
        }
    }

    @Test func `tags that cannot be read as such are neutral`() throws {
        for text in [
            "", ";", "v", "v=1; v=1", "v=1;; a=rsa-sha256", "=1", "1v=1", "v=1; a b=c", "v 1=2",
            String(repeating: "x", count: 65) + "=1",
        ] {
            let refusal = try #require(try Self.parse(text).refusal, "\(text)")
            #expect(refusal.result == .neutral, "\(text): \(refusal.reason)")
        }
    }

    @Test func `what can be read of a refused signature is kept for the report`() throws {
        let refusal = try #require(
            try Self.parse(Self.good.replacing("h=From:To", with: "h=To")).refusal)
        #expect(refusal.result == .permerror)
        #expect(refusal.domain?.text == "example.com" && refusal.selector == "s1")
        #expect(refusal.algorithm == "rsa-sha256" && refusal.signaturePrefix == "AAAA")
    }

    @Test func `numbers beyond all bounds do not trap`() throws {
        let digits = String(repeating: "9", count: 76)
        let signature = try #require(
            try Self.parse("t=1; x=\(digits); l=\(digits); " + Self.good).signature)
        #expect(signature.bodyLength == Int.max && signature.expiresAt == Int64.max)
        #expect(try Self.parse("l=\(digits)9; " + Self.good).refusal != nil)
    }

    @Test func `names of signed fields are bounded`() throws {
        let names = Array(repeating: "X", count: Limits.dkimSignedNames - 1).joined(separator: ":")
        let most = Self.good.replacing("h=From:To", with: "h=From:" + names)
        #expect(try Self.parse(most).signature?.signedFields.count == Limits.dkimSignedNames)
        let more = Self.good.replacing("h=From:To", with: "h=From:To:" + names)
        #expect(try Self.parse(more).refusal?.reason.contains("1024 fields") == true)
        let many = Array(repeating: "X", count: 10_000).joined(separator: ":")
        let huge = Self.good.replacing("h=From:To", with: "h=From:" + many)
        #expect(try Self.parse(huge).refusal?.result == .permerror)
    }

    @Test func `tags and selectors are bounded`() throws {
        let tags = (0..<Limits.tagListTags - 7).map { "; x\($0)=1" }.joined()
        #expect(try Self.parse(Self.good + tags).signature != nil)
        #expect(try Self.parse(Self.good + tags + "; y=1").refusal?.result == .neutral)
        let long = String(repeating: "a.", count: Limits.selectorOctets / 2) + "a"
        let text = Self.good.replacing("s=s1", with: "s=" + long)
        #expect(try Self.parse(text).refusal?.reason.contains("selector") == true)
    }
}
