import FoundationEssentials
import Gateway
import Identities
import Logging
import MailReports
import SMTP
import SMTPClient
import Spool
import Storage
import Synchronization
import TestSupport
import Testing

/// Another reader of reports, parsedmarc, takes ours as they are and reads the same numbers.
struct ReportPeerTests {
    /// It is not there; the sentence says how to get it.
    private struct Absent: Error, CustomStringConvertible {
        let description: String
    }

    /// A Python that has parsedmarc.
    private static var python: String {
        get throws {
            let named = ProcessInfo.processInfo.environment["SEALGATE_PARSEDMARC"]
            let path = named ?? SharedData.packageRoot + "/.build-bench/venv/bin/python"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw Absent(
                    description: "These tests need parsedmarc at \(path): make it with "
                        + "`python3 -m venv .build-bench/venv` and "
                        + "`.build-bench/venv/bin/pip install parsedmarc`, or name a Python that "
                        + "has it in SEALGATE_PARSEDMARC.")
            }
            return path
        }
    }

    private static func read(_ octets: [UInt8]) async throws -> [String] {
        let folder = "/tmp/sealgate-peer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(octets).write(to: URL(filePath: folder + "/mail.eml"))
        let script =
            SharedData.packageRoot + "/Tests/GatewayTests/Report/Peers/report_parsedmarc.py"
        try await Command.finish(
            [
                "env", "PYTHONDONTWRITEBYTECODE=1", "TZ=UTC", try Self.python, script,
                folder + "/mail.eml",
            ], log: folder + "/log")
        let said = String(decoding: try SharedData.bytes(folder + "/log"), as: UTF8.self)
        return said.split(separator: "\n").map(String.init)
    }

    /// The mails of a day with a good message, a spoofed one, a forwarded one and some sessions.
    private static func mails() async throws -> [ReportMail] {
        let mails = Mutex<[ReportMail]>([])
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            let cases: [(String, Decision, Int)] = [
                ("192.0.2.1", Decision(.deliver, .authenticated, ""), 3),
                ("203.0.113.9", Decision(.reject, .policyReject, ""), 500),
                ("2001:db8::7", Decision(.deliver, .trustedForwarder, ""), 2),
            ]
            for (source, decision, count) in cases {
                let found = await workshop.authenticate(source)
                let observation = try #require(
                    DMARCObservation(
                        found, decision, recipients: [try reportDomain("receiver.example")]))
                for _ in 0..<count { composer.messages.add(observation, at: workshop.now) }
            }
            let acme = try reportDomain("acme.example")
            var seen = TLSObservation(
                domain: acme,
                policy: .init(
                    type: .sts, text: ["version: STSv1"], domain: acme, hosts: ["*.acme.example"]),
                host: "mx.acme.example", address: IPAddress("203.0.113.7"),
                source: IPAddress("192.0.2.7"), at: workshop.now * 1_000)
            for _ in 0..<40 { composer.sessions.add(seen) }
            seen.result = .certificateExpired
            for _ in 0..<2 { composer.sessions.add(seen) }
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 3_600
            _ = try await composer.step()
            mails.withLock { $0 = workshop.outbox }
        }
        return mails.withLock { $0 }
    }

    /// What becomes of a mail on its way through a real Postfix into a mailbox.
    private static func delivered(_ mail: ReportMail) async throws -> [UInt8] {
        let arrived = Mutex<[UInt8]>([])
        try await RealServers.run { servers in
            let port = try LoopbackPort.free()
            try servers.certificates().make("mx", for: ["mx.acme.example"])
            try await servers.startPostfix(
                certificate: "mx", port: port, domains: ["acme.example", "service.example"])
            var options = SMTPClientOptions(hostName: "mx.receiver.example")
            options.trustRoots = .file(try servers.certificates().authority)
            let client = SMTPClient(
                options: options, now: SystemTime.milliseconds, logger: Logger(label: "test"))
            let result = await client.deliver(
                OutgoingMessage(
                    envelope: mail.envelope, content: MemoryContent(mail.octets),
                    isEightBit: mail.octets.contains { $0 >= 0x80 }),
                to: DeliveryTarget(
                    name: "mx.acme.example", address: IPAddress(ipv4: 0x7F00_0001), port: port,
                    tls: .verified(names: ["mx.acme.example"])))
            await client.shutDown()
            for recipient in result.recipients {
                guard case .delivered = recipient else {
                    Issue.record("Postfix does not take it: \(recipient)")
                    return
                }
            }
            let mails = try await servers.mails(mail.envelope.recipients.count)
            arrived.withLock { $0 = mails[0] }
        }
        return arrived.withLock { $0 }
    }

    @Test func `Postfix takes the mail of an aggregate report, and parsedmarc reads its numbers`()
        async throws
    {
        let mail = try #require(try await Self.mails().first { $0.kind == .dmarc })
        // parsedmarc keeps what stands before the `@`: it must be enough to tell reports apart.
        let identifier = mail.identifier.dropFirst(2).prefix { $0 != "@" }
        for octets in [mail.octets, try await Self.delivered(mail)] {
            let lines = try await Self.read(octets)
            #expect(
                lines.prefix(3) == [
                    "aggregate Receiver Söhne postmaster@receiver.example \(identifier)",
                    "period 2026-11-21 00:00:00 2026-11-21 23:59:59",
                    "policy acme.example reject reject r",
                ])
            #expect(
                Set(lines.dropFirst(3)) == [
                    "row 192.0.2.1 3 pass fail pass - acme.example acme.example "
                        + "receiver.example - acme.example/mfrom/pass",
                    "row 203.0.113.9 500 reject fail fail - acme.example acme.example "
                        + "receiver.example - acme.example/mfrom/fail",
                    "row 2001:db8::7 2 none fail fail trusted_forwarder acme.example acme.example "
                        + "receiver.example - acme.example/mfrom/fail",
                ])
        }
    }

    @Test func `Postfix takes the mail of a TLS report, and parsedmarc reads its numbers`()
        async throws
    {
        let mail = try #require(try await Self.mails().first { $0.kind == .tls })
        for octets in [mail.octets, try await Self.delivered(mail)] {
            #expect(
                try await Self.read(octets) == [
                    "tls Receiver Söhne postmaster@receiver.example "
                        + "\(mail.identifier.dropFirst(2))",
                    "period 2026-11-21T00:00:00Z 2026-11-21T23:59:59Z",
                    "policy acme.example sts 40 2",
                    "failure certificate-expired 2 203.0.113.7 mx.acme.example",
                ])
        }
    }
}
