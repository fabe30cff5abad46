import InternetMessage
import Testing

@Suite struct HeaderTests {
    @Test func `Fields are found by name in any case, first and all, and unfolded`() {
        let message = Message.parse(
            "Received: one\nSUBJECT:  a\n b\n\tc \nreceived: two\nX-Empty:\n\nbody")
        #expect(message.headers.map(\.name) == ["Received", "SUBJECT", "received", "X-Empty"])
        #expect(message.headers.first(named: "subject")?.unfolded == "a b\tc")
        #expect(message.headers.all(named: "Received").map(\.unfolded) == ["one", "two"])
        #expect(message.headers.first(named: "x-empty")?.unfolded == "")
        #expect(message.headers.first(named: "absent") == nil)
        #expect(String(decoding: message.headers[1].rawValue, as: UTF8.self) == "  a\r\n b\r\n\tc ")
        #expect(String(decoding: message.headers[0].rawField, as: UTF8.self) == "Received: one")
        #expect(message.root.text() == "body")
        #expect(message.defects == [])
    }

    @Test(
        arguments: [
            ("Subject : a\n\nb", ["Subject"], "b", [.spaceBeforeColon]),
            (
                "From x@y Sat Jan  1 00:00:00 2026\nSubject: a\n\nb", ["Subject"], "b",
                [.mboxFromLine]
            ),
            (
                ">From x@y Sat Jan  1 00:00:00 2026\nSubject: a\n\nb", ["Subject"], "b",
                [.mboxFromLine]
            ),
            (
                "Subject: a\nrubbish here\nTo: c\n\nb", ["Subject", "To"], "b",
                [.malformedHeaderLine]
            ),
            (
                "Subject: a\nNo header\nmore\n\nb", ["Subject"], "No header\nmore\n\nb",
                [.missingHeaderSeparator]
            ),
            ("Subject: a\n \t\n c\n\nb", ["Subject"], "b", [.blankContinuationLine]),
            (" c\nSubject: a\n\nb", ["Subject"], "b", [.continuationWithoutField]),
            ("Subject: a\nSubject: b\n\n", ["Subject", "Subject"], "", [.duplicateField]),
            ("Subject: a", ["Subject"], "", [.headerWithoutEnd]),
            ("", [], "", [.headerWithoutEnd]),
            ("\n\nb", [], "\nb", []),
            ("S\u{E9}bject: a\n\nb", ["S\u{E9}bject"], "b", [.nonASCIIFieldName]),
            ("Subject: \u{E9}\n\nb", ["Subject"], "b", [.nonASCIIFieldValue]),
            ("Subject: a\n\nb\0", ["Subject"], "b\0", [.nulOctet]),
            (
                "Only text, no fields at all\nand more", [],
                "Only text, no fields at all\nand more",
                [.missingHeaderSeparator]
            ),
        ] as [(String, [String], String, Set<Defect.Code>)])
    func `Broken header sections are read as far as they go`(
        text: String, names: [String], body: String, codes: Set<Defect.Code>
    ) {
        let message = Message.parse(text)
        #expect(message.headers.map(\.name) == names)
        #expect(message.root.text() == body.replacing("\n", with: "\r\n"))
        #expect(Message.codes(message) == codes)
    }

    @Test func `Mixed line ends are evidence`() {
        let message = MessageParser().parse(Array("A: b\r\nC: d\n\r\nx".utf8))
        #expect(Message.codes(message) == [.mixedLineEndings])
        #expect(message.headers.count == 2)
    }

    @Test func `An overlong line is evidence`() {
        let message = Message.parse("A: b\n\n" + String(repeating: "x", count: 1_000))
        #expect(Message.codes(message) == [.overlongLine])
        #expect(Message.parse("A: b\n\n" + String(repeating: "x", count: 998)).defects == [])
    }

    @Test func `Raw octets in fields are read as UTF-8, else windows-1252`() {
        let utf8 = MessageParser().parse(Array("Subject: \u{20AC}5\n\n".utf8))
        #expect(utf8.subject == "\u{20AC}5")
        let other = MessageParser().parse(Array("Subject: ".utf8) + [0x80, 0x35, 0x0A, 0x0A])
        #expect(other.subject == "\u{20AC}5")
    }

    @Test func `Message identifiers are read with and without brackets`() {
        let message = Message.parse(
            "Message-ID: <a@b>\nReferences: <c@d> <e@\n f>junk<g@h\nIn-Reply-To: x@y z@w\n\n")
        #expect(message.messageIdentifier?.text == "a@b")
        #expect(message.messageIdentifier?.domain == "b")
        #expect(
            message.headers.first(named: "References")?.messageIdentifiers.map(\.text)
                == ["c@d", "e@f", "g@h"])
        #expect(
            message.headers.first(named: "In-Reply-To")?.messageIdentifiers.map(\.text)
                == ["x@y", "z@w"])
    }
}
