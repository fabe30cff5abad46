import SMTP
import Testing

@Suite struct DotStuffingTests {
    private func stuff(_ parts: [[UInt8]]) -> (text: String, repaired: Int) {
        var stuffing = DotStuffing()
        var output: [UInt8] = []
        for part in parts {
            part.withUnsafeBytes { stuffing.encode($0) { output += $0 } }
        }
        stuffing.finish { output += $0 }
        return (String(decoding: output, as: UTF8.self), stuffing.repairedLineEnds)
    }

    @Test(arguments: [
        ("", ".\r\n", 0), ("a\r\n", "a\r\n.\r\n", 0), ("a", "a\r\n.\r\n", 1),
        (".", "..\r\n.\r\n", 1), (".\r\n", "..\r\n.\r\n", 0),
        ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n", 0),
        ("a\r\n..b\r\n.c\r\nd.\r\n", "a\r\n...b\r\n..c\r\nd.\r\n.\r\n", 0),
        ("\r\n\r\n", "\r\n\r\n.\r\n", 0),
        // What servers that take a lone CR or LF for the end of a line would read as two messages.
        ("a\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n", 1),
        ("a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n", 3),
        ("a\r.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n", 1),
        ("a\r.\rb\r", "a\r\n..\r\nb\r\n.\r\n", 3),
        ("a\r\r\n.b\r\n", "a\r\n\r\n..b\r\n.\r\n", 1),
        ("a\n\r\n.\n\r.", "a\r\n\r\n..\r\n\r\n..\r\n.\r\n", 4),
        ("12345678\r\n.2345678.\r\n", "12345678\r\n..2345678.\r\n.\r\n", 0),
        ("1234567\r\n", "1234567\r\n.\r\n", 0), ("1234567\n.", "1234567\r\n..\r\n.\r\n", 2),
    ])
    func `dots are doubled, and every line ends in CRLF`(
        _ text: String, _ expected: String, _ repaired: Int
    ) {
        let octets = Array(text.utf8)
        let whole = stuff([octets])
        #expect(whole.text == expected)
        #expect(whole.repaired == repaired)
        #expect(stuff(octets.map { [$0] }) == whole)
        for cut in octets.indices {
            #expect(stuff([Array(octets[..<cut]), Array(octets[cut...])]) == whole)
        }
    }

    @Test func `whatever goes in, the end of the content is found at the end alone`() {
        var generator = SystemRandomNumberGenerator()
        let letters: [UInt8] = [0x0D, 0x0A, 0x2E, 0x61, 0x8A, 0x00]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let octets = (0..<count).map { _ in letters.randomElement(using: &generator) ?? 0 }
            var stuffing = DotStuffing()
            var output: [UInt8] = []
            octets.withUnsafeBytes { stuffing.encode($0) { output += $0 } }
            stuffing.finish { output += $0 }
            let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
            #expect(
                lines.dropLast().allSatisfy {
                    $0.last == 0x0D && $0.filter { $0 == 0x0D }.count == 1
                })
            #expect(lines.dropLast().lastIndex(of: [0x2E, 0x0D]) == lines.count - 2)
            #expect(lines.dropLast().firstIndex(of: [0x2E, 0x0D]) == lines.count - 2)
        }
    }
}
