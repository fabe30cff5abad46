import Foundation
import SMTP
import SMTPServer
import TestSupport
import Testing

/// Every form of SMTP smuggling that the tools know, against the real listener: none makes one
/// message two, whatever the pieces it comes in.
@Suite(.timeLimit(.minutes(5))) struct SMTPSmugglingConformanceTests {
    /// Ends of messages that no server may take for one: those that both tools try, and more.
    static let ends = [
        "\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\n.\r", "\r.\n", "\r\n.\n", "\r\n.\r",
        "\r\n\0.\r\n",
        "\r\n.\0\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n", "\r\n\r.\r\n", "\n\n.\r\n", "\r\n.\n\r\n",
        "\n\r.\n\r", "\r\n. \r\n", "\r\n..\r\n", "\r\n.\t\r\n", "\u{85}.\u{85}",
        "\u{2028}.\u{2028}",
        "\u{B}.\u{B}", "\u{C}.\u{C}", "\0\r\n\0.\0\r\n", "\n\0.\n",
    ]

    private static let smuggled =
        "mail FROM:<smuggled@b>\r\nrcpt TO:<c@d>\r\ndata\r\nSubject: smuggled\r\n\r\nx"

    @Test func `no form of smuggling makes one message two`() async throws {
        let ends = try Set(Self.ends + Self.readme())
        var cases = 0
        var unmet: [String] = []
        for bareLineFeed in [BareLineFeed.normalize, .reject] {
            try await SMTPConformanceServer.run(bareLineFeed: bareLineFeed) { port, messages in
                for end in ends.sorted() {
                    for form in Self.forms(end) {
                        for isDripping in [false, true] {
                            cases += 1
                            messages.clear()
                            try await Self.run(port, form, isDripping: isDripping)
                            if !Self.isOne(messages.all) {
                                unmet.append("\(end.debugDescription) \(bareLineFeed)")
                            }
                        }
                    }
                }
            }
        }
        print(
            "CONFORMANCE smtp-smuggling-docs: cases \(cases), met \(cases - unmet.count), "
                + "not met \(unmet.count)")
        for name in unmet { print("  not met: \(name)") }
        #expect(unmet.isEmpty)
        #expect(cases == ends.count * 2 * 3 * 2)
    }

    /// By DATA, in one chunk, and in chunks cut in the middle of the false end.
    private static func forms(_ end: String) -> [[UInt8]] {
        let start = "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
        let content = Array("Subject: x\r\n\r\ntext\(end)\(smuggled)".utf8)
        let half = 16 + Array(end.utf8).count / 2
        let chunk = Array("\(start)BDAT \(content.count) LAST\r\n".utf8) + content
        let chunks =
            Array("\(start)BDAT \(half)\r\n".utf8) + content[..<half]
            + Array("BDAT \(content.count - half) LAST\r\n".utf8) + content[half...]
        return [
            Array("\(start)DATA\r\n".utf8) + content + Array("\r\n.\r\nQUIT\r\n".utf8),
            chunk + Array("QUIT\r\n".utf8), chunks + Array("QUIT\r\n".utf8),
        ]
    }

    private static func run(_ port: Int, _ octets: [UInt8], isDripping: Bool) async throws {
        try await SMTPConformanceClient.connect(port) { client in
            _ = await client.reply()
            if isDripping { await client.drip(octets) } else { await client.send(octets) }
            _ = await client.rest()
        }
    }

    /// At most one message, not the smuggled one, and without a line end that others could see
    /// elsewhere.
    private static func isOne(_ messages: [ReceivedMessage]) -> Bool {
        messages.count <= 1
            && messages.allSatisfy { message in
                guard case .memory(let octets) = message.content else { return false }
                return message.envelope.reversePath.description == "a@b"
                    && octets.indices.allSatisfy { index in
                        switch octets[index] {
                        case 0x0A: index > 0 && octets[index - 1] == 0x0D
                        case 0x0D: index + 1 < octets.count && octets[index + 1] == 0x0A
                        default: true
                        }
                    }
            }
    }

    /// The sequences that the tool's own description names, in both of its spellings.
    private static func readme() throws -> [String] {
        let path = try SharedData.path("conformance/smtp-smuggling-docs/README.md")
        let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
            .replacing("&lt;CR&gt;", with: "\\r").replacing("&lt;LF&gt;", with: "\\n")
        var found: [String] = []
        var current = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix("\\r") || rest.hasPrefix("\\n") {
                current += rest.hasPrefix("\\r") ? "\r" : "\n"
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix(".") {
                current += "."
                rest = rest.dropFirst()
            } else {
                found.append(current)
                current = ""
                rest = rest.dropFirst()
            }
        }
        let right = "\r\n.\r\n"
        let named = Set(found).filter {
            $0.unicodeScalars.contains(".") && $0.unicodeScalars.first != "."
                && $0.unicodeScalars.last != "." && !$0.contains(right)
        }
        #expect(named.contains("\n.\n"))
        #expect(named.contains("\n.\r\n"))
        return named.sorted()
    }
}
