import MailAuthentication
import Testing

@Suite struct `Forged results` {
    private typealias Cause = AuthenticationResultsFilter.Cause

    private static let filter = AuthenticationResultsFilter(
        authservIDs: ["Example.ORG", "mx one", "bücher.example"])

    @Test(arguments: [
        ("example.org; dkim=pass", Cause.claimsOurName as Cause?),
        (" EXAMPLE.org 1; none", .claimsOurName), ("example.org.; none", .claimsOurName),
        ("\"example.org\"; spf=pass", .claimsOurName),
        ("\"ex\\ample.org\"; spf=pass", .claimsOurName),
        ("(c) example.org(d); spf=pass", .claimsOurName),
        ("mx1.example.org; spf=pass", .claimsOurName),
        ("example.org/mx1; spf=pass", .claimsOurName), ("mx1/example.org; none", .claimsOurName),
        ("\"MX One\"; spf=pass", .claimsOurName), ("example.org 7; spf=pass", .claimsOurName),
        ("ｅxample.org; spf=pass", .claimsOurName), ("example.org", .claimsOurName),
        ("xn--bcher-kva.example; none", .claimsOurName), ("BÜCHER.example; none", .claimsOurName),
        ("spf=pass; dkim=pass", .unreadable), ("; spf=pass", .unreadable), ("", .unreadable),
        ("exam ple.org; spf=pass", .unreadable), ("exam(x)ple.org; none", .unreadable),
        ("exam\u{0}ple.org; spf=pass", .unreadable), ("exam\rple.org; none", .unreadable),
        ("exam\r\n ple.org; spf=pass", .unreadable), ("=?x?q?example.org?=; none", .unreadable),
        ("a.example 2; spf=pass", .unsupportedVersion),
        ("a.example; dkim=pass", nil), ("notexample.org; spf=pass", nil),
        ("example.org.a.example; spf=pass", nil), ("org; spf=pass", nil),
        ("a.example; x=y header.d=example.org", nil), ("a.example 1; junk junk", nil),
    ])
    private func `are told from others' fields`(value: String, cause: Cause?) throws {
        let field = try #require(RawField("authentication-RESULTS :\(value)"))
        let message = RawMessage([]).with(fields: [field])
        let filtered = Self.filter.filter(message)
        #expect(filtered.removed.first?.cause == cause)
        #expect(filtered.kept.count + filtered.removed.count == 1)
        #expect(filtered.removed.allSatisfy { $0.reason.hasSuffix(".") })
    }

    @Test func `leave all other fields as they are, in order`() {
        let message = RawMessage(
            Array(
                """
                Received: from a
                Authentication-Results: example.org; dkim=pass
                ARC-Authentication-Results: i=1; example.org; dkim=pass
                Authentication-Results: other.example; dkim=pass
                X-Authentication-Results: example.org; dkim=pass
                Authentication-Results: example.org;
                 spf=pass
                Subject: example.org

                body
                """.utf8))
        let filtered = Self.filter.filter(message)
        #expect(
            filtered.kept.map(\.name) == [
                "Received", "ARC-Authentication-Results", "Authentication-Results",
                "X-Authentication-Results", "Subject",
            ])
        #expect(filtered.removed.map(\.index) == [1, 5])
        #expect(filtered.removed.allSatisfy { $0.cause == .claimsOurName })
        #expect(
            filtered.kept
                == message.fields.filter { field in
                    !filtered.removed.contains { $0.field == field }
                })
    }

    @Test func `are recognised as ours where the hop is trusted`() {
        for (value, isOurs) in [
            ("example.org; none", true), ("mx.example.org; none", true), ("a.example; none", false),
            ("spf=pass", false), ("example.org x; spf=pass", false),
        ] {
            #expect(Self.filter.isOurs(AuthenticationResultsParser.parse(value)) == isOurs)
        }
    }
}
