import Identities
import SMTP
import Testing

struct `The server's dialogue` {
    private func codes(_ lines: [String], _ options: SMTPServerOptions = Dialogue.options) -> [Int]
    {
        var dialogue = Dialogue(options)
        dialogue.feed(lines.map { $0 + "\r\n" }.joined())
        return dialogue.codes
    }

    /// What each command is answered, state by state (RFC 5321 §4.1.4).
    @Test(arguments: [
        (["MAIL FROM:<a@b>"], [220, 503]), (["RCPT TO:<a@b>"], [220, 503]), (["DATA"], [220, 503]),
        (
            ["NOOP", "RSET", "HELP", "VRFY a", "EXPN a", "QUIT"],
            [220, 250, 250, 214, 252, 502, 221]
        ),
        (["HELO c", "RCPT TO:<a@b>", "DATA"], [220, 250, 503, 503]),
        (["HELO c", "MAIL FROM:<a@b>", "MAIL FROM:<a@b>"], [220, 250, 250, 503]),
        (["HELO c", "MAIL FROM:<a@b>", "DATA"], [220, 250, 250, 503]),
        (["HELO c", "MAIL FROM:<a@b>", "RCPT TO:<refused@b>", "DATA"], [220, 250, 250, 550, 554]),
        (
            ["HELO c", "MAIL FROM:<>", "RCPT TO:<a@b>", "RSET", "RCPT TO:<a@b>"],
            [220, 250, 250, 250, 250, 503]
        ),
        (["HELO c", "MAIL FROM:<a@b>", "HELO c", "RCPT TO:<a@b>"], [220, 250, 250, 250, 503]),
        (
            ["HELO c", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "x", ".", "RCPT TO:<a@b>"],
            [220, 250, 250, 250, 354, 250, 503]
        ),
        (
            ["HELO c", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "x", ".", "MAIL FROM:<a@b>"],
            [220, 250, 250, 250, 354, 250, 250]
        ),
        (
            ["HELO", "HELO c", "STARTTLS", "XCLIENT ADDR=192.0.2.1", "AUTH PLAIN AAAA"],
            [220, 501, 250, 502, 550, 502]
        ),
        (["QUIT", "HELO c"], [220, 221]),
    ])
    func `every command has its place`(_ lines: [String], _ expected: [Int]) {
        #expect(codes(lines) == expected)
    }

    @Test func `EHLO tells what is offered`() {
        var options = Dialogue.options
        options.maximumMessageOctets = 1_000
        var dialogue = Dialogue(options)
        dialogue.feed("EHLO client.example\r\n")
        #expect(
            dialogue.events.suffix(10) == [
                "> 250-mx.example.org", "> 250-PIPELINING", "> 250-SIZE 1000", "> 250-8BITMIME",
                "> 250-SMTPUTF8", "> 250-ENHANCEDSTATUSCODES", "> 250-CHUNKING", "> 250-DSN",
                "> 250-BINARYMIME", "> 250 LIMITS RCPTMAX=1000",
            ])
        options.offersStartTLS = true
        options.offersXClient = true
        options.offersBinary = false
        var other = Dialogue(options)
        other.feed("EHLO client.example\r\n")
        #expect(other.events.contains("> 250-STARTTLS"))
        #expect(other.last.hasPrefix("250 XCLIENT "))
        #expect(!other.events.contains { $0.contains("BINARYMIME") || $0.contains("REQUIRETLS") })
        other.feed("MAIL FROM:<a@b> BODY=BINARYMIME\r\nMAIL FROM:<a@b> REQUIRETLS\r\n")
        #expect(other.codes.suffix(2) == [555, 530])
    }

    @Test func `a message is handed over with its envelope`() throws {
        var dialogue = Dialogue()
        dialogue.feed(
            "EHLO c\r\nMAIL FROM:<a@b> RET=FULL\r\nRCPT TO:<refused@d>\r\n"
                + "RCPT TO:<c@d> NOTIFY=NEVER\r\nRCPT TO:<later@d>\r\nDATA\r\n")
        dialogue.feed("Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n")
        #expect(dialogue.messages == [Array("Subject: x\r\n\r\n.dot\r\n".utf8)])
        let envelope = try #require(dialogue.envelopes.first)
        #expect(envelope.reversePath.description == "a@b")
        #expect(envelope.parameters.returns == .full)
        #expect(envelope.recipients.map(\.path.description) == ["c@d"])
        #expect(envelope.recipients.first?.notify == .never)
        #expect(dialogue.isClosed)
        #expect(dialogue.codes.suffix(6) == [550, 250, 450, 354, 250, 221])
    }

    @Test func `a policy's words are sent, and 421 ends the connection`() {
        var dialogue = Dialogue()
        dialogue.answer = { action in
            switch action {
            case .hello: SMTPReply(550, EnhancedStatusCode(5, 7, 1), "Not you")
            default: nil
            }
        }
        dialogue.feed("HELO c\r\nMAIL FROM:<a@b>\r\n")
        #expect(dialogue.codes == [220, 550, 503])
        dialogue.answer = { _ in SMTPReply(250, EnhancedStatusCode(2, 1, 0), "With pleasure") }
        dialogue.feed("EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n")
        #expect(dialogue.last == "250 2.1.0 With pleasure")
        dialogue.answer = { _ in SMTPReply(354, nil, "This is not an answer") }
        dialogue.feed("RCPT TO:<c@d>\r\n")
        #expect(dialogue.last.hasPrefix("451"))
        dialogue.answer = { _ in SMTPReply(421, EnhancedStatusCode(4, 7, 0), "Enough") }
        dialogue.feed("RCPT TO:<c@d>\r\nNOOP\r\n")
        #expect(dialogue.last == "421 4.7.0 Enough")
        #expect(dialogue.isClosed)
    }

    @Test func `a refused message leaves nothing behind`() {
        var dialogue = Dialogue()
        dialogue.answer = { action in
            if case .message = action {
                SMTPReply(550, EnhancedStatusCode(5, 7, 1), "Refused")
            } else {
                nil
            }
        }
        dialogue.feed("EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nDATA\r\n")
        #expect(dialogue.codes.suffix(3) == [354, 550, 503])
        #expect(!dialogue.session.isInTransaction)
    }

    @Test func `a listener that requires TLS takes no mail without it`() {
        var options = Dialogue.options
        options.offersStartTLS = true
        options.requiresTLS = true
        var dialogue = Dialogue(options)
        dialogue.feed("EHLO c\r\nMAIL FROM:<a@b>\r\nVRFY a\r\nNOOP\r\nSTARTTLS\r\n")
        #expect(dialogue.codes.suffix(4) == [530, 530, 250, 220])
        dialogue.secured()
        dialogue.feed("MAIL FROM:<a@b>\r\nEHLO c\r\nMAIL FROM:<a@b> REQUIRETLS\r\nSTARTTLS\r\n")
        #expect(dialogue.events.contains("> 250 REQUIRETLS"))
        #expect(dialogue.codes.first { $0 == 503 } == 503)
        #expect(dialogue.codes.suffix(2) == [250, 503])
    }

    @Test func `nothing said before the handshake counts, and nothing slips in behind it`() {
        var options = Dialogue.options
        options.offersStartTLS = true
        for pieces in [[1], [7], [1_000]] {
            var dialogue = Dialogue(options)
            dialogue.feed(
                Array(
                    ("EHLO before\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nSTARTTLS\r\n"
                        + "MAIL FROM:<injected@b>\r\nRCPT TO:<c@d>\r\n").utf8),
                inPiecesOf: pieces)
            #expect(dialogue.codes.last == 220)
            dialogue.secured()
            dialogue.feed("MAIL FROM:<a@b>\r\n")
            #expect(dialogue.codes.last == 503)
            dialogue.feed("EHLO after\r\nDATA\r\n")
            #expect(dialogue.codes.last == 503)
            #expect(!dialogue.events.contains { $0.contains("injected") })
            #expect(!dialogue.events.contains("> 250-STARTTLS"))
        }
    }

    @Test func `who may speak for others does so, and nobody else`() {
        var options = Dialogue.options
        options.offersXClient = true
        var dialogue = Dialogue(options)
        dialogue.feed("XCLIENT ADDR=192.0.2.9 HELO=true.example\r\nMAIL FROM:<a@b>\r\n")
        #expect(dialogue.codes == [220, 220, 250])
        dialogue.feed("XCLIENT ADDR=192.0.2.9\r\n")
        #expect(dialogue.codes.last == 503)
    }

    @Test func `a farewell waits for the message in progress`() {
        var idle = Dialogue()
        idle.feed("EHLO c\r\n")
        idle.drain()
        #expect(idle.isClosed)
        #expect(idle.codes.last == 421)

        var busy = Dialogue.inData()
        busy.drain()
        busy.feed("x\r\n.\r\n")
        #expect(busy.messages.count == 1)
        #expect(busy.codes.suffix(2) == [250, 421])
        #expect(busy.isClosed)

        var open = Dialogue.beforeChunk()
        open.drain()
        open.feed("RSET\r\nMAIL FROM:<a@b>\r\n")
        #expect(open.codes.suffix(2) == [250, 421])
    }

    @Test func `a silent client is told so`() {
        var dialogue = Dialogue.inData()
        dialogue.session.timeOut()
        dialogue.feed("")
        #expect(dialogue.events.suffix(3).contains("discarded"))
        #expect(dialogue.codes.last == 421)
        #expect(dialogue.isClosed)
    }
}
