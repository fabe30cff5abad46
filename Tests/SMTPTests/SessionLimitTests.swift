import SMTP
import Testing

/// Every limit of the dialogue, hit.
struct `Limits of a dialogue` {
    private func run(
        _ text: String, _ change: (inout SMTPServerOptions) -> Void = { _ in }
    ) -> Dialogue {
        var options = Dialogue.options
        change(&options)
        var dialogue = Dialogue(options)
        dialogue.feed(text)
        return dialogue
    }

    private let start = "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

    @Test func `a message too large is refused when it is announced`() {
        let dialogue = run("EHLO c\r\nMAIL FROM:<a@b> SIZE=101\r\nMAIL FROM:<a@b> SIZE=100\r\n") {
            $0.maximumMessageOctets = 100
        }
        #expect(dialogue.codes.suffix(2) == [552, 250])
        #expect(dialogue.events.contains { $0.contains("552 5.3.4") })
    }

    @Test func `a message too large is refused at its end, and the dialogue goes on`() {
        let line = String(repeating: "x", count: 48) + "\r\n"
        for (count, expected) in [(2, 250), (3, 552)] {
            let dialogue = run(
                start + "DATA\r\n" + String(repeating: line, count: count) + ".\r\nNOOP\r\n"
            ) { $0.maximumMessageOctets = 100 }
            #expect(dialogue.codes.suffix(2) == [expected, 250])
        }
        let chunks = run(
            start + "BDAT 50\r\n\(line)BDAT 51 LAST\r\nx\(line)BDAT 1 LAST\r\nxNOOP\r\n"
        ) {
            $0.maximumMessageOctets = 100
        }
        #expect(chunks.codes.suffix(4) == [250, 552, 503, 250])
        // Bare line feeds grow.
        let grown = run(
            start + "BDAT 60 LAST\r\n" + String(repeating: "\n", count: 60) + "NOOP\r\n"
        ) {
            $0.maximumMessageOctets = 100
        }
        #expect(grown.codes.suffix(2) == [552, 250])
    }

    @Test func `nobody needs to stay in step for ever`() {
        var options = Dialogue.options
        options.maximumMessageOctets = 1_000
        var dialogue = Dialogue.inData(options)
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        for _ in 0..<256 where !dialogue.isClosed { dialogue.feed(piece) }
        #expect(!dialogue.isClosed)
        dialogue.feed(piece)
        #expect(dialogue.isClosed)
        #expect(dialogue.codes.last == 552)
        let chunk = run(start + "BDAT \(Limits.refusedContentOctets + 1)\r\nNOOP\r\n")
        #expect(chunk.codes.last == 552)
        #expect(chunk.isClosed)
    }

    @Test func `recipients have a number`() {
        let dialogue = run(
            start + "RCPT TO:<c@d>\r\nRCPT TO:<c@d>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n"
        ) { $0.recipients = 3 }
        #expect(dialogue.codes.suffix(4) == [250, 452, 354, 250])
        #expect(dialogue.envelopes.first?.recipients.count == 3)
        let null = run("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<c@d>\r\nRCPT TO:<c@d>\r\nDATA\r\n") {
            $0.nullSenderRecipients = 1
        }
        #expect(null.codes.suffix(3) == [250, 452, 354])
    }

    @Test func `recipients beyond the limit are no errors, up to a limit of their own`() {
        let more = String(repeating: "RCPT TO:<c@d>\r\n", count: Limits.recipientOvershoot - 1)
        let dialogue = run(start + more + "DATA\r\n.\r\n") { $0.recipients = 1 }
        #expect(dialogue.codes.suffix(2) == [354, 250])
        let flood = run(start + more + String(repeating: "RCPT TO:<c@d>\r\n", count: 30)) {
            $0.recipients = 1
        }
        #expect(flood.codes.last == 421)
    }

    @Test func `errors have a number`() {
        let dialogue = run(String(repeating: "FOO\r\n", count: 30)) { $0.errors = 4 }
        #expect(dialogue.codes == [220, 500, 500, 500, 500, 421])
        #expect(dialogue.isClosed)
        // A message that is accepted makes up for them.
        let good = run("FOO\r\nFOO\r\nFOO\r\n" + start + "DATA\r\n.\r\nFOO\r\nFOO\r\nFOO\r\n") {
            $0.errors = 4
        }
        #expect(!good.isClosed)
    }

    @Test func `after some errors each reply waits`() {
        let dialogue = run("FOO\r\nFOO\r\nFOO\r\nNOOP\r\n") { $0.errorsBeforeTarpit = 2 }
        #expect(dialogue.events.filter { $0 == "pause" }.count == 1)
        #expect(dialogue.codes == [220, 500, 500, 500, 250])
    }

    @Test func `commands that bring nothing have a number`() {
        for command in ["NOOP", "RSET", "HELP", "VRFY a", "EHLO c"] {
            let dialogue = run(String(repeating: command + "\r\n", count: 10)) {
                $0.idleCommands = 5
            }
            #expect(dialogue.codes.last == 421, "\(command)")
            #expect(dialogue.isClosed)
        }
        let transactions = run(
            "EHLO c\r\n" + String(repeating: "MAIL FROM:<a@b>\r\nRSET\r\n", count: 9)
        ) {
            $0.idleCommands = 5
        }
        #expect(transactions.isClosed)
        let empty = run(start + String(repeating: "BDAT 0\r\n", count: 10)) { $0.idleCommands = 5 }
        #expect(empty.isClosed)
    }

    @Test func `messages of a connection have a number`() {
        let message = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n"
        let dialogue = run("EHLO c\r\n" + message + message + message) { $0.messages = 2 }
        #expect(dialogue.messages.count == 2)
        #expect(dialogue.codes.last == 421)
    }

    @Test func `a command line has a length, and so has what is passed over`() {
        let long = run(
            String(repeating: "A", count: Limits.commandLineOctets + 100) + "\r\nNOOP\r\n")
        #expect(long.codes == [220, 500, 250])
        let endless = run(
            String(repeating: "A", count: Limits.commandLineOctets + Limits.refusedLineOctets + 10))
        #expect(endless.codes == [220, 500])
        #expect(endless.isClosed)
    }

    @Test func `chunks have a number`() {
        var dialogue = Dialogue.beforeChunk()
        let some = String(repeating: "BDAT 1\r\nx", count: 1_000)
        for _ in 0..<(Limits.chunks / 1_000) { dialogue.feed(some) }
        #expect(dialogue.codes.last == 250)
        dialogue.feed("BDAT 1\r\nxBDAT 1 LAST\r\nxNOOP\r\n")
        #expect(dialogue.codes.suffix(3) == [552, 503, 250])
        #expect(dialogue.messages.isEmpty)
    }

    @Test func `a size that is declared makes little memory ready`() {
        let dialogue = run("EHLO c\r\nMAIL FROM:<a@b> SIZE=50000000\r\nRCPT TO:<c@d>\r\nDATA\r\n")
        #expect(dialogue.session.content.capacity < 2 * Limits.reservedContentOctets)
        #expect(dialogue.codes.last == 354)
    }

    @Test func `content that cannot be kept is passed over`() {
        var dialogue = Dialogue.inData()
        dialogue.feed("one\r\n")
        dialogue.session.refuseContent(SMTPReply(452, EnhancedStatusCode(4, 3, 1), "Full"))
        dialogue.feed("two\r\n")
        #expect(dialogue.session.content.isEmpty)
        dialogue.feed(".\r\nNOOP\r\n")
        #expect(dialogue.codes.suffix(2) == [452, 250])
        #expect(dialogue.events.contains("discarded"))
    }
}
