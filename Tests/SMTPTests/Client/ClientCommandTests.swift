import Identities
import SMTP
import Testing

@Suite struct ClientCommandTests {
    private static let all = [
        "SIZE 1000", "8BITMIME", "SMTPUTF8", "DSN", "PIPELINING",
    ]

    private func first(
        _ transaction: SMTPTransaction, _ keywords: [String] = all
    ) -> String {
        var dialogue = ClientDialogue()
        dialogue.server("220 x")
        dialogue.server(
            "250-x\r\n" + keywords.map { "250-\($0)\r\n" }.joined() + "250 X-END")
        _ = dialogue.took()
        dialogue.begin(transaction)
        return dialogue.took().joined()
    }

    @Test func `SIZE, BODY and the parameters of reports go where they are offered`() {
        var transaction = SMTPTransaction.mail(
            octets: 999,
            parameters: MailParameters(
                body: .eightBitMIME, returns: .headers, envelopeIdentifier: "a+b=c d"))
        transaction.envelope.recipients[0].notify = [.success, .delay]
        transaction.envelope.recipients[0].originalRecipient = "rfc822;b+x@to.example"
        #expect(
            first(transaction)
                == "MAIL FROM:<a@from.example> SIZE=999 BODY=8BITMIME RET=HDRS ENVID=a+2Bb+3Dc+20d|"
                + "RCPT TO:<b@to.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bx@to.example|DATA|")
        #expect(first(transaction, ["PIPELINING"]) == TransactionTests.group)
        transaction.envelope.recipients[0].notify = .never
        transaction.envelope.recipients[0].originalRecipient = "no type"
        transaction.envelope.parameters.returns = .full
        #expect(first(transaction).contains(" RET=FULL "))
        #expect(first(transaction).contains("RCPT TO:<b@to.example> NOTIFY=NEVER|"))
    }

    @Test func `values of others cannot end a command`() {
        var transaction = SMTPTransaction.mail(
            parameters: MailParameters(envelopeIdentifier: "x\r\nRSET"))
        transaction.envelope.recipients[0].originalRecipient = "rfc822;a\r\nDATA"
        #expect(first(transaction).contains("ENVID=x+0D+0ARSET|RCPT"))
        #expect(first(transaction).contains("ORCPT=rfc822;a+0D+0ADATA|DATA|"))
        transaction.envelope.recipients[0].originalRecipient = "rfc\r\n822;a"
        #expect(!first(transaction).contains("ORCPT"))
    }

    @Test func `octets beyond 127 are declared, or sent all the same and told`() {
        var transaction = SMTPTransaction.mail()
        transaction.isEightBit = true
        #expect(first(transaction).contains("BODY=8BITMIME"))
        var dialogue = ClientDialogue.ready("PIPELINING")
        dialogue.begin(transaction)
        dialogue.server("250 ok\r\n250 ok\r\n354 go")
        dialogue.session.contentSent()
        dialogue.server("250 ok")
        #expect(dialogue.took() == [TransactionTests.group, "<dotted>", "<250 sent undeclared>"])
    }

    @Test(arguments: ["a", "ä"], ["b", "β"])
    func `SMTPUTF8 is said where an address needs it`(_ from: String, _ to: String) throws {
        var transaction = SMTPTransaction.mail(from: from)
        let mailbox = try #require(SMTPTransaction.mailbox(to, "to.example"))
        transaction.envelope.recipients[0].path = ForwardPath(mailbox)
        let isNeeded = from == "ä" || to == "β"
        #expect(first(transaction).contains(" SMTPUTF8") == isNeeded)
        #expect(first(transaction, ["SMTPUTF8"]).contains("needsSMTPUTF8") == isNeeded)
        #expect(first(transaction, ["8BITMIME"]).contains("<needsSMTPUTF8@mail>") == isNeeded)
    }

    @Test func `a message that came with SMTPUTF8 and does not need it goes to any server`() {
        var transaction = SMTPTransaction.mail(parameters: MailParameters(isInternational: true))
        #expect(first(transaction).contains(" SMTPUTF8"))
        #expect(first(transaction, ["PIPELINING"]) == TransactionTests.group)
        transaction.hasInternationalHeader = true
        #expect(first(transaction, ["PIPELINING"]) == "<needsSMTPUTF8@mail>")
    }

    @Test func `binary content goes nowhere without BINARYMIME and CHUNKING`() {
        var transaction = SMTPTransaction.mail()
        transaction.isBinary = true
        #expect(first(transaction, ["CHUNKING"]) == "<needsBinaryMIME@mail>")
        #expect(first(transaction, ["BINARYMIME"]) == "<needsBinaryMIME@mail>")
        #expect(first(transaction, ["BINARYMIME", "CHUNKING"]).contains("BODY=BINARYMIME"))
    }

    @Test func `a message above the server's limit is not even announced`() {
        #expect(first(.mail(octets: 1_001)) == "<tooLarge@mail>")
        #expect(first(.mail(octets: 1_000)).contains("SIZE=1000"))
    }

    @Test func `REQUIRETLS goes to a proved server that offers it, and nowhere else`() {
        let transaction = SMTPTransaction.mail(parameters: MailParameters(requiresTLS: true))
        #expect(first(transaction, ["REQUIRETLS"]) == "<needsRequireTLS@hello>")
        for isAuthenticated in [true, false] {
            for keyword in ["REQUIRETLS", "SIZE"] {
                var dialogue = ClientDialogue(startTLS: .required)
                dialogue.server("220 x")
                dialogue.server("250-x\r\n250-STARTTLS\r\n250 REQUIRETLS")
                dialogue.server("220 go")
                _ = dialogue.session.secured(isAuthenticated: isAuthenticated)
                dialogue.server("250-x\r\n250 \(keyword)")
                _ = dialogue.took()
                dialogue.begin(transaction)
                let isFit = isAuthenticated && keyword == "REQUIRETLS"
                let words = dialogue.took().joined()
                #expect(words.contains("> REQUIRETLS|") == isFit)
                #expect((words == "<needsRequireTLS@hello>") == !isFit)
            }
        }
    }

    @Test func `addresses are quoted as they must be, and postmaster stands alone`() throws {
        var transaction = SMTPTransaction.mail(from: "a b\"c")
        transaction.envelope.recipients[0].path = .postmaster
        #expect(
            first(transaction, ["PIPELINING"])
                == "MAIL FROM:<\"a b\\\"c\"@from.example>|RCPT TO:<postmaster>|DATA|")
        transaction.envelope.reversePath = .null
        #expect(first(transaction, ["X"]) == "MAIL FROM:<>|")
    }

    @Test func `each failure has a status, a sentence, and says whether to come again`() {
        let permanent: [SMTPClientFailure.Reason: EnhancedStatusCode] = [
            .tooLarge: EnhancedStatusCode(5, 3, 4), .needsSMTPUTF8: EnhancedStatusCode(5, 6, 7),
            .needsRequireTLS: EnhancedStatusCode(5, 7, 30),
            .needsBinaryMIME: EnhancedStatusCode(5, 6, 3),
        ]
        let temporary: [SMTPClientFailure.Reason] = [
            .closed, .timeout, .cancelled, .notAReply(.lineTooLong), .unexpectedReply,
            .startTLSMissing, .injection, .contentUnreadable, .refused,
        ]
        for (reason, status) in permanent {
            let failure = SMTPClientFailure(.mail, reason)
            #expect(!failure.isTemporary && failure.status == status && failure.text.hasSuffix("."))
        }
        for reason in temporary {
            let failure = SMTPClientFailure(.content, reason)
            #expect(failure.isTemporary && failure.status.status == 4 && !failure.text.isEmpty)
        }
        let refusal = SMTPClientFailure(
            .greeting, .refused, reply: SMTPReply(554, EnhancedStatusCode(5, 3, 2), "no mail here"))
        #expect(!refusal.isTemporary && refusal.status.detail == 2)
        #expect(refusal.text == "The server refused the greeting: 554 5.3.2 no mail here")
        #expect(Set(SMTPStage.allCases.map(\.words)).count == SMTPStage.allCases.count)
    }
}
