import Foundation
import TestSupport
import Testing

/// A company's mail: from the world's servers through the gateway to a server that takes mail as
/// Microsoft 365 does from a connector, by TLS and the gateway's certificate alone.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ConnectorWalkTests {
    private static let sender = "11.0.0.10"
    private static let cloud = "11.0.0.65"

    /// Lines that servers like to change: dots, blanks at the end, long and empty ones, and letters
    /// beyond ASCII.
    private static let body =
        (["", ".", "..", ". .", "From here on", "trailing  \t", "", "Grüße, 東京"]
        + [String(repeating: "x", count: 990)]
        + (0..<2_000).map { "line \($0) = \($0 % 7 == 0 ? "." : "..")" } + ["", "end"])
        .joined(separator: "\n") + "\n"

    private static func message(_ subject: String) -> String {
        """
        From: Ann <ann@sender.test>
        To: Bob <bob@corp.test>
        Subject: \(subject)
        Message-ID: <\(subject)@sender.test>
        Date: Mon, 01 Dec 2025 10:00:00 +0000
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit
        X-Sealgate-Verdict: v=1; verdict=deliver; h=00
        Authentication-Results: gate.corp.test; dmarc=pass


        """ + body
    }

    private static let zones: [NameServerFolder.Zone] = [
        .init(
            "sender.test",
            """
            $ORIGIN sender.test.
            $TTL 60
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            ns A 11.0.0.54
            @ MX 10 mx
            mx A 11.0.0.10
            @ TXT "v=spf1 ip4:11.0.0.10 -all"
            _dmarc TXT "v=DMARC1; p=reject"

            """),
        .init(
            "corp.test",
            """
            $ORIGIN corp.test.
            $TTL 60
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            ns A 11.0.0.54
            @ MX 10 gate
            gate A 11.0.0.25
            cloud A 11.0.0.65

            """),
    ]

    private static func with(
        _ body: (SmallInternet, _ cloud: PostfixFolder, _ options: [String]) throws -> Void
    ) throws {
        try SmallInternet.run([sender, cloud]) { internet in
            try internet.startDNS(zones)
            for name in ["gate.corp.test", "cloud.corp.test", "mx.sender.test"] {
                try internet.certificates.make(name, for: [name])
            }
            let files = internet.certificates
            let cloud = try internet.startPostfix(
                cloud, certificate: "cloud.corp.test", domains: ["corp.test"],
                [
                    "myhostname = cloud.corp.test", "mynetworks =",
                    "smtpd_tls_security_level = encrypt", "smtpd_tls_req_ccert = yes",
                    "smtpd_tls_CAfile = \(files.authority)", "smtpd_tls_received_header = yes",
                ])
            try body(
                internet, cloud,
                [
                    "--domain", "corp.test", "--next-hop", "cloud.corp.test:25",
                    "--next-hop-tls", "verified",
                    "--certificate", files.certificate("gate.corp.test"),
                    "--key", files.key("gate.corp.test"),
                ])
        }
    }

    private static func swaks(
        _ internet: SmallInternet, _ server: String, _ subject: String
    ) throws {
        // swaks brings the last line's end itself.
        try internet.write(String(message(subject).dropLast()), subject)
        let file = internet.folder + "/" + subject
        try internet.must([
            "swaks", "--server", server, "--local-interface", sender, "--helo", "mx.sender.test",
            "--tls", "--from", "ann@sender.test", "--to", "bob@corp.test", "--data", "@" + file,
            "--suppress-data", "--timeout", "60",
        ])
    }

    @Test func `mail of swaks and Postfix reaches the cloud once, by certificate, as it was sent`()
        throws
    {
        try Self.with { internet, cloud, options in
            let files = internet.certificates
            let gateway = try WalkingGateway(
                internet,
                options + [
                    "--client-certificate", files.certificate("gate.corp.test"),
                    "--client-key", files.key("gate.corp.test"),
                ])
            // A server that sends nothing in the clear, and only to who proves a name.
            _ = try internet.startPostfix(
                Self.sender, certificate: "mx.sender.test",
                [
                    "myhostname = mx.sender.test", "smtp_bind_address = \(Self.sender)",
                    "smtpd_recipient_restrictions = permit_mynetworks, reject",
                    "smtpd_tls_security_level = may", "smtp_tls_security_level = verify",
                    "smtp_tls_CAfile = \(files.authority)",
                    "smtp_tls_verify_cert_match = hostname",
                ])
            for (subject, server) in [
                ("by-swaks", WalkingGateway.address), ("by-postfix", Self.sender),
            ] {
                try Self.swaks(internet, server, subject)
            }
            let mails = try internet.eventually("both mails are there: \(gateway.said)") {
                let mails = try cloud.mails()
                return mails.count >= 2 ? mails.map { String(decoding: $0, as: UTF8.self) } : nil
            }
            try gateway.settle()
            #expect(try cloud.mails().count == 2)
            for subject in ["by-swaks", "by-postfix"] {
                let mail = try #require(mails.first { $0.contains("Subject: \(subject)\n") })
                try Self.check(mail, subject)
                let told = try gateway.trace(["--subject", subject], says: "cloud.corp.test")
                #expect(told.contains("Delivered"), "\(told)")
            }
            try Self.check(gateway.balance())
            #expect(try gateway.stop() == 0)
        }
    }

    private static func check(_ mail: String, _ subject: String) throws {
        let end = try #require(mail.range(of: "\n\n"))
        #expect(mail[end.upperBound...] == Self.body[...], "\(subject): the body is another")
        let head = mail[..<end.lowerBound].replacing("\n\t", with: " ").replacing("\n ", with: " ")
        let fields = head.split(separator: "\n").map(String.init)
        func all(_ name: String) -> [String] { fields.filter { $0.hasPrefix(name + ":") } }
        // The cloud's own hop says who came, and that the certificate proved it.
        let hops = all("Received")
        #expect(hops[0].contains("Client CN \"gate.corp.test\""), "\(hops[0])")
        #expect(hops[0].contains("verified OK"), "\(hops[0])")
        #expect(hops[1].contains("([11.0.0.10]) by gate.corp.test (Sealgate) with ESMTPS"))
        #expect(hops.count == (subject == "by-swaks" ? 2 : 3))
        // What was forged is gone, and ours is there.
        let results = all("Authentication-Results")
        #expect(results.count == 1)
        for word in ["gate.corp.test", "spf=pass", "dmarc=pass", "header.from=sender.test"] {
            #expect(results[0].contains(word), "\(results)")
        }
        let verdicts = all("X-Sealgate-Verdict")
        #expect(verdicts.count == 1 && verdicts[0].contains("reason=authenticated"))
        #expect(all("Subject") == ["Subject: \(subject)"])
        #expect(all("Message-ID") == ["Message-ID: <\(subject)@sender.test>"])
    }

    private static func check(_ balance: WalkingGateway.Balance) {
        #expect(balance.messages == 2 && balance.delivered == 2)
        #expect(balance.isBalanced && balance.isChainWhole)
    }

    @Test func `without its certificate the gateway keeps the mail, and says what the cloud said`()
        throws
    {
        try Self.with { internet, cloud, options in
            let gateway = try WalkingGateway(internet, options + ["--recipients", "all"])
            try Self.swaks(internet, WalkingGateway.address, "kept")
            let told = try gateway.trace(["--subject", "kept"], says: "tried again")
            #expect(told.lowercased().contains("certificate"), "\(told)")
            #expect(try gateway.queue().map(\.to.count) == [1])
            #expect(try cloud.mails().isEmpty)
            #expect(try gateway.balance().waiting == 1)
        }
    }
}
