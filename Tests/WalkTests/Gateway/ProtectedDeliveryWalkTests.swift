import Foundation
import TestSupport
import Testing

/// Mail of the company's own people to domains that say, by DANE or by MTA-STS, how their servers
/// are to be known.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ProtectedDeliveryWalkTests {
    private static let people = "11.0.0.10"
    private static let server = "11.0.0.71"
    private static let web = "11.0.0.80"

    private static func head(_ name: String) -> String {
        """
        $ORIGIN \(name).
        $TTL 60
        @ SOA ns hostmaster 1 3600 600 86400 60
        @ NS ns
        ns A 11.0.0.54
        @ MX 10 mx
        mx A \(server)

        """
    }

    private static func send(_ internet: SmallInternet, to recipient: String) throws {
        try internet.must([
            "swaks", "--server", WalkingGateway.address, "--port", "587",
            "--local-interface", people, "--helo", "desk.corp.test", "--from", "ann@corp.test",
            "--to", recipient, "--header", "Subject: for \(recipient)", "--body", "Hello",
            "--timeout", "60",
        ])
    }

    /// Sends to all, and waits until what must arrive has; the gateway and the server.
    private static func deliver(
        _ internet: SmallInternet, _ zones: [NameServerFolder.Zone], to domains: [String],
        arriving count: Int, certificate: String
    ) throws -> (gateway: WalkingGateway, server: PostfixFolder) {
        try internet.startDNS(zones)
        let postfix = try internet.startPostfix(
            server, certificate: certificate, domains: domains,
            ["smtpd_tls_security_level = may", "smtpd_tls_received_header = yes"])
        let gateway = try WalkingGateway(
            internet,
            ["--domain", "corp.test", "--next-hop", "11.0.0.65:25", "--own-network", "11.0.0.0/24"])
        for domain in domains { try send(internet, to: "bob@\(domain)") }
        _ = try internet.eventually("\(count) mails are there: \(gateway.said)") {
            try postfix.mails().count >= count ? true : nil
        }
        return (gateway, postfix)
    }

    /// The mail is in the queue, the trace says why, and the server never got it.
    private static func expectKept(
        _ gateway: WalkingGateway, _ server: PostfixFolder, _ domain: String, _ words: [String]
    ) throws {
        let recipient = "bob@\(domain)"
        let told = try gateway.trace(["--to", recipient], says: "tried again")
        for word in words { #expect(told.contains(word), "\(domain): \(told)") }
        let waiting = try gateway.queue().flatMap(\.to).filter { $0.address == recipient }
        #expect(waiting.count == 1 && waiting.allSatisfy { $0.state.hasPrefix("tried") })
        let mails = try server.mails().map { String(decoding: $0, as: UTF8.self) }
        #expect(!mails.contains { $0.contains("Subject: for \(recipient)\n") })
    }

    @Test func `DANE lets mail through to the right certificate, and keeps it from a wrong one`()
        throws
    {
        try SmallInternet.run([Self.people, Self.server]) { internet in
            // No authority that anybody trusts is needed: the signed zone names the key.
            let files = try Self.strangers(internet)
            try files.make("mx.dane.test", for: ["mx.dane.test"])
            for name in [files.certificate("mx.dane.test"), files.key("mx.dane.test")] {
                try Command.run(["cp", name, internet.folder])
            }
            let zone =
                Self.head("dane.test") + """
                    _25._tcp.mx TLSA 3 1 1 \(try files.keyDigest("mx.dane.test"))
                    wrong MX 10 mx.wrong
                    mx.wrong A \(Self.server)
                    _25._tcp.mx.wrong TLSA 3 1 1 \(String(repeating: "ab", count: 32))

                    """
            let (gateway, server) = try Self.deliver(
                internet, [.init("dane.test", zone, isSigned: true)],
                to: ["dane.test", "wrong.dane.test"], arriving: 1, certificate: "mx.dane.test")
            let told = try gateway.trace(["--to", "bob@dane.test"], says: "Delivered")
            #expect(told.contains("encrypted with TLSv1.3"), "\(told)")
            try Self.expectKept(gateway, server, "wrong.dane.test", ["mx.wrong.dane.test", "TLSA"])
            #expect(try server.mails().count == 1)
            let balance = try gateway.balance()
            #expect(balance.delivered == 1 && balance.waiting == 1 && balance.isBalanced)
        }
    }

    /// An authority that nobody in the Internet trusts.
    private static func strangers(_ internet: SmallInternet) throws -> CertificateFolder {
        let folder = internet.folder + "/strangers"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        return try CertificateFolder(folder)
    }

    @Test
    func `MTA-STS enforced lets mail through to the named host alone, and by its certificate`()
        throws
    {
        try SmallInternet.run([Self.people, Self.server, Self.web]) { internet in
            let domains = ["sts.test", "other.test", "badcert.test"]
            try internet.certificates.make("web", for: domains.map { "mta-sts." + $0 })
            // Good for the first two domains' hosts.
            try internet.certificates.make("mx.sts.test", for: ["mx.sts.test", "mx.other.test"])
            func policy(_ host: String) -> String {
                "version: STSv1\r\nmode: enforce\r\nmx: \(host)\r\nmax_age: 86400\r\n"
            }
            try internet.startPolicyHost(
                Self.web, certificate: "web",
                policies: [
                    "sts.test": policy("mx.sts.test"), "other.test": policy("mx.elsewhere.test"),
                    "badcert.test": policy("mx.badcert.test"),
                ])
            let zones = domains.map { name in
                NameServerFolder.Zone(
                    name,
                    Self.head(name) + """
                        mta-sts A \(Self.web)
                        _mta-sts TXT "v=STSv1; id=1"

                        """)
            }
            let (gateway, server) = try Self.deliver(
                internet, zones, to: domains, arriving: 1, certificate: "mx.sts.test")
            let told = try gateway.trace(["--to", "bob@sts.test"], says: "Delivered")
            #expect(told.contains("encrypted with TLSv1.3"), "\(told)")
            try Self.expectKept(
                gateway, server, "other.test", ["MTA-STS policy of other.test"])
            try Self.expectKept(
                gateway, server, "badcert.test", ["mx.badcert.test", "certificate"])
            #expect(try server.mails().count == 1)
            let balance = try gateway.balance()
            #expect(balance.delivered == 1 && balance.waiting == 2 && balance.isBalanced)
        }
    }
}
