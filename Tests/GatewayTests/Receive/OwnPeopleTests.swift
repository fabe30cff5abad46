import DNS
import Gateway
import Identities
import Logging
import MailAuthentication
import SMTP
import SMTPServer
import SQLDatabase
import Spool
import Storage
import TestSupport
import Testing

@Suite struct `Mail of our own people` {
    private func received(from author: String, client: String) throws -> ReceivedMessage {
        let address = try #require(IPAddress(client))
        return ReceivedMessage(
            client: ClientConnection(
                address: address, port: 4_711, localPort: 2_525, helo: "desk.example.org"),
            envelope: Envelope(
                reversePath: ReversePath(try RecordSamples.mailbox(author)),
                recipients: [
                    EnvelopeRecipient(ForwardPath(try RecordSamples.mailbox("eva@partner.example")))
                ]),
            content: .memory(Array("From: <\(author)>\r\nSubject: x\r\n\r\nText\r\n".utf8)),
            receivedAt: RecordSamples.noon / 1_000)
    }

    /// What the history says that our organizational domain wrote, after these mails.
    private func history(
        _ mails: [(author: String, client: String, role: ListenerRole)],
        of identity: String
    ) async throws -> [String] {
        let folder = TestDatabase.temporaryFolder()
        defer { try? Command.run(["rm", "-rf", folder]) }
        let (spool, _) = try Spool.open(folder, disk: FileDisk())
        defer { spool.close() }
        var options = GatewayOptions(hostName: try domain("mx.example.org"))
        options.domains = [try domain("eu.example.org"): .catchAll]
        options.judge.ownDomains = [try domain("eu.example.org"), try domain("example.net")]
        options.ownNetworks = ["192.0.2.0/24"].compactMap { IPNetwork($0) }
        let suffixes = PublicSuffixList.system
        options.organizationalDomain = { suffixes.organizationalDomain(of: $0) ?? $0 }
        let pipeline = MailPipeline(
            options: options,
            authenticator: MessageAuthenticator(lookup: TableLookup(), suffixes: suffixes),
            spool: spool, secret: [UInt8](repeating: 1, count: 32), outlets: .init(),
            counters: GatewayCounters(), identifiers: { spool.nextIdentifier() },
            now: { RecordSamples.noon })
        for mail in mails {
            let reply = await pipeline.accept(
                try received(from: mail.author, client: mail.client), role: mail.role)
            #expect(reply.isPositive, "\(reply)")
        }
        var found: [String] = []
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let store = MessageStore(database: database)
            let projection = MessageProjection(
                log: spool, store: store, logger: Logger(label: "test"))
            _ = try await projection.catchUp()
            found = try await store.relationships(
                .fromIdentity(identity), asOf: RecordSamples.noon + 1
            ).map { "\($0.sender.address) → \($0.recipient)" }
        }
        return found
    }

    @Test func `counts in the history under our organizational domain`() async throws {
        let found = try await history(
            [
                ("anna@eu.example.org", "192.0.2.5", .internal),
                ("ben@desk.eu.example.org", "192.0.2.6", .inbound),
            ], of: "example.org")
        #expect(
            found == [
                "anna@eu.example.org → eva@partner.example",
                "ben@desk.eu.example.org → eva@partner.example",
            ])
    }

    @Test func `proves nothing in somebody else's name`() async throws {
        let mails = [("boss@bank.example", "192.0.2.5", ListenerRole.internal)]
        #expect(try await history(mails, of: "bank.example").isEmpty)
    }
}
