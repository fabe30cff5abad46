import DNS
import DomainAnalysis
import Identities
import MailAuthentication
import ReportConsumer
import Storage
import TestSupport
import Testing

/// Mails that are fetched: our own verification of their signatures, and what a server of one's own
/// wrote into them.
@Suite struct TrustedReceiverTests {
    static func level(
        _ header: String, trusting receivers: [String], zone: String = ReportTrustTests.zone
    ) async throws -> ReportTrust? {
        let report = ReportTrustTests.report("a", by: "Small Ltd", "d@small.example")
        let mail = Array(header.utf8) + MailboxTests.mail(report, 1)
        return try await trust(of: mail, trusting: receivers, zone: zone)
    }

    static func trust(
        of mail: [UInt8], trusting receivers: [String], zone: String
    ) async throws -> ReportTrust? {
        let lookup = ZoneLookup(records: try ZoneFile.parse(zone))
        var found: ReportTrust?
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let intake = Intake(
                pipeline: ReportPipeline(
                    intake: IntakeStore(database: database), identifier: SenderIdentifier(),
                    policies: lookup, now: { 1_700_300_000 }),
                authenticator: MessageAuthenticator(lookup: lookup, suffixes: .system))
            let outcome = try await intake.accept([
                Arrival(mail, name: "m", door: "imap", sender: .mailbox(trusting: receivers))
            ])
            let id = try #require(outcome.first?.accepted.first?.id)
            found = try await ReportStore(database: database).report(id, rows: 1)?.trust
        }
        return found
    }

    @Test func `a server that is trusted vouches, and no other does`() async throws {
        let field =
            "Authentication-Results: mx.own.example; dkim=pass header.d=small.example\r\n"
        let trusted = try await Self.level(field, trusting: ["MX.own.example"])
        #expect(trusted?.level == .proved)
        #expect(trusted?.reasons.first?.contains("as mx.own.example saw it") == true)
        #expect(try await Self.level(field, trusting: [])?.level == .unproved)
        #expect(try await Self.level(field, trusting: ["other.example"])?.level == .unproved)
        // Below the topmost field stands what anybody wrote.
        let below = "Authentication-Results: evil.example; none\r\n" + field
        #expect(
            try await Self.level(below, trusting: ["mx.own.example"])?.level == .unproved)
        let failed = field.replacing("dkim=pass", with: "dkim=fail")
        #expect(
            try await Self.level(failed, trusting: ["mx.own.example"])?.level == .unproved)
    }

    @Test func `a signature that we verify proves its mail`() async throws {
        let key = try SigningKey.generate(.ed25519)
        let signer = DKIMSigner(
            domain: try #require(DomainName("small.example")), selector: "s", key: key)
        let report = ReportTrustTests.report("a", by: "Small Ltd", "d@small.example")
        let mail = Array(
            String(decoding: MailboxTests.mail(report, 1), as: UTF8.self)
                .replacing("r@reporter.example", with: "d@small.example").utf8)
        let field = try signer.sign(RawMessage(mail, lineEnds: .asSent), now: 1_700_300_000)
        let zone =
            ReportTrustTests.zone + "\ns._domainkey.small.example. IN TXT \"\(key.keyRecord)\"\n"
        let signed = Array(field.octets) + Array("\r\n".utf8) + mail
        let trust = try await Self.trust(of: signed, trusting: [], zone: zone)
        #expect(trust?.level == .proved, "\(trust?.reasons ?? [])")
        let changed = String(decoding: signed, as: UTF8.self)
            .replacing("Subject: Report 1", with: "Subject: Report 2")
        let broken = try await Self.trust(of: Array(changed.utf8), trusting: [], zone: zone)
        #expect(broken?.level == .unproved)
    }
}
