import Gateway
import InternetMessage
import MailAuthentication
import Testing

struct BannerTests {
    private static let sentence = "Mind the sender & the <links>."

    /// The message with the banner, and what was done.
    private func changed(
        _ text: String, _ sentence: String = sentence
    ) throws -> (ParsedMessage, [RecordedAct]) {
        let banner = try #require(Banner(sentence))
        let octets = Array(text.utf8)
        let changes = MessageChanger(MessageChanger.Options(banner: banner))
            .changes(to: octets, RawMessage(octets, lineEnds: .asSent))
        return (MessageParser().parse(ContentEdit.apply(changes.edits, to: octets)), changes.acts)
    }

    private static func mail(_ type: String, _ encoding: String = "7bit", _ body: String) -> String
    {
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: \(type)\r\n"
            + "Content-Transfer-Encoding: \(encoding)\r\n\r\n\(body)"
    }

    // MARK: Plain text

    @Test(arguments: [
        ("7bit", "us-ascii", "Hello.\r\n", "Hello.\r\n"),
        ("8bit", "utf-8", "Grüße.\r\n", "Grüße.\r\n"),
        ("quoted-printable", "utf-8", "Gr=C3=BC=C3=9Fe =\r\nan alle\r\n", "Grüße an alle\r\n"),
        ("base64", "utf-8", "R3LDvMOfZQ==\r\n", "Grüße"),
        ("7bit", "gb2312", "Hello.\r\n", "Hello.\r\n"),
        ("quoted-printable", "windows-1252", "Gr=FC=DFe\r\n", "Grüße\r\n"),
    ])
    func `a plain text gets the sentence and an empty line before it`(
        encoding: String, charset: String, body: String, shown: String
    ) throws {
        let (message, acts) = try changed(
            Self.mail("text/plain; charset=\(charset)", encoding, body))
        #expect(message.root.text() == Self.sentence + "\r\n\r\n" + shown)
        #expect(acts.map(\.kind) == [.banner])
        #expect(message.defects.isEmpty)
        // What the sentence does not need stays: encoding, set, and but for base64 the octets.
        #expect(message.root.contentType.charset == charset)
        let raw = String(decoding: message.root.rawBody, as: UTF8.self)
        if encoding != "base64" { #expect(raw.hasSuffix(body)) }
    }

    @Test(arguments: [
        ("8bit", "utf-8", "Grüße.\r\n", "utf-8", TransferEncoding.eightBit),
        ("quoted-printable", "windows-1252", "Gr=FCn\r\n", "windows-1252", .quotedPrintable),
        // Where the set or the way cannot hold it, the part is written anew.
        ("7bit", "us-ascii", "Hello.\r\n", "utf-8", .quotedPrintable),
        ("7bit", "utf-8", "Hello.\r\n", "utf-8", .quotedPrintable),
        ("8bit", "utf-8", "Hello.\r\n", "utf-8", .quotedPrintable),
        ("quoted-printable", "iso-8859-7", "=E1\r\n", "utf-8", .quotedPrintable),
        ("base64", "utf-16", "/v8ASABp\r\n", "utf-8", .quotedPrintable),
    ])
    func `a sentence beyond ASCII stands in the part's set, or the part becomes UTF-8`(
        encoding: String, charset: String, body: String, newSet: String, now: TransferEncoding
    ) throws {
        let before = MessageParser().parse(
            Array(Self.mail("text/plain; charset=\(charset); format=flowed", encoding, body).utf8))
        let (message, acts) = try changed(
            Self.mail("text/plain; charset=\(charset); format=flowed", encoding, body), "Größe 5 ü")
        #expect(message.root.text() == "Größe 5 ü\r\n\r\n" + before.root.text())
        #expect(message.root.contentType.charset == newSet)
        #expect(message.root.transferEncoding == now)
        #expect(message.root.contentType.parameters.first(named: "format")?.value == "flowed")
        #expect(acts.map(\.kind) == [.banner])
        #expect(message.defects.isEmpty)
    }

    @Test func `a message that says nothing of itself learns to say what it is`() throws {
        let (message, _) = try changed("From: a@b.example\r\n\r\nHello.\r\n", "Ünd")
        #expect(message.root.text() == "Ünd\r\n\r\nHello.\r\n")
        #expect(message.headers.first(named: "MIME-Version")?.text == "1.0")
        #expect(message.headers.count == 4)
        let (plain, _) = try changed("From: a@b.example\r\n\r\nHello.\r\n")
        #expect(plain.headers.count == 1)
    }

    @Test func `a set that nobody knows is left alone where the sentence needs more than ASCII`()
        throws
    {
        let (message, acts) = try changed(
            Self.mail("text/plain; charset=x-mystery", "7bit", "Hello.\r\n"), "Ünd")
        #expect(message.root.text() == "Hello.\r\n")
        #expect(acts.map(\.kind) == [.leftAlone])
        #expect(acts[0].sentence.contains("character set"))
    }

    // MARK: Pages

    @Test(arguments: [
        ("<html><head><title>a <body></title></head><body class=\"x>y\">", "Hi</body></html>"),
        ("<!-- <body> --><BODY\r\n>", "Hi"),
        ("<!DOCTYPE html>\r\n<html><style>body{}</style><body>", "Hi"),
        // What hides a later <body> is content already.
        ("", "<div style=\"display:none\"><body>Hi"),
        ("", "Hi <body>"), ("", "<script></script><body>"), ("", "<noscript><body>"),
        ("<!--><body>", "--> Hi"), ("<body =\">", "Hi\">"), ("", "</html>"),
        ("<meta charset=utf-8> ", "<p>Hi"), ("<html>\r\n", "<title><body>"), ("", "<body x"),
        ("", "< body>"), ("<html></head>", ""), ("<?xml?><!x>", "<x>"),
        ("<style></styl></STYLE >", "Hi"),
    ])
    func `the box is the first thing that a page shows`(before: String, after: String) throws {
        let html = try #require(Banner(Self.sentence)).html
        for encoding in ["8bit", "quoted-printable", "base64"] {
            let page = before + after
            let body =
                switch encoding {
                case "8bit": page
                case "base64": Self.base64(page)
                default: page.replacing("=", with: "=3D")
                }
            let (message, _) = try changed(
                Self.mail("text/html; charset=utf-8", encoding, body))
            let shown = message.root.text()
            #expect(shown.contains(html), "\(encoding)")
            let pieces = shown.split(separator: html, omittingEmptySubsequences: false)
            #expect(pieces.count == 2)
            let isSpaced = encoding != "quoted-printable"
            #expect(pieces[0] == before + (isSpaced ? "\r\n" : ""), "\(encoding)")
            #expect(pieces.last ?? "" == (isSpaced ? "\r\n" : "") + after, "\(encoding)")
            #expect(message.defects.isEmpty)
        }
    }

    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var output = ""
        let octets = Array(text.utf8)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for place in 0..<4 {
                output +=
                    place <= group.count
                    ? String(alphabet[bits >> (18 - 6 * place) & 63]) : "="
            }
        }
        return output + "\r\n"
    }

    @Test func `the page's box is ASCII, escaped, and broken where the operator broke it`() throws {
        let banner = try #require(Banner("Größe <b> \"&'\nand more\n"))
        #expect(
            banner.html.contains("Gr&#246;&#223;e &lt;b&gt; &quot;&amp;&#39;<br>\r\nand more\r\n"))
        #expect(banner.html.utf8.allSatisfy { $0 < 0x80 })
        for line in banner.html.split(separator: "\r\n") { #expect(line.utf8.count < 100) }
    }

    @Test func `quoted-printable is read as it was written, the box in the middle of a line`()
        throws
    {
        let body = "<html><body style=3D\"a=\r\n:b\">Gr=C3=BC=C3=9Fe  =\r\n an  \r\nalle</body>\r\n"
        let (message, _) = try changed(Self.mail("text/html", "quoted-printable", body))
        let html = try #require(Banner(Self.sentence)).html
        let shown = String(decoding: message.root.decodedBody(), as: UTF8.self)
        #expect(
            shown == "<html><body style=\"a:b\">\(html)Grüße   an\r\nalle</body>\r\n")
        for line in message.root.rawBody.split(separator: 0x0A) { #expect(line.count <= 77) }
    }

    // MARK: Which parts

    private static let several = """
        From: a@b.example\r
        MIME-Version: 1.0\r
        Content-Type: multipart/mixed; boundary=o\r
        \r
        --o\r
        Content-Type: multipart/alternative; boundary=i\r
        \r
        --i\r
        \r
        Plain\r
        --i\r
        Content-Type: multipart/related; start="<page@x>"; boundary=r\r
        \r
        --r\r
        Content-Type: image/png\r
        \r
        png\r
        --r\r
        Content-Type: text/html\r
        Content-ID: <page@x>\r
        \r
        <b>Page</b>\r
        --r--\r
        --i--\r
        --o\r
        Content-Type: text/plain\r
        Content-Disposition: attachment; filename=a.txt\r
        \r
        Attached\r
        --o\r
        Content-Type: message/rfc822\r
        \r
        Subject: inner\r
        \r
        Inner text\r
        --o--\r

        """

    @Test func `each alternative gets it, attachments and messages inside do not`() throws {
        let before = MessageParser().parse(Array(Self.several.utf8))
        let (message, acts) = try changed(Self.several)
        let (old, new) = (before.allParts, message.allParts)
        #expect(old.map(\.contentType) == new.map(\.contentType))
        let changedParts = zip(old, new).filter { old, new in
            !old.contentType.isMultipart && old.children.isEmpty && old.message == nil
                && Array(old.rawBody) != Array(new.rawBody)
        }
        #expect(changedParts.map { $0.1.contentType.mediaType } == ["text/plain", "text/html"])
        #expect(acts[0].sentence.contains("(text/plain, text/html)"))
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(text.contains("\r\nAttached\r\n--o"))
        #expect(text.contains("\r\n\r\nInner text\r\n--o--"))
    }

    @Test(arguments: [
        ("multipart/signed; boundary=b", "multipart/signed"),
        ("multipart/encrypted; boundary=b", "multipart/encrypted"),
        ("application/pkcs7-mime; smime-type=signed-data", "application/pkcs7-mime"),
    ])
    func `signed and encrypted mail is left alone, and the record says so`(
        type: String, named: String
    ) throws {
        let text = Self.mail(
            type, "7bit", "--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b--\r\n"
        )
        let (message, acts) = try changed(text)
        #expect(message.bytes == Array(text.utf8))
        #expect(acts.map(\.kind) == [.leftAlone])
        #expect(acts[0].sentence.contains(named))
    }

    @Test func `PGP in the text itself is left alone`() throws {
        let body = "Hi\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nx\r\n"
        let (message, acts) = try changed(Self.mail("text/plain", "7bit", body))
        #expect(message.root.text() == body)
        #expect(acts.map(\.kind) == [.leftAlone])
    }

    @Test func `a message without text, of unknown encoding or of too many parts is left alone`()
        throws
    {
        let parts = String(repeating: "--b\r\n\r\nx\r\n", count: 5_000)
        for text in [
            Self.mail("image/png", "base64", "AAAA\r\n"),
            Self.mail("text/plain", "x-uuencode", "begin 644 a\r\n"),
            Self.mail("text/plain", "x-mine", "Hello\r\n"),
            Self.mail("multipart/mixed; boundary=b", "7bit", parts + "--b--\r\n"),
        ] {
            let (message, acts) = try changed(text)
            #expect(message.bytes == Array(text.utf8))
            #expect(acts.map(\.kind) == [.leftAlone])
        }
    }

    @Test func `a first line with a colon is no field of a message without a header`() throws {
        for text in ["No field here\r\n\r\nText\r\n", "Subject: x\r\nno field\r\n"] {
            let before = MessageParser().parse(Array(text.utf8))
            let (message, _) = try changed(text, "Mind: the sender")
            #expect(message.headers.count == before.headers.count)
            #expect(message.root.text() == "Mind: the sender\r\n\r\n" + before.root.text())
        }
        // The line of blanks ends the header, as it is read here; no field may come before it.
        let blank = "  \r\nDelivered-To: x\r\n\r\nText\r\n"
        #expect(try changed(blank, "Ünd").0.bytes == Array(blank.utf8))
        #expect(try changed(blank).0.headers.isEmpty)
        let (bare, acts) = try changed("Subject: x\r\rText\r")
        #expect(bare.bytes == Array("Subject: x\r\rText\r".utf8))
        #expect(acts.map(\.kind) == [.leftAlone])
    }

    // MARK: Limits

    @Test func `a sentence has at most 4 KiB and no control characters`() throws {
        let word = String(repeating: "x", count: Limits.bannerOctets)
        let banner = try #require(Banner(word))
        for line in banner.plain.split(separator: "\r\n") { #expect(line.utf8.count <= 200) }
        #expect(Banner(word + "x") == nil)
        #expect(Banner("") == nil)
        #expect(Banner(" \n\n") == nil)
        #expect(Banner("a\u{1B}[31mb") == nil)
        #expect(Banner("\n a  b \r\n\nc\n")?.text == "a b\n\nc")
    }

    @Test func `a message over 25 MiB leaves as it came, and the record says so`() throws {
        let options = MessageChanger.Options(
            subjectTag: SubjectTag("[External]"), banner: Banner("Mind."))
        var octets = Array("Subject: a\r\n\r\n".utf8)
        octets += Array(
            repeating: 0x61, count: Limits.changedMessageOctets - octets.count)
        let changer = MessageChanger(options)
        #expect(changer.changes(to: octets, RawMessage(octets)).edits.count == 2)
        octets.append(0x61)
        let changes = changer.changes(to: octets, RawMessage(octets))
        #expect(changes.isEmpty)
        #expect(changes.acts.map(\.kind) == [.leftAlone])
    }
}
