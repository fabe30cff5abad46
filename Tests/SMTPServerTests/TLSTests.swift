import NIOCore
import NIOSSL
import SMTP
import SMTPServer
import Testing

@Suite(.timeLimit(.minutes(3))) struct `STARTTLS over loopback` {
    private func with(
        _ change: (inout ListenerConfiguration) -> Void = { _ in }, authorities: Bool = false,
        _ body: (TestServer, ServerTLS, Certificates, String) async throws -> Void
    ) async throws {
        try await Certificates.withFolder { folder in
            let own = try Certificates.make("mx.example.org", in: folder)
            let client = try Certificates.make("client.example", in: folder)
            let tls = try ServerTLS(
                ServerTLS.Files(
                    certificatePath: own.certificate, keyPath: own.key,
                    clientAuthoritiesPath: authorities ? client.certificate : nil))
            var configuration = TestServer.configuration()
            configuration.tls = tls
            change(&configuration)
            try await TestServer.run(configuration) { server in
                try await body(server, tls, client, folder)
            }
        }
    }

    @Test func `secures the dialogue, which begins anew`() async throws {
        try await with { server, _, _, _ in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                #expect(try await wire.ask("EHLO c").lines.contains("STARTTLS"))
                try await wire.ask("MAIL FROM:<a@b>")
                try await wire.startTLS()
                #expect(try await wire.ask("MAIL FROM:<a@b>").code == 503)
                let reply = try await wire.ask("EHLO c")
                #expect(!reply.lines.contains("STARTTLS"))
                #expect(reply.lines.contains("REQUIRETLS"))
                #expect(try await wire.ask("MAIL FROM:<a@b> REQUIRETLS").code == 250)
                try await wire.ask("RCPT TO:<c@d>")
                try await wire.ask("DATA")
                #expect(
                    try await wire.ask(String(repeating: "long\r\n", count: 50_000) + ".").code
                        == 250)
                #expect(try await wire.ask("QUIT").code == 221)
                #expect(await wire.rest() == [])
            }
            let message = try #require(server.notes.messages.first)
            #expect(message.client.tls?.version == "TLSv1.3")
            let suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]
            let chacha = "TLS_CHACHA20_POLY1305_SHA256"
            #expect((suites + [chacha]).contains(message.client.tls?.cipher))
            #expect(message.client.tls?.clientCertificateName == nil)
            #expect(message.envelope.parameters.requiresTLS)
            #expect(message.content.count == 300_000)
            #expect(server.listener.statistics.handshakes == 1)
        }
    }

    @Test func `nothing put behind it in plain text is ever read`() async throws {
        try await with { server, _, _, _ in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                try await wire.send(
                    "STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@b>\r\nRCPT TO:<c@d>\r\n")
                #expect(try await wire.reply().code == 220)
                try await wire.shakeHands()
                #expect(try await wire.ask("NOOP").code == 250)
                #expect(try await wire.ask("RCPT TO:<c@d>").code == 503)
                #expect(try await wire.ask("EHLO c").code == 250)
            }
            #expect(!server.notes.asked.contains { $0.contains("evil") })
        }
        // In a packet of its own it is no handshake.
        try await with { server, _, _, _ in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("STARTTLS")
                try await wire.send("EHLO evil\r\nMAIL FROM:<evil@b>\r\n")
                #expect(await wire.rest() == [])
            }
            #expect(!server.notes.asked.contains { $0.contains("evil") })
            try await eventually("the failure is counted") {
                server.listener.statistics.failedHandshakes == 1
            }
        }
    }

    @Test func `a listener may require it`() async throws {
        try await with({ $0.requiresTLS = true }) { server, _, _, _ in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                #expect(try await wire.ask("MAIL FROM:<a@b>").description.hasPrefix("530 5.7.0"))
                try await wire.startTLS()
                try await wire.ask("EHLO c")
                #expect(try await wire.ask("MAIL FROM:<a@b>").code == 250)
            }
        }
    }

    @Test func `a new certificate is shown without a restart, and a broken one is not`()
        async throws
    {
        try await with { server, tls, _, folder in
            func serial() async throws -> [UInt8]? {
                try await Wire.connect(server.port) { wire in
                    _ = try await wire.reply()
                    try await wire.ask("EHLO c")
                    try await wire.startTLS()
                    try await wire.ask("EHLO c")
                    return try await wire.serverCertificate()?.serialNumber
                }
            }
            let first = try await serial()
            let new = try Certificates.make("mx.example.org", in: folder)
            try tls.reload(
                ServerTLS.Files(certificatePath: new.certificate, keyPath: new.key))
            let second = try await serial()
            #expect(first != nil)
            #expect(first != second)
            #expect(throws: ServerTLS.Fault.self) {
                try tls.reload(
                    ServerTLS.Files(certificatePath: new.key, keyPath: new.certificate))
            }
            #expect(throws: ServerTLS.Fault.self) {
                try tls.reload(
                    ServerTLS.Files(certificatePath: folder + "/none", keyPath: new.key))
            }
            let other = try Certificates.make("mx.example.org", in: folder)
            #expect(throws: ServerTLS.Fault.self) {
                try tls.reload(
                    ServerTLS.Files(certificatePath: other.certificate, keyPath: new.key))
            }
            #expect(tls.files.certificatePath == new.certificate)
            #expect(try await serial() == second)
        }
    }

    @Test func `a client's certificate is told, and none is needed`() async throws {
        try await with(authorities: true) { server, _, client, folder in
            for files in [client, nil] {
                try await Wire.connect(server.port) { wire in
                    _ = try await wire.reply()
                    try await wire.ask("EHLO c")
                    try await wire.startTLS(files)
                    try await wire.ask("EHLO c")
                    try await wire.ask("MAIL FROM:<a@b>")
                    try await wire.ask("RCPT TO:<c@d>")
                    try await wire.ask("DATA")
                    #expect(try await wire.ask("x\r\n.").code == 250)
                }
            }
            #expect(
                server.notes.messages.map(\.client.tls?.clientCertificateName)
                    == ["client.example", nil])
            // A stranger's is not taken.
            let stranger = try Certificates.make("client.example", in: folder)
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("EHLO c")
                try await wire.startTLS(stranger)
                await #expect(throws: (any Error).self) { try await wire.ask("EHLO c") }
            }
        }
    }

    @Test func `a handshake that never comes has its time`() async throws {
        try await with({ $0.limits.handshakeTime = .milliseconds(200) }) { server, _, _, _ in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                try await wire.ask("STARTTLS")
                #expect(await wire.rest() == [])
            }
            #expect(server.listener.statistics.failedHandshakes == 1)
        }
    }

    @Test func `it is said once`() async throws {
        try await with { server, _, _, _ in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                #expect(try await wire.ask("STARTTLS now").code == 501)
                try await wire.startTLS()
                #expect(try await wire.ask("STARTTLS").code == 503)
            }
        }
        try await TestServer.run { server in
            try await Wire.connect(server.port) { wire in
                _ = try await wire.reply()
                #expect(try await wire.ask("STARTTLS").code == 502)
            }
        }
    }
}
