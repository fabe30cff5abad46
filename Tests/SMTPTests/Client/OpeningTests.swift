import SMTP
import Testing

@Suite struct OpeningTests {
    @Test func `greeting, EHLO, and ready`() {
        var dialogue = ClientDialogue()
        dialogue.server("220-mx.example\r\n220 ready")
        #expect(dialogue.took() == ["EHLO gate.example|"])
        dialogue.server("250-mx.example hello\r\n250-SIZE 1000\r\n250-pipelining\r\n250 X-OTHER a")
        #expect(dialogue.took() == ["<ready>"])
        #expect(dialogue.session.serverName == "mx.example")
        #expect(dialogue.session.extensions.keywords == [.extended, .size, .pipelining])
        #expect(dialogue.session.extensions.maximumOctets == 1_000)
    }

    @Test func `a server that does not know EHLO is asked with HELO`() {
        var dialogue = ClientDialogue(startTLS: .ifOffered)
        dialogue.server("220 old.example")
        dialogue.server("502 what?")
        #expect(dialogue.took() == ["EHLO gate.example|", "HELO gate.example|"])
        dialogue.server("250 old.example")
        #expect(dialogue.took() == ["<ready>"])
        #expect(dialogue.session.extensions == ServerExtensions())
    }

    @Test(arguments: [
        ("554 no", "<failed greeting refused>"), ("421 busy", "<failed greeting refused>"),
        ("250 hm", "<failed greeting unexpectedReply>"),
        ("hello", "<failed greeting notAReply(SMTP.SMTPReplyParser.Fault.notAReply)>"),
    ])
    func `a greeting that is none ends it`(_ greeting: String, _ words: String) {
        var dialogue = ClientDialogue()
        dialogue.server(greeting)
        #expect(dialogue.took() == [words])
        dialogue.server("220 oh, sorry")
        #expect(dialogue.took() == [])
    }

    @Test(arguments: [
        ("421 later", "<failed hello refused>"), ("450 later", "<failed hello refused>"),
        ("354 go", "<failed hello unexpectedReply>"),
    ])
    func `EHLO refused for now ends it`(_ reply: String, _ words: String) {
        var dialogue = ClientDialogue()
        dialogue.server("220 x")
        dialogue.server(reply)
        #expect(dialogue.took() == ["EHLO gate.example|", words])
    }

    @Test func `HELO refused as well ends it`() {
        var dialogue = ClientDialogue()
        dialogue.server("220 x\r\n500 no\r\n500 no")
        #expect(dialogue.took().last == "<failed hello refused>")
    }

    @Test func `STARTTLS, and all anew behind the handshake`() {
        var dialogue = ClientDialogue(startTLS: .ifOffered)
        dialogue.server("220 x")
        dialogue.server("250-x\r\n250-STARTTLS\r\n250 SIZE 5")
        dialogue.server("220 go")
        #expect(dialogue.took() == ["EHLO gate.example|", "STARTTLS|", "<TLS>"])
        #expect(dialogue.session.awaitedStage == .handshake)
        let actions = dialogue.session.secured(isAuthenticated: true)
        #expect(actions.map(ClientDialogue.words) == ["EHLO gate.example|"])
        #expect(dialogue.session.extensions == ServerExtensions())
        dialogue.server("250-y\r\n250-STARTTLS\r\n250 REQUIRETLS")
        #expect(dialogue.took() == ["<ready>"])
        #expect(dialogue.session.serverName == "y")
        #expect(dialogue.session.extensions.maximumOctets == nil)
    }

    @Test func `plain text behind the answer to STARTTLS is an attack`() {
        var dialogue = ClientDialogue(startTLS: .ifOffered)
        dialogue.server("220 x")
        dialogue.server("250-x\r\n250 STARTTLS")
        dialogue.server("220 go\r\n250-y\r\n250 CHUNKING")
        #expect(dialogue.took().suffix(2) == ["<TLS>", "<failed handshake injection>"])
        #expect(dialogue.session.secured(isAuthenticated: true) == [])
    }

    @Test(arguments: [
        (SMTPClientSession.StartTLS.ifOffered, "<ready>"), (.never, "<ready>"),
        (.required, "<failed startTLS startTLSMissing>"),
    ])
    func `a server without STARTTLS`(_ startTLS: SMTPClientSession.StartTLS, _ words: String) {
        var dialogue = ClientDialogue(startTLS: startTLS)
        dialogue.server("220 x")
        dialogue.server("250 x")
        #expect(dialogue.took().last == words)
    }

    @Test(arguments: [
        (SMTPClientSession.StartTLS.ifOffered, "454 not now", "<ready>"),
        (.required, "454 not now", "<failed startTLS refused>"),
        (.ifOffered, "421 bye", "<failed startTLS refused>"),
    ])
    func `a server that refuses STARTTLS`(
        _ startTLS: SMTPClientSession.StartTLS, _ reply: String, _ words: String
    ) {
        var dialogue = ClientDialogue(startTLS: startTLS)
        dialogue.server("220 x")
        dialogue.server("250-x\r\n250 STARTTLS")
        dialogue.server(reply)
        #expect(dialogue.took().last == words)
    }

    @Test func `STARTTLS is not asked for when it is not wanted`() {
        var dialogue = ClientDialogue(startTLS: .never)
        dialogue.server("220 x\r\n250-x\r\n250 STARTTLS")
        #expect(dialogue.took().last == "<ready>")
    }

    @Test func `a connection that is lost, late or given up before it was ready has failed`() {
        var dialogue = ClientDialogue()
        #expect(dialogue.session.closed().map(ClientDialogue.words) == ["<failed greeting closed>"])
        dialogue = ClientDialogue()
        dialogue.server("220 x")
        #expect(dialogue.session.timedOut().map(ClientDialogue.words) == ["<failed hello timeout>"])
        dialogue = ClientDialogue()
        #expect(
            dialogue.session.cancel().map(ClientDialogue.words) == ["<failed greeting cancelled>"])
    }

    @Test func `idle, a word from the server ends it, and so does QUIT`() {
        var dialogue = ClientDialogue.ready()
        dialogue.server("421 idle too long")
        #expect(dialogue.took() == ["<close>"])
        dialogue = ClientDialogue.ready()
        dialogue.server("250 what you wanted")
        #expect(dialogue.took() == ["<close>"])
        dialogue = ClientDialogue.ready()
        #expect(dialogue.session.quit().map(ClientDialogue.words) == ["QUIT|"])
        #expect(!dialogue.session.isReady)
        dialogue.server("221 bye")
        #expect(dialogue.took() == ["<close>"])
        dialogue = ClientDialogue.ready()
        _ = dialogue.session.quit()
        #expect(dialogue.session.closed().map(ClientDialogue.words) == ["<close>"])
    }

    @Test func `a line that never ends, and lines without end, are bounded`() {
        var dialogue = ClientDialogue()
        dialogue.receive(Array(repeating: 0x32, count: Limits.replyLineInOctets + 1))
        #expect(dialogue.took().first?.contains("lineTooLong") == true)
        dialogue = ClientDialogue()
        for _ in 0...Limits.replyLines { dialogue.server("220-still there") }
        #expect(dialogue.took().first?.contains("tooManyLines") == true)
    }

    @Test func `the argument of EHLO cannot hold a second command`() {
        let configuration = SMTPClientSession.Configuration(hello: "a\r\nMAIL FROM:<>")
        #expect(configuration.hello == "aMAILFROM:<>")
    }

    @Test(arguments: [
        ("SIZE", nil), ("SIZE 0", nil), ("SIZE x", nil), ("SIZE 99999999999999999999", nil),
        ("size 52428800 more", 52_428_800),
    ])
    func `SIZE says a limit or none`(_ line: String, _ octets: Int?) {
        let reply = SMTPReply(250, nil, lines: ["x", line])
        let extensions = ServerExtensions(parsing: reply)
        #expect(extensions.offers(.size))
        #expect(extensions.maximumOctets == octets)
    }
}
