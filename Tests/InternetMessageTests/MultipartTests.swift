import InternetMessage
import Testing

@Suite struct MultipartTests {
    static let simple = """
        From: a@example.org
        Content-Type: multipart/mixed; boundary="b 1"

        preamble
        --b 1
        Content-Type: text/html

        <p>
        --b 1
        Content-Type: image/png; name=x.png
        Content-Transfer-Encoding: base64

        AAEC

        --b 1--
        epilogue

        """

    @Test func `A multipart is cut at its boundary, the line end before it included`() {
        let message = Message.parse(Self.simple)
        #expect(Message.tree(message.root) == "multipart/mixed[text/html image/png]")
        #expect(message.defects == [])
        let root = message.root
        #expect(root.children[0].text() == "<p>")
        #expect(root.children[1].decodedBody() == [0, 1, 2])
        #expect(root.children[1].fileName == "x.png")
        #expect(String(decoding: root.source[root.preambleRange], as: UTF8.self) == "preamble")
        #expect(String(decoding: root.source[root.epilogueRange], as: UTF8.self) == "epilogue\r\n")
    }

    @Test func `Bare LF and bare CR give the same tree, and are said to be there`() {
        let text = Message.bytes(Self.simple)
        let lf = MessageParser().parse(text.filter { $0 != 0x0D })
        let cr = MessageParser().parse(text.filter { $0 != 0x0A })
        for (message, code) in [(lf, Defect.Code.bareLineFeed), (cr, .bareCarriageReturn)] {
            #expect(Message.tree(message.root) == "multipart/mixed[text/html image/png]")
            #expect(Message.codes(message) == [code])
            #expect(message.root.children[0].text() == "<p>")
        }
    }

    @Test func `A bare CR beside LF ends no line`() {
        let message = MessageParser().parse(Array("Subject: a\rTo: b\r\n\r\nx".utf8))
        #expect(message.headers.count == 1)
        #expect(message.has(.bareCarriageReturn))
        #expect(message.subject == "a To: b")
    }

    /// A message about boundaries, the tree that it has, and what is said about it.
    struct Trap: Sendable, CustomTestStringConvertible {
        let text: String
        let tree: String
        let codes: Set<Defect.Code>
        var testDescription: String { text.debugDescription }

        /// `{x}` stands for the header of a multipart with boundary x, `|` for a line end.
        init(_ text: String, _ tree: String, _ codes: Set<Defect.Code> = []) {
            self.text =
                text.replacing("{", with: "Content-Type: multipart/mixed; boundary=")
                .replacing("}", with: "||").replacing("|", with: "\n")
            self.tree = tree.replacing("M[", with: "multipart/mixed[")
            self.codes = codes
        }
    }

    static let html = "Content-Type: text/html||"
    static let traps: [Trap] = [
        // A boundary that is the beginning of another one, both ways.
        Trap("{a}--a|{ab}--ab||x|--ab--|--a|\(html)--a--|", "M[M[text/plain] text/html]"),
        Trap(
            "{ab}--ab|{a}--a||x|--ab||y|--ab--|", "M[M[text/plain] text/plain]",
            [.missingEndBoundary]),
        // The end of one is a separator of the other.
        Trap(
            "{a--}--a--|{a}--a||x|--a--||y|--a----|", "M[M[text/plain] text/plain]",
            [.ambiguousBoundaryLine, .missingEndBoundary]),
        // One boundary used inside itself: the innermost takes the line.
        Trap(
            "{a}--a|{a}--a||x|--a--|--a|\(html)--a--|", "M[M[text/plain] text/html]",
            [.nestedSameBoundary]),
        Trap("{a}--a||x|", "M[text/plain]", [.missingEndBoundary]),
        Trap("{a}no boundary|", "multipart/mixed", [.boundaryNeverUsed]),
        Trap("Content-Type: multipart/mixed||--a||x|", "multipart/mixed", [.missingBoundary]),
        Trap("{\"\"}--||x|", "multipart/mixed", [.missingBoundary]),
        Trap("{a}--a||x|--a--|--a||hidden|", "M[text/plain]", [.delimiterAfterEnd]),
        Trap("{a}--a \t||x|--a--|", "M[text/plain]"),
        Trap("{a; boundary=b}--a||x|--a--|", "M[text/plain]", [.duplicateParameter]),
        Trap(
            "{x; boundary*0=a; boundary*1=b}--ab||x|--ab--|", "M[text/plain]",
            [.conflictingParameter]),
        Trap(
            "Content-Type: multipart/digest; boundary=a||--a||Subject: s||x|--a|"
                + "Content-Type: text/plain||y|--a--|",
            "multipart/digest[message/rfc822{text/plain} text/plain]"),
        // A part whose header has no end, and one whose body follows at once.
        Trap("{a}--a|Content-Type: text/html|--a--|", "M[text/html]", [.headerWithoutEnd]),
        Trap("{a}--a|Just text.|--a--|", "M[text/plain]", [.missingHeaderSeparator]),
        Trap(
            "Content-Type: multipart/mixed; boundary=a|Content-Type: text/plain||--a||--a--|",
            "M[text/plain]", [.duplicateField]),
    ]

    @Test(arguments: traps)
    func `Traps in boundaries`(trap: Trap) {
        let message = Message.parse(trap.text)
        #expect(Message.tree(message.root) == trap.tree)
        #expect(Message.codes(message) == trap.codes)
    }

    @Test func `A boundary of the outer multipart ends the embedded message`() {
        let message = Message.parse(
            """
            Content-Type: multipart/mixed; boundary=o

            --o
            Content-Type: message/rfc822

            Subject: =?utf-8?q?inner?=
            Content-Type: multipart/mixed; boundary=i

            --i

            text
            --o
            Content-Type: application/zip

            --o--

            """)
        #expect(
            Message.tree(message.root)
                == "multipart/mixed[message/rfc822{multipart/mixed[text/plain]} application/zip]")
        let inner = message.root.children[0].message
        #expect(inner?.headers.first(named: "SUBJECT")?.text == "inner")
        #expect(message.has(.missingEndBoundary))
        #expect(
            message.allParts.map(\.contentType.subtype) == [
                "mixed", "rfc822", "mixed", "plain", "zip",
            ])
    }

    @Test(arguments: ["base64", "quoted-printable"])
    func `A message that was encoded as a whole is decoded and parsed`(encoding: String) {
        let inner =
            encoding == "base64"
            ? "U3ViamVjdDogaGkKQ29udGVudC1UeXBlOiB0ZXh0L2h0bWwKCjxiPgo="
            : "Subject: hi\nContent-Type:=20text/html\n\n<b=3E\n"
        let message = Message.parse(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: \(encoding)\n\n" + inner)
        #expect(Message.tree(message.root) == "message/rfc822{text/html}")
        #expect(message.has(.encodedComposite))
        #expect(message.root.message?.headers.first(named: "subject")?.text == "hi")
        #expect(message.root.message?.text().hasPrefix("<b>") == true)
    }

    @Test func `A multipart that was encoded as a whole is decoded and cut`() {
        // "--a\n\nx\n--a--\n"
        let message = Message.parse(
            """
            Content-Type: multipart/mixed; boundary=a
            Content-Transfer-Encoding: base64

            LS1hCgp4Ci0tYS0tCg==

            """)
        #expect(Message.tree(message.root) == "multipart/mixed[text/plain]")
        #expect(message.root.children.first?.text() == "x")
        #expect(message.has(.encodedComposite))
    }

    @Test func `Base64 on a message that is plain is not believed`() {
        let message = Message.parse(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: s\n\nx")
        #expect(message.root.message?.headers.first?.text == "s")
        #expect(message.root.message?.text() == "x")
    }

    @Test func `Pieces of messages and bodies elsewhere are evidence`() {
        #expect(
            Message.parse("Content-Type: message/partial; id=x\n\nSubject: s\n\n")
                .has(.partialMessage))
        #expect(
            Message.parse("Content-Type: message/external-body\n\nSubject: s\n\n")
                .has(.externalBody))
    }
}
