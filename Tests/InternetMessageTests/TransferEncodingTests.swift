import InternetMessage
import Testing

@Suite struct TransferEncodingTests {
    private static func decode(_ encoding: String, _ body: String, limit: Int = 1_000)
        -> DecodedBody
    {
        MessageParser().parse(
            Array("Content-Transfer-Encoding: \(encoding)\r\n\r\n\(body)".utf8)
        ).root.decode(limit: limit)
    }

    @Test(
        arguments: [
            ("SGVsbG8=", "Hello", []), ("SGVs\r\nbG8=\r\n", "Hello", []),
            ("SGVsbG8", "Hello", [.base64MissingPadding]), ("SG!Vs-bG8=", "Hello", [.base64Junk]),
            ("SGVsbG8=SGVsbG8=", "HelloHello", [.base64DataAfterPadding]),
            (
                "SGVsbG8=\r\n\r\n-- \r\nAd", "Hello\u{1}",
                [
                    .base64DataAfterPadding, .base64Junk,
                    .base64MissingPadding,
                ]
            ),
            ("S", "", [.base64Truncated]), ("SGVsb", "Hel", [.base64Truncated]), ("====", "", []),
            ("", "", []), ("SA==", "H", []), ("SGU=", "He", []),
        ] as [(String, String, Set<Defect.Code>)])
    func `Base64 is decoded through line ends, junk and missing padding`(
        body: String, text: String, defects: Set<Defect.Code>
    ) {
        let decoded = Self.decode("base64", body)
        #expect(String(decoding: decoded.bytes, as: UTF8.self) == text)
        #expect(decoded.defects == defects)
        #expect(!decoded.isTruncated)
    }

    @Test(
        arguments: [
            ("a=3Db=e9=C3", [0x61, 0x3D, 0x62, 0xE9, 0xC3], []),
            ("a=\r\nb=\nc= \t\r\nd", Array("abcd".utf8), []),
            ("a  \t\r\nb ", Array("a\r\nb".utf8), []),
            ("a=Zb=", Array("a=Zb".utf8), [.quotedPrintableMalformed]),
            ("=4", Array("=4".utf8), [.quotedPrintableMalformed]),
            ("==3D", Array("==".utf8), [.quotedPrintableMalformed]),
        ] as [(String, [UInt8], Set<Defect.Code>)])
    func `Quoted-printable is decoded as far as it is any`(
        body: String, bytes: [UInt8], defects: Set<Defect.Code>
    ) {
        let decoded = Self.decode("quoted-printable", body)
        #expect(decoded.bytes == bytes)
        #expect(decoded.defects == defects)
    }

    @Test(
        arguments: [
            ("begin 644 a\r\n%2&5L;&\\\r\n`\r\nend\r\nx", "Hello", []),
            ("text\nbegin 644 a\n%2&5L;&\\\n", "Hello", []),
            ("%2&5L;&\\\n", "Hello", [.uuencodeMalformed]),
            ("begin 644 a\n%2&5L\nend", "Hel", [.uuencodeMalformed]),
            ("", "", [.uuencodeMalformed]),
        ] as [(String, String, Set<Defect.Code>)])
    func `Uuencoded bodies`(body: String, text: String, defects: Set<Defect.Code>) {
        let decoded = Self.decode("x-uuencode", body)
        #expect(String(decoding: decoded.bytes, as: UTF8.self) == text)
        #expect(decoded.defects == defects)
    }

    @Test(arguments: ["base64", "quoted-printable", "x-uuencode", "7bit", "unheard-of"])
    func `No decoder gives more than its limit`(encoding: String) {
        let body = String(repeating: "QUJDREVG", count: 40)
        for limit in [0, 1, 2, 3, 7, 100] {
            let decoded = Self.decode(encoding, body, limit: limit)
            #expect(decoded.bytes.count <= limit)
            let whole = Self.decode(encoding, body).bytes
            #expect(decoded.bytes == Array(whole.prefix(limit)))
            #expect(decoded.isTruncated == (whole.count > limit))
        }
        #expect(Self.decode(encoding, body, limit: -1).bytes.isEmpty)
    }

    @Test func `Decoding is charged to a budget`() {
        let part = Message.parse("Content-Transfer-Encoding: base64\n\nQUJDREVG").root
        var budget = Budget()
        budget.decodedBytes = 4
        let body = part.decode(charging: &budget)
        #expect(body.bytes == Array("ABCD".utf8))
        #expect(body.isTruncated)
        #expect(budget.decodedBytes == 0)
        #expect(part.decode(charging: &budget).bytes.isEmpty)
    }
}
