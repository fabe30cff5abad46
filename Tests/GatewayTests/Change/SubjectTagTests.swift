import Gateway
import InternetMessage
import MailAuthentication
import Testing

struct SubjectTagTests {
    /// The Subject as it leaves, and as a person reads it.
    private func tagged(_ field: String, _ text: String = "[External]") throws -> (String, String) {
        let tag = try #require(SubjectTag(text))
        let octets = Array("From: a@b.example\r\n\(field)\r\nTo: c@d.example\r\n\r\nx\r\n".utf8)
        let edits = tag.edits(in: RawMessage(octets, lineEnds: .asSent))
        let changed = ContentEdit.apply(edits, to: octets)
        let parsed = MessageParser().parse(changed)
        #expect(parsed.headers.count == 3)
        let raw = try #require(parsed.headers.first(named: "Subject")?.rawField)
        return (String(decoding: raw, as: UTF8.self), parsed.subject ?? "")
    }

    @Test(arguments: [
        ("Subject: Hello", "Subject: [External] Hello", "[External] Hello"),
        ("Subject:Hello", "Subject: [External] Hello", "[External] Hello"),
        ("SUBJECT:   Hello", "SUBJECT: [External]   Hello", "[External]   Hello"),
        ("Subject:", "Subject: [External]", "[External]"),
        (
            "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
            "Subject: [External] =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "[External] Grüße"
        ),
        (
            "Subject:\r\n =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_an_alle?=",
            "Subject: [External]\r\n =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_an_alle?=",
            "[External] Grüße an alle"
        ),
        ("Subject: Re: AW: Hello", "Subject: [External] Re: AW: Hello", "[External] Re: AW: Hello"),
        (
            "Subject: Offer [External]", "Subject: [External] Offer [External]",
            "[External] Offer [External]"
        ),
    ])
    func `the mark is put before the subject, whose octets stay`(
        field: String, changed: String, shown: String
    ) throws {
        let (raw, text) = try tagged(field)
        #expect(raw == changed)
        #expect(text == shown)
    }

    @Test(arguments: [
        "[External] Hello", "Re: [External] Hello", "AW: Re: WG: [External] Hello",
        "Re[2]: Fwd (3): [External] Hello", "回复：[External] Hello", "TR : [External] Hello",
        "Re: [a list] AW: [External] Hello", "=?utf-8?B?W0V4dGVybmFsXSBI?=",
        "Re:\r\n [External] Hello",
    ])
    func `a subject that has the mark stays as it is`(subject: String) throws {
        #expect(try tagged("Subject: \(subject)").0 == "Subject: \(subject)")
    }

    @Test func `a mark beyond ASCII is an encoded word, with its blank where one would be lost`()
        throws
    {
        let plain = try tagged("Subject: Hello", "[Äußere Mail]")
        #expect(plain.1 == "[Äußere Mail] Hello")
        #expect(plain.0.utf8.allSatisfy { $0 < 0x80 })
        let encoded = try tagged("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "[Äußere Mail]")
        #expect(encoded.1 == "[Äußere Mail] Grüße")
        #expect(try tagged("Subject: \(encoded.0.dropFirst(9))", "[Äußere Mail]").0 == encoded.0)
    }

    @Test func `a long subject gets a line of its own`() throws {
        let words = Array(repeating: "word", count: 13).joined(separator: " ")
        let (raw, text) = try tagged("Subject: \(words)")
        #expect(raw == "Subject: [External]\r\n \(words)")
        #expect(text == "[External] \(words)")
        #expect(try tagged("Subject:\(words)").0 == raw)
    }

    @Test func `a mark that no subject can bear is none`() {
        let limit = Limits.subjectTagOctets
        #expect(SubjectTag(String(repeating: "x", count: limit)) != nil)
        #expect(SubjectTag(String(repeating: "x", count: limit + 1)) == nil)
        for text in ["", " x", "x ", "a\r\nBcc: b", "a\u{202E}b", "=?utf-8?Q?x?="] {
            #expect(SubjectTag(text) == nil, "\(text)")
        }
    }

    @Test func `more words before the mark than are read let it be put in again`() throws {
        let many = String(repeating: "Re: ", count: Limits.subjectLeads)
        #expect(try tagged("Subject: \(many)[External] x").1.hasPrefix("[External] Re:"))
        let few = String(repeating: "Re: ", count: Limits.subjectLeads - 1)
        #expect(try tagged("Subject: \(few)[External] x").1.hasPrefix("Re:"))
        // Nor is a mark found behind more octets than are read.
        let far = String(repeating: " ", count: Limits.subjectReadOctets)
        #expect(try tagged("Subject: Re:\(far)[External] x").1.hasPrefix("[External] Re:"))
    }

    @Test func `a message without a subject gets the mark alone`() throws {
        let tag = try #require(SubjectTag("[External]"))
        let octets = Array("From: a@b.example\r\n\r\nx\r\n".utf8)
        let changes = MessageChanger(MessageChanger.Options(subjectTag: tag))
            .changes(to: octets, RawMessage(octets))
        #expect(changes.edits == [])
        #expect(changes.fields == Array("Subject: [External]\r\n".utf8))
        #expect(changes.acts.map(\.kind) == [.tagged])
    }
}
