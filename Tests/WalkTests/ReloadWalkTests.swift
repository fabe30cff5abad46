import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// SIGHUP to the running program.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `A running gateway that gets a SIGHUP` {
    /// The host that the door's certificate is for.
    private func shownHost(_ port: Int, folder: String) throws -> String {
        try shell(
            "openssl s_client -starttls smtp -connect 127.0.0.1:\(port) </dev/null 2>/dev/null"
                + " | openssl x509 -noout -subject", folder: folder)
    }

    private func configure(
        _ folder: String, next: Int, certificate: String, more: String = ""
    ) throws {
        try Data(
            """
            gateway:
              inbound: "127.0.0.1:0"
              domains: [example.org]
              recipients: all
              host-name: mx.example.org
              next-hop: "127.0.0.1:\(next)"
              next-hop-tls: never
              certificate: \(folder)/\(certificate).pem
              key: \(folder)/\(certificate).key
            \(more)
            """.utf8
        ).write(to: URL(filePath: folder + "/sealgate.yaml"))
    }

    private func mail(_ port: Int, _ subject: String, _ folder: String) throws {
        try send(
            to: port, from: "anna@sender.example", to: "ben@example.org", subject: subject,
            folder: folder)
    }

    @Test func `takes up a new certificate and a new route, and says what it cannot`() throws {
        try withScratchFolder { folder in
            try makeCertificate("first", host: "first.example.org", folder: folder)
            try makeCertificate("second", host: "second.example.org", folder: folder)
            let (one, two) = (try MailSink(folder: folder), try MailSink(folder: folder))
            try configure(folder, next: one.port, certificate: "first")
            let zone = folder + "/zone"
            try Data("sender.example. 60 IN A 192.0.2.1\n".utf8).write(to: URL(filePath: zone))
            let gateway = try RunningGateway(
                ["--config", folder + "/sealgate.yaml"], folder: folder, resolver: zone)
            #expect(gateway.told("files and connections can be open at once"))
            #expect(try shownHost(gateway.port, folder: folder).contains("first.example.org"))
            try mail(gateway.port, "before", folder)
            #expect(eventually { one.mail.contains("Subject: before") }, "\(gateway.log)")

            try configure(
                folder, next: two.port, certificate: "second", more: "  largest-message: 7\n")
            gateway.signal(SIGHUP)
            #expect(gateway.told("Only a restart changes: gateway.largest-message"))
            #expect(gateway.log.contains("gateway.next-hop"))
            #expect(try shownHost(gateway.port, folder: folder).contains("second.example.org"))
            try mail(gateway.port, "after", folder)
            #expect(eventually { two.mail.contains("Subject: after") }, "\(gateway.log)")
            #expect(!one.mail.contains("Subject: after"))
        }
    }

    @Test func `leaves everything as it was when anything is wrong, and says why`() throws {
        try withScratchFolder { folder in
            try makeCertificate("first", host: "first.example.org", folder: folder)
            let (one, two) = (try MailSink(folder: folder), try MailSink(folder: folder))
            try configure(folder, next: one.port, certificate: "first")
            let zone = folder + "/zone"
            try Data("sender.example. 60 IN A 192.0.2.1\n".utf8).write(to: URL(filePath: zone))
            let gateway = try RunningGateway(
                ["--config", folder + "/sealgate.yaml"], folder: folder, resolver: zone)
            // A new route beside a certificate that is not there: neither counts.
            try configure(folder, next: two.port, certificate: "missing")
            gateway.signal(SIGHUP)
            #expect(gateway.told("missing.pem holds no certificate"))
            // A file that is no configuration, and an option that does not exist.
            try Data("gateway: [\n".utf8).write(to: URL(filePath: folder + "/sealgate.yaml"))
            gateway.signal(SIGHUP)
            #expect(gateway.told("This is not YAML"))
            try configure(
                folder, next: two.port, certificate: "first", more: "  next-hopp: mx\n")
            gateway.signal(SIGHUP)
            #expect(gateway.told("There is no option gateway.next-hopp"))
            #expect(gateway.log.contains("everything stays as it was"))
            #expect(try shownHost(gateway.port, folder: folder).contains("first.example.org"))
            try mail(gateway.port, "still", folder)
            #expect(eventually { one.mail.contains("Subject: still") }, "\(gateway.log)")
            #expect(two.mail.isEmpty)
        }
    }
}
