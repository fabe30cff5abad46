import InternetMessage
import Testing

@Suite struct ContentFieldTests {
    @Test(
        arguments: [
            ("text/plain", "text/plain", []),
            ("TEXT / Plain (c) ; CharSet = \"UTF-8\" (d)", "text/plain", ["charset=UTF-8"]),
            ("text/plain charset=x", "text/plain", ["charset=x"]),
            ("text/plain; charset=x name=\"y z\"", "text/plain", ["charset=x", "name=y z"]),
            ("a/b; name=a b.pdf; x=1", "a/b", ["name=a b.pdf", "x=1"]),
            ("a/b; boundary=----=_a/b:c", "a/b", ["boundary=----=_a/b:c"]),
            ("a/b; name=\"a\\\"b\\\\c\"", "a/b", ["name=a\"b\\c"]),
            ("a/b; name=\"a; x=1", "a/b", ["name=a", "x=1"]),
            ("a/b;;; ; x=1;", "a/b", ["x=1"]),
            ("a/b; x=1; x=2", "a/b", ["x=1"]),
            ("a/b; =1; ?; x=2", "a/b", ["x=2"]),
            ("a/b; x=(comment)y", "a/b", ["x=y"]),
            ("a/b; x=1 (no end; y=2", "a/b", ["x=1 (no end", "y=2"]),
            ("a/b; t*0=a; t*1=b; t*2=c", "a/b", ["t=abc"]),
            ("a/b; t*2=c; t*0=a; t*1=b", "a/b", ["t=abc"]),
            ("a/b; t*=utf-8'en'%E2%82%ac", "a/b", ["t=\u{20AC}"]),
            ("a/b; t*0*=iso-8859-1''%E9; t*1=%41; t*2*=%42", "a/b", ["t=\u{E9}%41B"]),
            ("a/b; t=x; t*=utf-8''y", "a/b", ["t=y"]),
            ("a/b; t*=%zz%4", "a/b", ["t=%zz%4"]),
            ("a/b; t*99999999999999999999=x", "a/b", ["t*99999999999999999999=x"]),
            ("multipart; boundary=a", "multipart/mixed", ["boundary=a"]),
            ("text", "text/plain", []),
        ] as [(String, String, [String])])
    func `Content types`(text: String, mediaType: String, parameters: [String]) {
        let type = ContentType(parsing: Array(text.utf8))
        #expect(type?.mediaType == mediaType)
        #expect(type?.parameters.map { "\($0.name)=\($0.value)" } == parameters)
    }

    @Test(arguments: ["", ";", "/", "/plain", "=", "inline", "(((", "\"text/plain\""])
    func `What has no type is nil, and the part is plain text`(text: String) {
        #expect(ContentType(parsing: Array(text.utf8)) == nil)
        let message = Message.parse("Content-Type: \(text)\n\nx")
        #expect(message.root.contentType == .plainText)
        #expect(message.has(.malformedContentType))
    }

    @Test(arguments: [
        ("Content-Disposition: attachment; filename=a.xml", "a.xml"),
        (
            "Content-Disposition: attachment; filename=\"a b.xml\"\nContent-Type: a/b; name=c",
            "a b.xml"
        ),
        ("Content-Type: a/b; name=c", "c"),
        ("Content-Disposition: inline\nContent-Type: a/b; name=c", "c"),
        ("Content-Disposition: filename=c", "c"),
        ("Content-Disposition: attachment; filename*=UTF-8''%F0%9F%98%80.txt", "\u{1F600}.txt"),
        ("Content-Disposition: attachment; filename=\"=?utf-8?B?w6k=?=.txt\"", "\u{E9}.txt"),
        (
            "Content-Disposition: attachment; filename*0=\"=?utf-8?Q?=C3\"; filename*1=\"=A9?=.x\"",
            "\u{E9}.x"
        ),
        ("Content-Disposition: attachment; filename=\"\u{E9}.txt\"", "\u{E9}.txt"),
        ("Content-Disposition: attachment; filename=\"\"", nil),
        ("Content-Disposition: attachment", nil),
    ])
    func `File names`(header: String, name: String?) {
        #expect(Message.parse(header + "\n\nx").root.fileName == name)
    }

    @Test(
        arguments: [
            ("7bit", .sevenBit), ("8BIT", .eightBit), ("binary", .binary), (" Base64 ", .base64),
            ("quoted-printable;", .quotedPrintable), ("x-uuencode", .uuencode),
            ("\"base64\"", .base64), ("plain", .unknown("plain")), ("", .sevenBit),
        ] as [(String, TransferEncoding)])
    func `Transfer encodings`(text: String, encoding: TransferEncoding) {
        let message = Message.parse("Content-Transfer-Encoding: \(text)\n\nx")
        #expect(message.root.transferEncoding == encoding)
        #expect(message.has(.unknownTransferEncoding) == (encoding == .unknown("plain")))
    }
}
