import SMTP
import Testing

@Suite struct TransactionTests {
    static let group = "MAIL FROM:<a@from.example>|RCPT TO:<b@to.example>|DATA|"

    @Test func `pipelined, one write brings MAIL, RCPT and DATA`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        #expect(dialogue.took() == [Self.group])
        #expect(dialogue.session.awaitedStage == .mail)
        dialogue.server("250 ok\r\n250 ok\r\n354 go")
        #expect(dialogue.took() == ["<dotted>"])
        dialogue.session.contentSent()
        #expect(dialogue.session.isAwaitingVerdict)
        dialogue.server("250 2.0.0 queued as 1")
        #expect(dialogue.took() == ["<250 sent>"])
        #expect(dialogue.session.isReady)
        dialogue.begin(.mail())
        #expect(dialogue.took() == [Self.group])
    }

    @Test(arguments: [false, true])
    func `one by one where the server does not pipeline, or we do not`(_ isOffered: Bool) {
        var dialogue =
            isOffered
            ? ClientDialogue.ready("PIPELINING", pipelining: false)
            : ClientDialogue.ready("X-NOTHING")
        dialogue.begin(.mail(2))
        #expect(dialogue.took() == ["MAIL FROM:<a@from.example>|"])
        dialogue.server("250 ok")
        #expect(dialogue.took() == ["RCPT TO:<b@to.example>|"])
        dialogue.server("250 ok")
        #expect(dialogue.took() == ["RCPT TO:<c@to.example>|"])
        dialogue.server("550 nobody")
        #expect(dialogue.took() == ["DATA|"])
        dialogue.server("354 go")
        #expect(dialogue.took() == ["<dotted>"])
        dialogue.session.contentSent()
        dialogue.server("250 ok")
        #expect(dialogue.took() == ["<250 550@recipient sent>"])
    }

    @Test func `all refused, one by one: no DATA, and RSET`() {
        var dialogue = ClientDialogue.ready()
        dialogue.begin(.mail(2))
        dialogue.server("250 ok\r\n550 no\r\n451 later")
        #expect(dialogue.took().suffix(2) == ["RSET|", "<550@recipient 451@recipient>"])
        #expect(dialogue.session.isReady)
        dialogue.begin(.mail())
        #expect(dialogue.took() == [])
        dialogue.server("250 reset")
        #expect(dialogue.took() == ["MAIL FROM:<a@from.example>|"])
    }

    @Test func `all refused, pipelined: DATA is refused too, and RSET goes before the next`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n550 no\r\n554 no valid recipients")
        #expect(dialogue.took().suffix(2) == ["RSET|", "<550@recipient>"])
        dialogue.begin(.mail())
        #expect(dialogue.took() == [Self.group])
        dialogue.server("250 reset\r\n250 ok\r\n250 ok\r\n354 go")
        #expect(dialogue.took() == ["<dotted>"])
    }

    @Test func `all refused, and the server still waits for content: a dot alone`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n550 no\r\n354 go")
        #expect(dialogue.took().last == ".|")
        dialogue.server("554 no valid recipients")
        #expect(dialogue.took() == ["<550@recipient>"])
        #expect(dialogue.session.isReady)
    }

    @Test func `MAIL refused refuses everyone, whatever follows`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail(2))
        dialogue.server("552 too big\r\n503 no\r\n503 no")
        #expect(dialogue.took().count == 1)
        dialogue.server("503 no")
        #expect(dialogue.took() == ["<552@mail 552@mail>"])
        #expect(dialogue.session.isReady)
        dialogue = ClientDialogue.ready()
        dialogue.begin(.mail())
        dialogue.server("450 not you")
        #expect(dialogue.took().last == "<450@mail>")
    }

    @Test func `DATA refused refuses those who had been accepted`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail(2))
        dialogue.server("250 ok\r\n250 ok\r\n550 no\r\n451 later")
        #expect(dialogue.took().suffix(2) == ["RSET|", "<451@data 550@recipient>"])
    }

    @Test func `content refused refuses those who had been accepted`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail(2))
        dialogue.server("250 ok\r\n250 ok\r\n550 no\r\n354 go")
        dialogue.session.contentSent()
        dialogue.server("554 spam")
        #expect(dialogue.took().last == "<554@content 550@recipient sent>")
        #expect(dialogue.session.isReady)
    }

    @Test func `a verdict before the end of the content is final, and the connection with it`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n250 ok\r\n354 go")
        dialogue.server("552 enough")
        #expect(dialogue.took().suffix(2) == ["<552@content sent>", "<close>"])
        #expect(!dialogue.session.isReady)
    }

    @Test func `a yes before the end of the content is a lie`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n250 ok\r\n354 go\r\n250 got it")
        #expect(dialogue.took().suffix(2) == ["<unexpectedReply@content sent>", "<close>"])
    }

    @Test(arguments: ["250 ok\r\n250 ok\r\n250 ok", "354 go", "250 ok\r\n354 go"])
    func `a reply of the wrong kind ends it, and nobody has got anything`(_ replies: String) {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server(replies)
        let words = dialogue.took()
        #expect(words.last == "<close>")
        #expect(words.suffix(2).first?.hasPrefix("<unexpectedReply@") == true)
        #expect(words.joined().contains("uncertain") == false)
    }

    @Test func `two replies in one: the first counts, and the connection is done`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n250 ok\r\n354 go")
        dialogue.session.contentSent()
        dialogue.server("250 ok\r\n250 ok again")
        #expect(dialogue.took().suffix(2) == ["<250 sent>", "<close>"])
    }

    @Test func `421 at any time ends it; what was decided stays`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail(2))
        dialogue.server("250 ok\r\n550 no\r\n421 bye")
        #expect(dialogue.took().suffix(2) == ["<550@recipient refused@recipient>", "<close>"])
        dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n250 ok\r\n354 go")
        dialogue.session.contentSent()
        dialogue.server("421 bye")
        #expect(dialogue.took().suffix(2) == ["<421@content sent>", "<close>"])
    }

    @Test func `lost behind the last octet is uncertain, lost before it is not`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail(2))
        dialogue.server("250 ok\r\n550 no\r\n250 ok\r\n354 go")
        var other = dialogue
        other.close()
        #expect(other.took().suffix(2) == ["<550@recipient closed@content sent>", "<close>"])
        dialogue.session.contentSent()
        dialogue.receive(Array("25".utf8))
        dialogue.close()
        #expect(
            dialogue.took().suffix(2)
                == ["<550@recipient closed@content sent uncertain>", "<close>"])
    }

    @Test func `a verdict that is late, no reply, or given up on is uncertain`() {
        for end in 0..<3 {
            var dialogue = ClientDialogue.ready("PIPELINING")
            dialogue.begin(.mail())
            dialogue.server("250 ok\r\n250 ok\r\n354 go")
            dialogue.session.contentSent()
            var actions: [SMTPClientSession.Action] = []
            switch end {
            case 0: actions = dialogue.session.timedOut()
            case 1: actions = dialogue.session.cancel()
            default:
                _ = dialogue.took()
                dialogue.server("nonsense")
                actions = dialogue.actions
            }
            #expect(actions.first.map(ClientDialogue.words)?.hasSuffix("sent uncertain>") == true)
        }
    }

    @Test func `content that cannot be read leaves no message behind`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n250 ok\r\n354 go")
        let words = dialogue.session.contentFailed().map(ClientDialogue.words)
        #expect(words == ["<contentUnreadable@content sent>", "<close>"])
        #expect(dialogue.session.contentFailed() == [])
    }

    @Test func `552 behind a hundred recipients means that the transaction is full`() {
        var dialogue = ClientDialogue.ready("PIPELINING")
        var transaction = SMTPTransaction.mail()
        let count = Limits.recipientsBeforeOverflow + 1
        transaction.envelope.recipients = Array(
            repeating: transaction.envelope.recipients[0], count: count)
        dialogue.begin(transaction)
        dialogue.server("250 ok")
        for _ in 1..<count { dialogue.server("250 ok") }
        dialogue.server("552 too many recipients\r\n354 go")
        dialogue.session.contentSent()
        dialogue.server("250 ok")
        #expect(dialogue.took().last?.hasSuffix("250 452@recipient sent>") == true)
        dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n552 mailbox full\r\n554 no")
        #expect(dialogue.took().last == "<552@recipient>")
    }

    @Test func `a transaction without recipients does nothing`() {
        var dialogue = ClientDialogue.ready()
        dialogue.begin(.mail(0))
        #expect(dialogue.took() == ["<>"])
        #expect(dialogue.session.isReady)
    }

    @Test func `a session that is not ready begins nothing`() {
        var dialogue = ClientDialogue()
        dialogue.begin(.mail())
        #expect(dialogue.took() == ["<closed@mail>"])
        dialogue = ClientDialogue.ready()
        dialogue.begin(.mail())
        dialogue.begin(.mail())
        #expect(dialogue.took().last == "<closed@mail>")
    }

    @Test func `RSET refused ends the connection, and who waits for it has failed`() {
        var dialogue = ClientDialogue.ready()
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n550 no")
        dialogue.begin(.mail(2))
        dialogue.server("500 no")
        #expect(dialogue.took().suffix(2) == ["<refused@reset refused@reset>", "<close>"])
    }

    @Test func `a recipient is asked about without any content`() throws {
        let path = ForwardPath(try #require(SMTPTransaction.mailbox("b", "to.example")))
        for keyword in ["PIPELINING", "X-NOTHING"] {
            var dialogue = ClientDialogue.ready(keyword, "SIZE", "CHUNKING", "DSN")
            dialogue.begin(SMTPTransaction(probing: path))
            dialogue.server("250 ok\r\n250 2.1.5 ok")
            let words = dialogue.took()
            #expect(words.joined().hasPrefix("MAIL FROM:<>|RCPT TO:<b@to.example>|"))
            #expect(words.suffix(2) == ["RSET|", "<250>"])
            dialogue.server("250 ok")
            dialogue.begin(SMTPTransaction(probing: path))
            dialogue.server("250 ok\r\n550 nobody")
            #expect(dialogue.took().suffix(2) == ["RSET|", "<550@recipient>"])
        }
    }
}
