import InternetMessage
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("plain", "plain"), ("=?utf-8?Q?a_=C3=A9?=", "a \u{E9}"),
        ("=?UTF-8?b?w6k=?= x", "\u{E9} x"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"), ("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"), ("(=?iso-8859-1?q?=E9?=)", "(\u{E9})"),
        // A character cut in two by words of one character set.

        ("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "\u{E9}"),
        ("=?utf-8?B?w6?=", "\u{FFFD}"), ("=?utf-8?B?w6k?=", "\u{E9}"),
        ("=?utf-8*en?Q?a?=", "a"), ("=?utf-8?Q?a b?=", "a b"), ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("=?utf-8?Q?a", "=?utf-8?Q?a"), ("=?utf-8?Q??=", ""), ("=?", "=?"), ("=?=?=?", "=?=?=?"),
        ("=?x-none?Q?a=E9b?=", "a\u{FFFD}b"), ("=?x-none?Q?abc?=", "abc"),
        ("=?koi8-r?B?8NLJ18XU?=", "\u{41F}\u{440}\u{438}\u{432}\u{435}\u{442}"),
        ("=?windows-1251?Q?=CF=F0?=", "\u{41F}\u{440}"),
        ("=?iso-8859-2?Q?=B1=E6?=", "\u{105}\u{107}"),
        ("=?iso-8859-15?Q?=A4?=", "\u{20AC}"), ("=?us-ascii?Q?=E9?=", "\u{E9}"),
        ("=?utf-7?Q?+AOk-?=", "\u{E9}"), ("=?utf-16be?B?AOk=?=", "\u{E9}"),
    ])
    func `Encoded words`(text: String, meaning: String) {
        #expect(EncodedWord.decode(Array(text.utf8)).text == meaning)
    }

    @Test func `What was wrong with a word is said`() {
        func defects(_ text: String) -> Set<Defect.Code> {
            EncodedWord.decode(Array(text.utf8)).defects
        }
        #expect(defects("=?utf-8?Q?a?=") == [])
        #expect(defects("=?utf-8?Q?a") == [.malformedEncodedWord])
        #expect(defects("=?utf-8?Q?=C3?=") == [.invalidCharsetOctets])
        #expect(defects("=?x-none?Q?abc?=") == [.unknownCharset])
        #expect(defects("=?utf-8?B?w6k?=") == [.base64MissingPadding])
    }

    @Test(
        arguments: [
            ("utf-8", [0xC3, 0xA9], "\u{E9}", "utf-8"),
            ("UTF8", [0xEF, 0xBB, 0xBF, 0x61], "a", "utf-8"),
            ("iso-8859-1", [0xE9, 0x80], "\u{E9}\u{20AC}", "windows-1252"),
            ("Windows-1252", [0x93], "\u{201C}", "windows-1252"),
            ("iso-8859-2", [0xB3], "\u{142}", "iso-8859-2"),
            ("koi8-r", [0xC1], "\u{430}", "koi8-r"),
            ("windows-1251", [0xE0], "\u{430}", "windows-1251"),
            ("windows-1255", [0xE0], "\u{5D0}", "windows-1255"),
            ("windows-874", [0xA1], "\u{E01}", "windows-874"),
            ("cp437", [0x80], "\u{C7}", "ibm437"),
            ("utf-16", [0xFF, 0xFE, 0x61, 0x00], "a", "utf-16"),
            ("\"us-ascii\"", [0x61], "a", "us-ascii"), ("", [0xE9], "\u{E9}", "windows-1252"),
        ] as [(String, [UInt8], String, String)])
    func `Character sets`(label: String, bytes: [UInt8], text: String, name: String) {
        let decoded = Charset.decode(bytes, label: label)
        #expect(decoded.text == text)
        #expect(decoded.charset == name)
        #expect(decoded.defects == [])
    }

    @Test func `Every octet of every table has a character, or a defect says not`() {
        let sets =
            (1...16).filter { $0 != 12 }.map { "iso-8859-\($0)" }
            + (1250...1258).map { "windows-\($0)" }
            + [
                "windows-874", "koi8-r", "koi8-u", "ibm437", "ibm850", "ibm852", "ibm866",
                "macintosh",
            ]
        for name in sets {
            #expect(Charset.isKnown(name))
            let decoded = Charset.decode((0...255).map { UInt8($0) }, label: name)
            #expect(decoded.text.unicodeScalars.count == 256)
            #expect(decoded.defects.isEmpty != decoded.text.contains("\u{FFFD}"))
        }
    }

    @Test func `The body is decoded in its declared character set`() {
        let message = MessageParser().parse(
            Array("Content-Type: text/plain; charset=koi8-r\r\n\r\n".utf8) + [0xC1])
        #expect(message.root.text() == "\u{430}")
        let wrong = MessageParser().parse(
            Array("Content-Type: text/plain; charset=utf-8\r\n\r\n".utf8) + [0xC1])
        #expect(wrong.root.decodedText().defects == [.invalidCharsetOctets])
    }
}
