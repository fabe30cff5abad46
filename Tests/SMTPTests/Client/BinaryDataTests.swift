import SMTP
import Testing

@Suite struct BinaryDataTests {
    static let ahead =
        "MAIL FROM:<a@from.example>|RCPT TO:<b@to.example>|BDAT 10 LAST|"

    @Test func `with CHUNKING the content follows at once where that is allowed`() {
        var dialogue = ClientDialogue.ready("PIPELINING", "CHUNKING")
        dialogue.begin(.mail(isAhead: true))
        #expect(dialogue.took() == [Self.ahead, "<counted>"])
        dialogue.session.contentSent()
        dialogue.server("250 ok\r\n250 ok\r\n250 10 octets")
        #expect(dialogue.took() == ["<250 sent>"])
        #expect(dialogue.session.isReady)
    }

    @Test func `otherwise the content waits for the recipients`() {
        for octets in [10, Limits.contentAheadOctets + 1] {
            var dialogue = ClientDialogue.ready("PIPELINING", "CHUNKING")
            dialogue.begin(.mail(octets: octets, isAhead: octets > 10))
            dialogue.server("250 ok")
            #expect(dialogue.took() == ["MAIL FROM:<a@from.example>|RCPT TO:<b@to.example>|"])
            dialogue.server("250 ok")
            #expect(dialogue.took() == ["BDAT \(octets) LAST|", "<counted>"])
        }
    }

    @Test func `all refused: BDAT is not sent`() {
        var dialogue = ClientDialogue.ready("PIPELINING", "CHUNKING")
        dialogue.begin(.mail())
        dialogue.server("250 ok\r\n550 no")
        #expect(dialogue.took().suffix(2) == ["RSET|", "<550@recipient>"])
    }

    @Test func `all refused with the content on its way: its reply is awaited, then RSET`() {
        var dialogue = ClientDialogue.ready("PIPELINING", "CHUNKING")
        dialogue.begin(.mail(isAhead: true))
        dialogue.session.contentSent()
        dialogue.server("250 ok\r\n550 no")
        #expect(dialogue.took().count == 2)
        dialogue.server("554 no valid recipients")
        #expect(dialogue.took() == ["RSET|", "<550@recipient sent>"])
    }

    @Test func `a refused BDAT is followed by RSET`() {
        var dialogue = ClientDialogue.ready("PIPELINING", "CHUNKING")
        dialogue.begin(.mail(isAhead: true))
        dialogue.session.contentSent()
        dialogue.server("250 ok\r\n250 ok\r\n554 spam")
        #expect(dialogue.took().suffix(2) == ["RSET|", "<554@content sent>"])
    }

    @Test func `lost with the content on its way: uncertain, unless the server had said no`() {
        var dialogue = ClientDialogue.ready("PIPELINING", "CHUNKING")
        dialogue.begin(.mail(isAhead: true))
        dialogue.session.contentSent()
        var refused = dialogue
        var goodbye = dialogue
        dialogue.close()
        #expect(dialogue.took().suffix(2) == ["<closed@mail sent uncertain>", "<close>"])
        refused.server("250 ok\r\n550 no")
        refused.close()
        #expect(refused.took().suffix(2) == ["<550@recipient sent>", "<close>"])
        goodbye.server("421 bye")
        #expect(goodbye.took().suffix(2) == ["<refused@mail sent>", "<close>"])
    }

    @Test func `DATA goes where CHUNKING is not wanted`() {
        var dialogue = ClientDialogue(chunking: false)
        dialogue.server("220 x")
        dialogue.server("250-x\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 BINARYMIME")
        _ = dialogue.took()
        dialogue.begin(.mail())
        #expect(dialogue.took() == [TransactionTests.group])
        dialogue = ClientDialogue(chunking: false)
        dialogue.server("220 x")
        dialogue.server("250-x\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 BINARYMIME")
        _ = dialogue.took()
        var binary = SMTPTransaction.mail(isAhead: true)
        binary.isBinary = true
        dialogue.begin(binary)
        #expect(
            dialogue.took() == [
                "MAIL FROM:<a@from.example> BODY=BINARYMIME|RCPT TO:<b@to.example>|BDAT 10 LAST|",
                "<counted>",
            ])
    }
}
