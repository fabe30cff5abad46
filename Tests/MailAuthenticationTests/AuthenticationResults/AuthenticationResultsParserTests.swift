import MailAuthentication
import Testing

private typealias Defect = AuthenticationResults.Defect

@Suite struct `Authentication-Results fields` {
    @Test func `are read with comments, quotes, versions and properties`() {
        let results = AuthenticationResultsParser.parse(
            """
             (who) example.com (it was (really) us) 1 (first)\r
             ; dkim / 1 (m) = (n) pass (good signature) reason="all; is (well)\\""\r
             \theader.d = example.org (d) header . b="ab/c=" ; SPF=Fail smtp.MailFrom=a@b.example\r
             ; x-own=odd policy.word=1 sandwich.cheese=blue
            """)
        #expect(results.authservID == "example.com")
        #expect(results.version == 1)
        #expect(results.defects.isEmpty)
        #expect(results.methods.map(\.method) == ["dkim", "spf", "x-own"])
        let dkim = results.methods[0]
        #expect(dkim.version == 1)
        #expect(dkim.result == "pass")
        #expect(dkim.comment == "good signature")
        #expect(dkim.reason == "all; is (well)\"")
        #expect(dkim[.headerDomain] == "example.org")
        #expect(dkim.properties.first?.comment == "d")
        #expect(dkim[.headerSignature] == "ab/c=")
        #expect(results.methods[1].result == "fail")
        #expect(results.methods[1][.smtpMailFrom] == "a@b.example")
        #expect(results.methods[2][PropertyName(type: "sandwich", property: "cheese")] == "blue")
        #expect(results.results(of: "spf").count == 1)
    }

    @Test(arguments: [
        ("example.com; none", nil as Int?, nil as String?), ("example.com 1; none", 1, nil),
        ("example.com; NONE (not checked)", nil, "not checked"),
        ("\"example.com\" ;none", nil, nil),
    ])
    func `may say that nothing was checked`(value: String, version: Int?, comment: String?) {
        let results = AuthenticationResultsParser.parse(value)
        #expect(results.authservID == "example.com")
        #expect(results.version == version)
        #expect(results.comment == comment)
        #expect(results.methods.isEmpty)
        #expect(results.defects.isEmpty)
    }

    /// The shapes that large receivers really send.
    @Test(arguments: [
        (
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=e.example; dkim=pass (signature was"
                + " verified) header.d=e.example;dmarc=pass action=none"
                + " header.from=e.example;compauth=pass reason=100",
            "", ["spf=pass", "dkim=pass", "dmarc=pass", "compauth=pass"],
            [Defect.missingIdentifier, .propertyWithoutType]
        ),
        (
            "mx.google.com;\r\n       dkim=pass header.i=@e.example header.s=s1 header.b=Qgi/FoC0;"
                + "\r\n       spf=pass (google.com: domain of a=b@e.example designates 2001:db8::1"
                + " as permitted sender) smtp.mailfrom=\"a=b@e.example\"",
            "mx.google.com", ["dkim=pass", "spf=pass"], [.unquotedValue]
        ),
        (
            "e.example; iprev=pass policy.iprev=2001:db8::1 (mx.example); spf=none;",
            "e.example", ["iprev=pass", "spf=none"], [.unquotedValue, .emptyResult]
        ),
        (
            "e.example; spf=none smtp.mailfrom= smtp.helo=mx.example; dmarc=none", "e.example",
            ["spf=none", "dmarc=none"], []
        ),
        (
            "e.example/mx1; spf=pass smtp.mailfrom=<>", "e.example/mx1", ["spf=pass"],
            [.unquotedValue]
        ),
        (
            "a.example; dkim=none header.d=none;a.example; dmarc=none", "a.example",
            ["dkim=none", "dmarc=none"], [.malformedResult]
        ),
        ("a.example 2; spf=pass", "a.example", ["spf=pass"], [.unsupportedVersion]),
        ("a.example 99999999999999999999; none", "a.example", [], [.unsupportedVersion]),
        ("a.example b.example; spf=pass", "a.example", ["spf=pass"], [.unreadableIdentifier]),
        ("a.example; none; spf=pass", "a.example", ["spf=pass"], [.noneBesideResults]),
        ("a.example", "a.example", [], [.missingResults]),
        ("", "", [], [.missingIdentifier, .missingResults]),
        ("a.example; spf=pass ( (x", "a.example", ["spf=pass"], [.unterminatedComment]),
        (
            "a.example; spf=pass smtp.helo=\"x; dkim=pass", "a.example", ["spf=pass"],
            [.unterminatedQuote]
        ),
        (
            "a.example; spf=pass , smtp.helo=x ) junk header=", "a.example", ["spf=pass"],
            [.malformedProperty, .unquotedValue, .propertyWithoutType]
        ),
        ("a.example; =pass; spf=; spf", "a.example", [], [.malformedResult, .missingResults]),
        (
            "a.example; spf=pass smtp.helo=a\u{0}b", "a.example", ["spf=pass"],
            [.controlCharacter, .unquotedValue]
        ),
    ])
    private func `are read as far as they go, with what is wrong named`(
        value: String, name: String, words: [String], defects: [Defect]
    ) {
        let results = AuthenticationResultsParser.parse(value)
        #expect(results.authservID == name)
        #expect(results.methods.map { "\($0.method)=\($0.result)" } == words)
        #expect(results.defects == defects)
    }

    @Test func `keep a quoted local part whole`() {
        let value = #"a.example; spf=pass smtp.mailfrom="a; \"b\" c"@e.example (x); dkim=none"#
        let results = AuthenticationResultsParser.parse(value)
        #expect(results.defects.isEmpty)
        #expect(results.methods.count == 2)
        #expect(results.methods[0][.smtpMailFrom] == #""a; \"b\" c"@e.example"#)
        #expect(results.render() == value)
    }

    @Test func `may carry UTF-8`() {
        let value = "bücher.example; spf=pass smtp.mailfrom=jürgen@bücher.example (größer)"
        let results = AuthenticationResultsParser.parse(value)
        #expect(results.defects.isEmpty)
        #expect(results.authservID == "bücher.example")
        #expect(results.methods[0][.smtpMailFrom] == "jürgen@bücher.example")
        #expect(results.render(isInternationalised: true) == value)
        #expect(
            results.render() == "xn--bcher-kva.example; spf=pass "
                + "smtp.mailfrom=j?rgen@xn--bcher-kva.example (gr??er)")
    }

    @Test func `of ARC begin with their instance`() throws {
        let value = " i=3; mx.example; arc=pass header.oldest-pass=0"
        let read = try #require(
            AuthenticationResultsParser.parse(arcAuthenticationResults: value.utf8))
        #expect(read.instance == 3)
        #expect(read.results.methods.first?[.headerOldestPass] == "0")
        for value in ["mx.example; none", "i=; mx", "i=1 mx.example; none", ""] {
            #expect(AuthenticationResultsParser.parse(arcAuthenticationResults: value.utf8) == nil)
        }
    }

    @Test func `are read within bounds and in linear time`() {
        let many = "a.example" + String(repeating: "; spf=pass", count: 3_000)
        let results = AuthenticationResultsParser.parse(many)
        #expect(results.methods.count == Limits.authenticationResultsMethods)
        #expect(results.defects.contains(.tooLong))
        let wide = "a.example; spf=pass" + String(repeating: " a.b=c", count: 3_000)
        let properties = AuthenticationResultsParser.parse(wide)
        #expect(
            properties.methods[0].properties.count == Limits.authenticationResultsProperties)
        #expect(properties.defects == [.tooLong])
        let start = ContinuousClock.now
        for piece in ["(", "a.b= ", "\"", "; a", "\\", "a=", "(\\", "a.b=\"", ";(", "a.a a"] {
            for head in ["", "a.example; spf=pass "] {
                let long = head + String(repeating: piece, count: 1 << 20)
                let results = AuthenticationResultsParser.parse(long)
                #expect(results.defects.contains(.tooLong))
            }
        }
        #expect(ContinuousClock.now - start < .seconds(30))
        let exact = String(repeating: "a", count: Limits.authenticationResultsOctets)
        #expect(!AuthenticationResultsParser.parse(exact).defects.contains(.tooLong))
    }
}
