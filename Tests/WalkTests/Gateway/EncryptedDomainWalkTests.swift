import Foundation
import TestSupport
import Testing

/// Two houses have agreed that their mail goes over TLS only; the rest of the world goes on as ever.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct EncryptedDomainWalkTests {
    private static let world = "11.0.0.10"
    private static let inside = "11.0.0.65"

    private static func zone(_ name: String, _ address: String) -> NameServerFolder.Zone {
        .init(
            name,
            """
            $ORIGIN \(name).
            $TTL 60
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            ns A 11.0.0.54
            @ MX 10 mx
            mx A \(address)
            @ TXT "v=spf1 ip4:11.0.0.10 -all"
            _dmarc TXT "v=DMARC1; p=reject"

            """)
    }

    private static func with(_ body: (SmallInternet, WalkingGateway) throws -> Void) throws {
        try SmallInternet.run([world, inside]) { internet in
            try internet.startDNS([
                zone("partner.test", world), zone("other.test", world),
                zone("corp.test", "11.0.0.25"),
            ])
            let name = "gate.corp.test"
            try internet.certificates.make(name, for: [name])
            // Neither server speaks TLS.
            for (address, domains) in [
                (world, ["partner.test", "other.test"]), (inside, ["corp.test"]),
            ] {
                _ = try internet.startPostfix(
                    address, certificate: name, domains: domains,
                    ["myhostname = plain.test", "smtpd_tls_security_level = none"])
            }
            let gateway = try WalkingGateway(
                internet,
                [
                    "--domain", "corp.test", "--next-hop", "\(inside):25", "--recipients", "all",
                    "--own-network", inside + "/32", "--encrypted-domain", "partner.test",
                    "--certificate", internet.certificates.certificate(name),
                    "--key", internet.certificates.key(name),
                ])
            try body(internet, gateway)
        }
    }

    private static func send(
        _ internet: SmallInternet, from: String, to: String, subject: String, at door: String,
        by client: String, _ options: [String] = []
    ) throws -> Program.Outcome {
        try internet.run(
            [
                "swaks", "--server", door, "--local-interface", client, "--helo", "mx.partner.test",
                "--from", from, "--to", to, "--h-Subject", subject, "--timeout", "60",
            ] + options)
    }

    @Test func `mail of a partner is taken over TLS only, and others' in any way`() throws {
        try Self.with { internet, gateway in
            func send(
                _ from: String, _ subject: String, _ options: [String] = []
            ) throws -> Program.Outcome {
                try Self.send(
                    internet, from: from, to: "bob@corp.test", subject: subject,
                    at: WalkingGateway.address, by: Self.world, options)
            }
            for from in ["ann@partner.test", "ann@sales.partner.test"] {
                let refused = try send(from, "in-the-clear")
                #expect(refused.status != 0)
                #expect(
                    refused.output.contains("530 5.7.10 Mail of"), "\(refused.output)")
            }
            #expect(try send("ann@partner.test", "over-tls", ["--tls"]).status == 0)
            #expect(try send("ann@other.test", "from-another").status == 0)
            for subject in ["over-tls", "from-another"] {
                let told = try gateway.trace(["--subject", subject], says: "Delivered")
                #expect(told.contains(Self.inside), "\(told)")
            }
        }
    }

    @Test func `mail to a partner waits for TLS, and to others goes in the clear`() throws {
        try Self.with { internet, gateway in
            for domain in ["partner.test", "other.test"] {
                let outcome = try Self.send(
                    internet, from: "bob@corp.test", to: "ann@\(domain)", subject: "to-\(domain)",
                    at: WalkingGateway.address + ":587", by: Self.inside)
                #expect(outcome.status == 0, "\(outcome.output)")
            }
            _ = try gateway.trace(["--subject", "to-other.test"], says: "Delivered")
            let told = try gateway.trace(["--subject", "to-partner.test"], says: "tried again")
            #expect(told.contains("TLS"), "\(told)")
            #expect(try gateway.queue().map { $0.to[0].address } == ["ann@partner.test"])
        }
    }
}
