import FoundationEssentials
import Gateway
import Identities
import MailReports
import SMTPClient
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

    private static func read(_ octets: [UInt8]) throws -> [String] {
        let folder = "/tmp/sealgate-peer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(octets).write(to: URL(filePath: folder + "/mail.eml"))
        let script =
            SharedData.packageRoot + "/Tests/GatewayTests/Report/Peers/report_parsedmarc.py"
        try Command.run(
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

    @Test func `parsedmarc reads the same numbers from the mail of an aggregate report`()
        async throws
    {
        let mail = try #require(try await Self.mails().first { $0.kind == .dmarc })
        let lines = try Self.read(mail.octets)
        // parsedmarc keeps what stands before the `@`: it must be enough to tell reports apart.
        let identifier = mail.identifier.dropFirst(2).prefix { $0 != "@" }
        #expect(
            lines.prefix(3) == [
                "aggregate Receiver Söhne postmaster@receiver.example \(identifier)",
                "period 2026-11-21 00:00:00 2026-11-21 23:59:59",
                "policy acme.example reject reject r",
            ])
        #expect(
            Set(lines.dropFirst(3)) == [
                "row 192.0.2.1 3 pass fail pass - acme.example acme.example receiver.example - "
                    + "acme.example/mfrom/pass",
                "row 203.0.113.9 500 reject fail fail - acme.example acme.example "
                    + "receiver.example - acme.example/mfrom/fail",
                "row 2001:db8::7 2 none fail fail trusted_forwarder acme.example acme.example "
                    + "receiver.example - acme.example/mfrom/fail",
            ])
    }

    @Test func `parsedmarc reads the same numbers from the mail of a TLS report`() async throws {
        let mail = try #require(try await Self.mails().first { $0.kind == .tls })
        #expect(
            try Self.read(mail.octets) == [
                "tls Receiver Söhne postmaster@receiver.example \(mail.identifier.dropFirst(2))",
                "period 2026-11-21T00:00:00Z 2026-11-21T23:59:59Z",
                "policy acme.example sts 40 2",
                "failure certificate-expired 2 203.0.113.7 mx.acme.example",
            ])
    }
}
