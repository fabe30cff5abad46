import Gateway
import Identities
import SMTP
import TestSupport
import Testing

@Suite struct `Reports to senders` {
    private func notification(
        _ action: DeliveryStatusNotification.Action = .failed,
        from sender: String = "ann@b.example",
        to recipients: [String] = ["bob@a.example"],
        change: (inout DeliveryStatusNotification) -> Void = { _ in }
    ) throws -> DeliveryStatusNotification {
        let envelope = Envelope(
            reversePath: ReversePath(Mailbox(try #require(EmailAddress(sender)))),
            recipients: try recipients.map {
                EnvelopeRecipient(ForwardPath(Mailbox(try #require(EmailAddress($0)))))
            })
        var notification = DeliveryStatusNotification(
            action, reporter: try domain("gate.example"), envelope: envelope,
            receivedAt: 1_767_225_600_000,
            recipients: envelope.recipients.map {
                DeliveryStatusNotification.Recipient(
                    $0, status: EnhancedStatusCode(5, 1, 1),
                    reason: "The other mail server refused it.",
                    reply: SMTPReply(550, EnhancedStatusCode(5, 1, 1), "No such user"),
                    server: "mx.a.example", lastAttempt: 1_767_225_660_000)
            }, at: 1_767_225_661_000)
        change(&notification)
        return notification
    }

    private func render(
        _ notification: DeliveryStatusNotification,
        _ header: String = "Subject: hi\r\nMessage-ID: <m1@b.example>\r\n"
    ) throws -> (text: String, envelope: Envelope) {
        let rendered = try #require(
            notification.render(
                returning: .header(Array(header.utf8)), identifier: "0000000000001", random: 5))
        return (String(decoding: rendered.content, as: UTF8.self), rendered.envelope)
    }

    @Test func `say in plain words and in fields what became of the message`() throws {
        let (text, envelope) = try render(notification())
        #expect(
            text == """
                Date: Thu, 1 Jan 2026 00:01:01 +0000\r
                From: Mail delivery <MAILER-DAEMON@gate.example>\r
                To: <ann@b.example>\r
                Subject: Your message could not be delivered\r
                Message-ID: <0000000000001@gate.example>\r
                In-Reply-To: <m1@b.example>\r
                References: <m1@b.example>\r
                Auto-Submitted: auto-replied\r
                MIME-Version: 1.0\r
                Content-Type: multipart/report; report-type=delivery-status;\r
                \tboundary="=_0000000000001.5"\r
                \r
                --=_0000000000001.5\r
                Content-Type: text/plain; charset=us-ascii\r
                \r
                This is the mail server gate.example. It writes about the message that you\r
                sent.\r
                We received it on Thu, 1 Jan 2026 00:00:00 +0000.\r
                \r
                It could not be delivered to:\r
                \r
                  <bob@a.example>\r
                    The other mail server refused it.\r
                    The server mx.a.example said: 550 5.1.1 No such user\r
                \r
                We will not try again. Check the address; if it is right, show this message\r
                to the person who looks after your mail, or to the postmaster there.\r
                \r
                --=_0000000000001.5\r
                Content-Type: message/delivery-status\r
                \r
                Reporting-MTA: dns; gate.example\r
                Arrival-Date: Thu, 1 Jan 2026 00:00:00 +0000\r
                \r
                Final-Recipient: rfc822; bob@a.example\r
                Action: failed\r
                Status: 5.1.1\r
                Remote-MTA: dns; mx.a.example\r
                Diagnostic-Code: smtp; 550 5.1.1 No such user\r
                Last-Attempt-Date: Thu, 1 Jan 2026 00:01:00 +0000\r
                \r
                --=_0000000000001.5\r
                Content-Type: text/rfc822-headers\r
                \r
                Subject: hi\r
                Message-ID: <m1@b.example>\r
                \r
                --=_0000000000001.5--\r

                """)
        #expect(envelope.reversePath.isNull)
        #expect(envelope.recipients.map(\.path.description) == ["ann@b.example"])
        #expect(envelope.recipients[0].notify == .never)
        #expect(envelope.parameters.body == .sevenBit)
    }

    @Test func `are understood by Python's mail library`() async throws {
        try await RealServers.run { servers in
            let rendered = try #require(
                notification(to: ["bob@a.example", "jörg@a.example"]) {
                    $0.recipients[0].recipient.originalRecipient = "rfc822;robert@a.example"
                }.render(
                    returning: .header(Array("Subject: Grüße\r\n".utf8)), identifier: "x", random: 9
                ))
            try servers.write(String(decoding: rendered.content, as: UTF8.self), "report.eml")
            let program = """
                import email, email.policy
                m = email.message_from_bytes(open('\(servers.folder)/report.eml', 'rb').read(), \
                policy=email.policy.default)
                print(m.get_content_type(), m.get_param('report-type'), len(m.defects))
                parts = list(m.iter_parts())
                print([p.get_content_type() for p in parts], [len(p.defects) for p in parts])
                status = email.message_from_bytes(b'Content-Type: message/delivery-status\\r\\n\\r\\n' \
                + parts[1].as_bytes(policy=email.policy.SMTP).split(b'\\r\\n\\r\\n', 1)[1])
                for block in status.get_payload():
                    print(sorted(block.keys()))
                """
            try servers.write(program, "read.py")
            try await Command.finish(
                ["python3", servers.folder + "/read.py"], log: servers.folder + "/said")
            let said = String(
                decoding: try SharedData.bytes(servers.folder + "/said"), as: UTF8.self)
            let lines = said.split(separator: "\n").map(String.init)
            try #require(lines.count >= 5, "\(said)")
            #expect(lines[0] == "multipart/report delivery-status 0")
            #expect(
                lines[1]
                    == "['text/plain', 'message/global-delivery-status', 'message/global-headers']"
                    + " [0, 0, 0]")
            #expect(lines[2] == "['Arrival-Date', 'Reporting-MTA']")
            let fields =
                "'Action', 'Diagnostic-Code', 'Final-Recipient', 'Last-Attempt-Date', "
            #expect(lines[3] == "[\(fields)'Original-Recipient', 'Remote-MTA', 'Status']")
            #expect(lines[4] == "[\(fields)'Remote-MTA', 'Status']")
        }
    }

    @Test func `repeat what the sender gave along`() throws {
        let (text, _) = try render(
            notification {
                $0.envelope.parameters.envelopeIdentifier = "QQ+1"
                $0.recipients[0].recipient.originalRecipient = "rfc822;robert@a.example"
            })
        #expect(text.contains("Original-Envelope-Id: QQ+1\r\n"))
        #expect(text.contains("Original-Recipient: rfc822; robert@a.example\r\n"))
    }

    @Test func `cannot be made to say more by what servers and senders write`() throws {
        let (text, _) = try render(
            notification {
                $0.recipients[0].reply = SMTPReply(
                    550, nil, lines: ["x\r\n--=_0000000000001.5--\r\nAction: delivered", "\u{0}"])
                $0.envelope.parameters.envelopeIdentifier = "a\r\n\r\nb"
                $0.recipients[0].server = "evil\r\nAction: relayed"
            }, "Message-ID: <bad\u{7F}id>\r\nSubject: x\r\n")
        let actions = text.split(separator: "\r\n").filter { $0.hasPrefix("Action:") }
        #expect(actions == ["Action: failed"])
        #expect(text.components("\r\n--=_0000000000001.5--\r\n") == 1)
        #expect(!text.contains("In-Reply-To"))
    }

    @Test func `cut what is too long`() throws {
        let (text, _) = try render(
            notification {
                $0.recipients[0].reply = SMTPReply(
                    550, nil, String(repeating: "long ", count: 10_000))
            })
        #expect(text.utf8.count < 4_000 + 3 * Limits.reportFieldOctets)
        for line in text.split(separator: "\r\n") { #expect(line.utf8.count <= 998) }
    }

    @Test func `name a bounded number of recipients`() throws {
        let many = (0..<300).map { "u\($0)@a.example" }
        let notification = try notification(to: many)
        #expect(notification.recipients.count == Limits.reportRecipients)
    }

    @Test func `are international where an address is`() throws {
        let (text, envelope) = try render(
            notification(to: ["jörg@a.example"]), "Subject: Grüße\r\n")
        #expect(text.contains("Content-Type: message/global-delivery-status\r\n"))
        #expect(text.contains("Content-Type: message/global-headers\r\n"))
        #expect(text.contains("Final-Recipient: utf-8; jörg@a.example\r\n"))
        #expect(text.contains("Content-Type: text/plain; charset=utf-8\r\n"))
        #expect(envelope.parameters.body == .eightBitMIME)
        // The way back does not need SMTPUTF8, for its address is plain.
        #expect(!envelope.parameters.isInternational)
        let (_, second) = try render(notification(from: "jörg@b.example"))
        #expect(second.parameters.isInternational)
    }

    @Test func `write other texts in ASCII where no address needs more`() throws {
        let (text, envelope) = try render(
            notification {
                $0.recipients[0].reply = SMTPReply(550, nil, "Empfänger unbekannt")
            })
        #expect(text.contains("Diagnostic-Code: smtp; 550 Empf\\x{E4}nger unbekannt\r\n"))
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(envelope.parameters.body == .sevenBit)
    }

    @Test func `never return octets that nobody can read`() throws {
        let rendered = try #require(
            notification().render(
                returning: .header([0x53, 0x3A, 0x20, 0xFF, 0xE4, 0x0D, 0x0A]),
                identifier: "x", random: 1))
        let text = String(decoding: rendered.content, as: UTF8.self)
        #expect(text.contains("S: ??\r\n"))
    }

    @Test func `return the message only when asked, and when it is not too long`() throws {
        let plain = try notification()
        #expect(!plain.returnsContent(octets: 100))
        let full = try notification { $0.envelope.parameters.returns = .full }
        #expect(full.returnsContent(octets: Limits.returnedContentOctets))
        #expect(!full.returnsContent(octets: Limits.returnedContentOctets + 1))
        for change: @Sendable (inout DeliveryStatusNotification) -> Void in [
            { $0.action = .delayed }, { $0.envelope.parameters.requiresTLS = true },
            { $0.envelope.parameters.body = .binaryMIME },
            { $0.envelope.parameters.returns = .headers },
        ] {
            var other = full
            change(&other)
            #expect(!other.returnsContent(octets: 100))
        }
        let rendered = try #require(
            full.render(
                returning: .content(Array("Subject: x\r\n\r\nbody".utf8)), identifier: "x",
                random: 1))
        let text = String(decoding: rendered.content, as: UTF8.self)
        #expect(text.contains("Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nbody\r\n"))
    }

    @Test func `about protected mail are protected`() throws {
        let (_, envelope) = try render(
            notification { $0.envelope.parameters.requiresTLS = true })
        #expect(envelope.parameters.requiresTLS)
    }

    @Test func `are wanted or not as NOTIFY says`() throws {
        let path = ReversePath(Mailbox(try #require(EmailAddress("ann@b.example"))))
        func wanted(
            _ action: DeliveryStatusNotification.Action, _ notify: DeliveryNotification?
        ) throws -> Bool {
            let recipient = EnvelopeRecipient(
                ForwardPath(Mailbox(try #require(EmailAddress("x@a.example")))), notify: notify)
            #expect(
                !DeliveryStatusNotification.isWanted(action, about: recipient, from: .null))
            return DeliveryStatusNotification.isWanted(action, about: recipient, from: path)
        }
        #expect(try wanted(.failed, nil))
        #expect(try wanted(.failed, .failure))
        #expect(try !wanted(.failed, .never))
        #expect(try !wanted(.failed, [.success, .delay]))
        #expect(try !wanted(.delayed, nil))
        #expect(try wanted(.delayed, .delay))
        #expect(try !wanted(.relayed, nil))
        #expect(try wanted(.relayed, [.success, .failure]))
    }
}

extension String {
    /// How often a text stands in it.
    func components(_ text: String) -> Int { ranges(of: text).count }
}
