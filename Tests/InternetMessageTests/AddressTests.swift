import Identities
import InternetMessage
import Testing

@Suite struct AddressTests {
    @Test(
        arguments: [
            ("a@b.example", ["<a@b.example>"]),
            ("A B <a@b>, c@d", ["A B<a@b>", "<c@d>"]),
            ("\"B, A\" <a@b>", ["B, A<a@b>"]),
            ("=?utf-8?q?J=C3=B6?= <a@b>", ["J\u{F6}<a@b>"]),
            ("\"=?utf-8?q?J=C3=B6?=\" <a@b>", ["J\u{F6}<a@b>"]),
            ("a@b (Name)", ["Name<a@b>"]), ("(x) A (y (z)) <a@b>", ["A<a@b>"]),
            ("<@x,@y:a@b>", ["<a@b>"]), ("a . b @ c . d", ["<a.b@c.d>"]),
            ("\"a b\"@c", ["<\"a b\"@c>"]), ("\"a@b\" <c@d>", ["a@b<c@d>"]),
            ("a@b@c", ["<\"a@b\"@c>"]),
            ("<a@b", ["<a@b>"]), ("A <a@b>, <c@d", ["A<a@b>", "<c@d>"]), ("<<a@b>>", ["<a@b>"]),
            ("A a@b", ["A<a@b>"]), ("a@[192.0.2.1]", ["<a@[192.0.2.1]>"]),
            ("\"A <a@b>", ["A<a@b>"]),
            (",, a@b ,,", ["<a@b>"]), ("", []), ("   ", []), ("()", []), ("<>", ["<>"]),
            ("root", ["<root>"]), ("Nobody At All", ["Nobody At All<>"]),
            ("a@b; c@d", ["<a@b>", "<c@d>"]),
            ("John \"Q\" Doe <a@b>", ["John Q Doe<a@b>"]),
            ("j@\u{FC}.example", ["<j@\u{FC}.example>"]),
            ("A <a@b> <c@d>", ["A<a@b>", "<c@d>"]),
        ] as [(String, [String])])
    func `Mailboxes as they are met`(text: String, expected: [String]) {
        let list = AddressList(parsing: text)
        #expect(list.mailboxes.map { "\($0.displayName ?? "")<\($0.spec)>" } == expected)
    }

    @Test func `Groups hold their members`() {
        let list = AddressList(parsing: "A Group: B <b@x>, c@y;, d@z, Empty:;")
        #expect(
            list.entries == [
                .group(
                    name: "A Group",
                    members: [
                        Address(displayName: "B", localPart: "b", domain: "x"),
                        Address(localPart: "c", domain: "y"),
                    ]),
                .mailbox(Address(localPart: "d", domain: "z")), .group(name: "Empty", members: []),
            ])
        #expect(list.mailboxes.count == 3)
    }

    @Test func `An address gives the value that the product speaks of`() {
        let from = Message.parse("From: B\u{FC} <Info@B\u{FC}cher.example>\n\n").from
        #expect(from.first?.emailAddress?.localPart == "Info")
        #expect(from.first?.emailAddress?.domain.text == "xn--bcher-kva.example")
        #expect(AddressList(parsing: "a@").first?.emailAddress == nil)
    }

    @Test func `More addresses than the limit are not read, and that is said`() {
        let list = AddressList(
            parsing: String(repeating: "a@b,", count: Limits.addresses + 5))
        #expect(list.mailboxes.count == Limits.addresses)
        #expect(list.defects == [.tooManyAddresses])
    }
}
