import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Mail through the real program, and what it tells of it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `Mail through the gateway` {
    private let zone = """
        sender.example. 60 IN A 192.0.2.1
        example.org. 60 IN A 192.0.2.2
        _dmarc.example.org. 60 IN TXT "v=DMARC1; p=none"

        """

    private func run(
        _ folder: String, _ body: (RunningGateway, MailSink) throws -> Void
    ) throws {
        try Data(zone.utf8).write(to: URL(filePath: folder + "/zone"))
        try makeCertificate("own", host: "mx.example.org", folder: folder)
        let sink = try MailSink(folder: folder)
        let gateway = try RunningGateway(
            [
                "--inbound", "127.0.0.1:0", "--host-name", "mx.example.org", "--domain",
                "example.org", "--recipients", "all", "--next-hop", "127.0.0.1:\(sink.port)",
                "--next-hop-tls", "never", "--certificate", folder + "/own.pem", "--key",
                folder + "/own.key",
            ], folder: folder, resolver: folder + "/zone")
        try body(gateway, sink)
    }

    @Test func `says in Received who brought it, and how it was encrypted`() throws {
        try withScratchFolder { folder in
            try run(folder) { gateway, sink in
                for (version, cipher) in [
                    ("tlsv1_3", "TLS_"), ("tlsv1_2", "TLS_ECDHE_ECDSA_WITH_"),
                ] {
                    try send(
                        to: gateway.port, from: "anna@sender.example", to: "ben@example.org",
                        subject: version, more: ["--tls", "--tls-protocol", version],
                        folder: folder)
                    #expect(
                        eventually { sink.mail.contains("Subject: \(version)") }, "\(gateway.log)")
                    let start = try #require(
                        sink.mail.firstRange(of: "Received: from client.example ([127.0.0.1])"))
                    let field = sink.mail[start.lowerBound...].prefix(400)
                    #expect(field.contains("with ESMTPS id "), "\(field)")
                    let words = version == "tlsv1_3" ? "(TLSv1.3 " : "(TLSv1.2 "
                    #expect(sink.mail.contains(words + cipher), "\(sink.mail)")
                }
                try send(
                    to: gateway.port, from: "anna@sender.example", to: "ben@example.org",
                    subject: "plain", folder: folder)
                #expect(eventually { sink.mail.contains("Subject: plain") })
                #expect(sink.mail.contains("with ESMTP id "))
            }
        }
    }

    @Test func `held mail is on its way to nobody`() throws {
        try withScratchFolder { folder in
            try run(folder) { gateway, _ in
                // From outside in our own name, without any proof.
                try send(
                    to: gateway.port, from: "boss@example.org", to: "ben@example.org",
                    subject: "urgent", folder: folder)
                var told = ""
                #expect(
                    eventually {
                        told =
                            try Program.run([
                                "trace", "--subject", "urgent", "--data", folder + "/data",
                            ]).output
                        return told.contains("Recipients")
                    }, "\(gateway.log)")
                #expect(told.hasPrefix("◐ Held for a decision"), "\(told)")
                #expect(!told.contains("On its way"), "\(told)")
                #expect(told.contains("ben@example.org  Held for a decision"), "\(told)")
                let line = told.split(separator: "\n").first { $0.contains("Queue id") }
                let id = try #require(line?.split(separator: " ").last.map(String.init))
                let deleted = try Program.run(["queue", "delete", id, "--data", folder + "/data"])
                #expect(deleted.status == 0, "\(deleted.errors)")
                #expect(
                    eventually {
                        told = try Program.run(["trace", id, "--data", folder + "/data"]).output
                        return told.contains("ben@example.org  Deleted")
                    }, "\(told)")
            }
        }
    }

    @Test func `what waits for one destination is held, released, tried and deleted together`()
        throws
    {
        try withScratchFolder { folder in
            try Data(zone.utf8).write(to: URL(filePath: folder + "/zone"))
            let nobody = try LoopbackPort.free()
            let gateway = try RunningGateway(
                [
                    "--inbound", "127.0.0.1:0", "--host-name", "mx.example.org", "--domain",
                    "example.org", "--domain", "example.net", "--recipients", "all", "--next-hop",
                    "127.0.0.1:\(nobody)", "--next-hop-tls", "never",
                ], folder: folder, resolver: folder + "/zone")
            for recipient in ["a@example.org", "b@example.org", "c@example.net"] {
                try send(
                    to: gateway.port, from: "anna@sender.example", to: recipient, subject: "x",
                    folder: folder)
            }
            func queue(_ words: [String]) throws -> Program.Outcome {
                try Program.run(["queue"] + words + ["--data", folder + "/data"])
            }
            func held() throws -> Int {
                try queue(["list", "--held"]).output.split(separator: "\n")
                    .count { $0.hasPrefix("    held: ") }
            }
            let kept = try queue(["hold", "--destination", "example.org"])
            #expect(kept.output == "Done: 2 messages.\n", "\(kept)")
            #expect(eventually { try held() == 2 })
            #expect(try queue(["release", "--destination", "Example.ORG"]).status == 0)
            #expect(eventually { try held() == 0 })
            #expect(try queue(["flush", "--destination", "example.net"]).status == 0)
            let route = try queue([
                "delete", "--destination", "route:next-hop", "--config", folder + "/none",
            ])
            #expect(route.status == 1)
            let none = try queue(["delete", "--destination", "elsewhere.example"])
            #expect(none.status == 1)
            #expect(none.errors.contains("Nothing waits for elsewhere.example"))
            #expect(try queue(["delete"]).status == 64)
            #expect(try queue(["delete", "--destination", "example.net"]).status == 0)
            #expect(
                eventually {
                    let list = try queue(["list"]).output
                    return !list.contains("c@example.net") && list.contains("a@example.org")
                })
        }
    }
}
