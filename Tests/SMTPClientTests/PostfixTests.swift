import Identities
import SMTP
import SMTPClient
import TestSupport
import Testing

/// Deliveries to a real Postfix that asks of its clients what Microsoft 365 does: TLS, and a
/// certificate.
@Suite struct PostfixTests {
    @Test func `TLS required, a client certificate required, and the mail arrives as it was`()
        async throws
    {
        let authority = try TestAuthority.shared.get()
        let issued = try authority.issue("DNS:mx.to.example")
        let chain = authority.folder + "/postfix-chain.pem"
        try Files.join([issued.file, authority.issuing.file], to: chain)
        try await Command.finish(["chmod", "-R", "a+rX", authority.folder])
        let server = try await PostfixServer([
            "smtpd_tls_security_level = encrypt", "smtpd_tls_cert_file = \(chain)",
            "smtpd_tls_key_file = \(issued.keyFile)",
            "smtpd_tls_CAfile = \(authority.root.file)", "smtpd_tls_req_ccert = yes",
            "smtpd_tls_received_header = yes", "message_size_limit = 5000000",
        ])
        defer { server.stop() }
        let identity = try authority.issue("DNS:gate.example", subject: "/CN=gate.example")
        let shown = authority.folder + "/gate-chain.pem"
        try Files.join([identity.file, authority.issuing.file], to: shown)
        var options = Samples.options()
        options.trustRoots = .file(authority.root.file)
        options.identities["gate"] = .init(certificateFile: shown, keyFile: identity.keyFile)
        let client = Samples.client(options)
        var target = Samples.target(server.port, .verified(names: ["mx.to.example"]))

        let nobody = await client.deliver(Samples.message(), to: target)
        #expect(
            Samples.words(nobody).hasPrefix("failed") || Samples.words(nobody).hasPrefix("refused"))
        var plain = target
        plain.tls = .never
        let bare = await client.deliver(Samples.message(), to: plain)
        #expect(Samples.words(bare) == "refused 530")

        target.clientCertificate = "gate"
        let lines = (0..<3_000).map { $0 % 3 == 0 ? "." : "..\($0) ä" }
        let content = "Subject: x\r\n\r\n" + lines.joined(separator: "\r\n") + "\r\n"
        var message = Samples.message(["b", "c"], content: content)
        message.isEightBit = true
        for number in 0..<3 {
            let result = await client.deliver(message, to: target)
            #expect(Samples.words(result) == "delivered 250, delivered 250")
            #expect(result.connection.tls?.verification == .verified(name: "mx.to.example"))
            #expect(result.connection.wasReused == (number > 0))
            #expect(result.connection.extensions.offers([.chunking, .deliveryStatusNotifications]))
        }
        var dotted = Samples.options()
        dotted.trustRoots = options.trustRoots
        dotted.identities = options.identities
        dotted.usesChunking = false
        let other = Samples.client(dotted)
        #expect(
            Samples.words(await other.deliver(message, to: target))
                == "delivered 250, delivered 250")
        let body = lines.joined(separator: "\n") + "\n"
        for mail in try await server.mails(8) {
            #expect(mail.hasSuffix("\n\n" + body))
            #expect(mail.contains("using TLSv1.3"))
        }

        await refusals(client, target)
        await client.shutDown()
        await other.shutDown()
    }

    private func refusals(_ client: SMTPClient, _ target: DeliveryTarget) async {
        var message = Samples.message(["b"])
        message.content = MemoryContent(Array(repeating: 0x61, count: 5_000_001))
        let large = await client.deliver(message, to: target)
        #expect(Samples.words(large) == "failed mail 5.3.4")
        var relayed = Samples.message(["b"])
        if let mailbox = Samples.mailbox("x", "elsewhere.example") {
            relayed.envelope.recipients.append(EnvelopeRecipient(ForwardPath(mailbox)))
            let result = await client.deliver(relayed, to: target)
            #expect(Samples.words(result) == "delivered 250, refused 554")
            let path = ForwardPath(mailbox)
            #expect(await client.verifyRecipient(path, from: target)?.code == 554)
        }
        let known = relayed.envelope.recipients[0].path
        #expect(await client.verifyRecipient(known, from: target)?.code == 250)
        if let mailbox = Samples.mailbox("ä", "to.example") {
            var international = Samples.message(["b"])
            international.envelope.recipients = [EnvelopeRecipient(ForwardPath(mailbox))]
            let result = await client.deliver(international, to: target)
            #expect(Samples.words(result) == "delivered 250")
        }
    }
}
