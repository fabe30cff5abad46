import Identities
import MailAuthentication
import Testing

@Suite struct AuthorDomainsTests {
    private func authors(_ header: String) -> AuthorDomains {
        AuthorDomains(RawMessage(Array((header + "\r\n\r\nHello\r\n").utf8)))
    }

    @Test(arguments: [
        ("From: a@example.com", "example.com"), ("from : Anna <a@Example.COM>", "example.com"),
        ("From: \"victim@bank.example\" <a@example.com>", "example.com"),
        ("From: Anna\r\n\t<a@example.com>", "example.com"),
        ("From: (a comment with b@other.example) a@example.com", "example.com"),
        ("From: a@bücher.example", "xn--bcher-kva.example"),
        ("From: Team: a@example.com, b@example.com;", "example.com"),
        ("From: a@example.com, b@EXAMPLE.com", "example.com"),
        // Met in the wild: a name with a comma and without quotes.
        ("From: Doe, Anna <a@example.com>", "example.com"),
        ("From: a@example.com.", "example.com"),
    ])
    func `one author domain is found`(header: String, expected: String) {
        let found = authors(header)
        #expect(found.domains.map(\.text) == [expected])
        #expect(found.defects.isEmpty)
        #expect(found.canPass)
        #expect(found.problem == nil)
    }

    @Test(arguments: [
        ("To: a@example.com", AuthorDomains.Defect.missingField), ("From:", .noDomain),
        ("From: undisclosed:;", .noDomain), ("From: Anna", .noDomain),
        ("From: a@", .noDomain), ("From: a@[192.0.2.1]", .unreadableDomain),
        ("From: a@192.0.2.1", .unreadableDomain), ("From: a@2001:db8::1", .unreadableDomain),
        ("From: a@exa\u{0}mple.com", .unreadableDomain), ("From: a@b..c", .unreadableDomain),
    ])
    func `what names no author is told`(header: String, defect: AuthorDomains.Defect) {
        let found = authors(header)
        #expect(found.domains.isEmpty, "\(header) gave \(found.domains)")
        #expect(found.defects.contains(defect), "\(header) gave \(found.defects)")
        #expect(!found.canPass)
        #expect(found.problem != nil)
    }

    @Test func `several authors are all found, in order and once`() {
        let found = authors("From: a@b.example, c@a.example, d@b.example")
        #expect(found.domains.map(\.text) == ["b.example", "a.example"])
        #expect(found.defects == [.severalDomains])
        #expect(found.canPass)
    }

    @Test(arguments: [
        "<a@example.com>", "Anna Doe <a@example.com>", "Anna <a.b+c_d=e@mail.EXAMPLE.com>",
        "Anna\r\n <a@example.com> \t", "=?utf-8?Q?J=C3=B6rg?= <a@example.com>",
        "A. 'Doe' / x & y! <a@example.com>", "Anna<a@example.com>", "Anna <<a@example.com>",
        "Anna <a@example.com>>", "Anna <a@b@example.com>", "Anna <@example.com>", "Anna <a@>",
        "Anna <a@example..com>", "Anna <a@.example.com>", "Anna <a@192.0.2.1>",
        "Anna <a@example.c0>", "x@y.example <a@example.com>", "A: Anna <a@example.com>",
        "Anna <a@example.com> <b@example.net>", "\"Anna <a@example.com>", "Anna) <a@example.com>",
        "Anna \u{0} <a@example.com>", "Änna <a@example.com>", "A\\n <a@example.com>",
        "Anna <.a@example.com>", "Anna <a@-example-.com>", "Anna [x <a@example.com>",
    ])
    func `plain fields are read as all others are`(value: String) {
        let plain = authors("From:\(value)")
        // A comment behind it changes nothing but the way in which it is read.
        let other = authors("From:\(value) ()")
        #expect(plain.domains == other.domains)
        #expect(plain.defects == other.defects)
        #expect(plain.unreadable == other.unreadable)
    }

    @Test func `several fields can never pass`() {
        let found = authors("From: a@example.com\r\nFROM: b@example.com")
        #expect(found.domains.map(\.text) == ["example.com"])
        #expect(found.fieldCount == 2)
        #expect(found.defects == [.severalFields])
        #expect(!found.canPass)
    }

    @Test func `a good address does not make up for one that cannot be read`() {
        let found = authors("From: a@example.com, b@[192.0.2.1]")
        #expect(found.domains.map(\.text) == ["example.com"])
        #expect(found.unreadable == "[192.0.2.1]")
        #expect(!found.canPass)
    }

    @Test func `no more domains are read than the limit says`() {
        let many = (0...Limits.authorDomains).map { "a@d\($0).example" }.joined(separator: ", ")
        let found = authors("From: \(many)")
        #expect(found.domains.count == Limits.authorDomains)
        #expect(found.defects.contains(.tooMany))
        #expect(!found.canPass)
    }

    @Test func `no more fields are read than the limit says`() {
        let fields = (0...Limits.authorFields).map { "From: a@d\($0 % 2).example" }
        let found = authors(fields.joined(separator: "\r\n"))
        #expect(found.fieldCount == Limits.authorFields + 1)
        #expect(found.defects.contains(.tooMany))
    }

    @Test func `a field that is too long names nobody`() {
        let long = "From: " + String(repeating: "x", count: Limits.authorFieldOctets)
        let found = authors(long + " <a@example.com>")
        #expect(found.domains.isEmpty)
        #expect(found.defects.contains(.tooMany))
    }
}
