import SMTP
import Testing

/// Any chunking of the octets gives the same actions.
struct `Pieces` {
    static let scripts: [String] = [
        "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x\r\n\r\n..y\r\n.\r\nQUIT\r\n",
        "EHLO c\r\nMAIL FROM:<a@b> BODY=8BITMIME\r\nRCPT TO:<c@d>\r\nRCPT TO:<refused@d>\r\n"
            + "BDAT 3\r\nabcBDAT 6 LAST\r\nd\r\ne\nfMAIL FROM:<>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n",
        "HELO c\nMAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\nx\ny\r\n.\r\nRSET\r\nFOO\r\n\r\n",
        "EHLO c\r\nMAIL FROM:<a@b>\r\nBDAT 10\r\n0123456789BDAT 5 LAST\r\n01234NOOP\r\n",
        "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 10\r\n0123456789EHLO c\r\nDATA\r\n",
        "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\na\rb\r\n0123456789012345678901234567890"
            + "12345678901234567890123456789\r\n.\r\nQUIT\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "NOOP\0\r\nNOOP\r\n",
        "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT x\r\nRSET\r\n",
        "XCLIENT ADDR=192.0.2.1\r\nEHLO c\r\nXCLIENT ADDR=x\r\nSTARTTLS\r\nEHLO c\r\n",
        String(repeating: "A", count: 5_000) + "\r\nNOOP\r\n",
        String(repeating: "A", count: Limits.refusedLineOctets + 5_000) + "\r\nNOOP\r\n",
        String(repeating: "RCPT TO:<refused@b>\r\n", count: 30),
        "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n\r\n.\r\nMAIL FROM:<e@f>\r\n",
    ]

    @Test(arguments: scripts.indices)
    func `any chunking gives the same actions`(_ index: Int) {
        let script = Array(Self.scripts[index].utf8)
        var options = Dialogue.options
        options.maximumMessageOctets = 40
        options.offersStartTLS = true
        options.offersXClient = true
        options.errorsBeforeTarpit = 3
        var whole = Dialogue(options)
        whole.feed(script)
        var random = SplitMix(state: UInt64(index))
        for turn in 0..<20 {
            let pieces = turn == 0 ? [1] : (0..<7).map { _ in Int(random.next() % 23) + 1 }
            var parts = Dialogue(options)
            parts.feed(script, inPiecesOf: pieces)
            #expect(
                parts.events.filter { $0 != "unused" } == whole.events.filter { $0 != "unused" })
            #expect(parts.messages == whole.messages)
            #expect(parts.defects == whole.defects)
        }
    }
}

/// A small generator with a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
