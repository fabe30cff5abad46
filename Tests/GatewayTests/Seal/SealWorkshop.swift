import DNS
import FoundationEssentials
import Gateway
import Identities
import MailAuthentication
import SMTP
import SMTPServer
import Spool
import Synchronization
import TestSupport
import Testing

/// A pipeline over a spool in a folder of its own, with keys that are in its DNS.
struct SealWorkshop {
    static let now: Int64 = 1_790_000_000
    static let rsa = Result { try SigningKey.generate(.rsa) }
    static let ed25519 = Result { try SigningKey.generate(.ed25519) }

    /// What became of a message.
    struct Outcome {
        var reply: SMTPReply
        var disposition: SpoolMessage.Disposition?
        /// Fields and content as they leave.
        var octets: [UInt8] = []
        var record: MessageRecord?

        var text: String { String(decoding: octets, as: UTF8.self) }
        var acts: [RecordedAct.Kind] { record?.acts.map(\.kind) ?? [] }
    }

    var options: GatewayOptions
    /// The message is in a file when it comes.
    var isLarge = false
    var role = ListenerRole.inbound
    var client = "198.51.100.1"

    init() throws {
        options = GatewayOptions(hostName: try domain("mx.bank.example"))
        options.judge.ownDomains = [try domain("bank.example")]
    }

    static func signer(_ selector: String, _ type: KeyType = .rsa) throws -> DKIMSigner {
        DKIMSigner(
            domain: try domain("bank.example"), selector: selector,
            key: type == .rsa ? try rsa.get() : try ed25519.get())
    }

    static func sealer() throws -> ARCSealer {
        ARCSealer(domain: try domain("bank.example"), selector: "r", key: try rsa.get())
    }

    /// Key records by name.
    static func keys() throws -> [String: String] {
        [
            "r._domainkey.bank.example": try rsa.get().keyRecord,
            "e._domainkey.bank.example": try ed25519.get().keyRecord,
            "r._domainkey.sender.example": try rsa.get().keyRecord,
        ]
    }

    static func zone() throws -> ZoneLookup {
        var text = """
            sender.example. 60 TXT "v=spf1 ip4:192.0.2.1 -all"
            _dmarc.sender.example. 60 TXT "v=DMARC1; p=none"
            bank.example. 60 TXT "v=spf1 ip4:192.0.2.1 -all"
            _dmarc.bank.example. 60 TXT "v=DMARC1; p=none"

            """
        for (name, record) in try keys() {
            var rest = record[...]
            var pieces: [String] = []
            while !rest.isEmpty {
                pieces.append("\"\(rest.prefix(200))\"")
                rest = rest.dropFirst(200)
            }
            text += "\(name). 60 TXT \(pieces.joined(separator: " "))\n"
        }
        return ZoneLookup(records: try ZoneFile.parse(text))
    }

    /// Sends a message through the pipeline.
    func send(
        _ text: String, from sender: String = "anna@sender.example",
        to recipients: [String] = ["ben@example.com"]
    ) async throws -> Outcome {
        try await send(Array(text.utf8), from: sender, to: recipients)
    }

    func send(
        _ octets: [UInt8], from sender: String = "anna@sender.example",
        to recipients: [String] = ["ben@example.com"]
    ) async throws -> Outcome {
        let folder = "/tmp/sealgate-seal-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder + "/incoming", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (spool, _) = try Spool.open(folder, disk: FileDisk())
        defer { spool.close() }
        let accepted = Mutex<SpoolMessage?>(nil)
        let refused = Mutex<MessageRecord?>(nil)
        var outlets = MailPipeline.Outlets()
        outlets.accepted = { message in accepted.withLock { $0 = message } }
        outlets.refused = { record in refused.withLock { $0 = record } }
        let pipeline = MailPipeline(
            options: options,
            authenticator: MessageAuthenticator(lookup: try Self.zone(), suffixes: .system),
            spool: spool, secret: Array(repeating: 7, count: 32), outlets: outlets,
            counters: GatewayCounters(), identifiers: { spool.nextIdentifier() },
            now: { Self.now * 1_000 })
        var content = MessageContent.memory(octets)
        if isLarge {
            let path = folder + "/incoming/1"
            try Data(octets).write(to: URL(filePath: path))
            content = .file(ContentFile(path: path, count: octets.count))
        }
        let envelope = Envelope(
            reversePath: ReversePath(try RecordSamples.mailbox(sender)),
            recipients: try recipients.map {
                EnvelopeRecipient(ForwardPath(try RecordSamples.mailbox($0)))
            })
        let reply = await pipeline.accept(
            ReceivedMessage(
                client: ClientConnection(
                    address: try #require(IPAddress(client)), port: 4_000, localPort: 25,
                    helo: "mail.sender.example", isExtended: true),
                envelope: envelope, content: content, receivedAt: Self.now), role: role)
        guard let message = accepted.withLock({ $0 }) else {
            return Outcome(reply: reply, record: refused.withLock { $0 })
        }
        let stored = try spool.content(of: message.id)
        return Outcome(
            reply: reply, disposition: message.disposition,
            octets: try stored.read(0..<stored.count),
            record: MessageRecord(encoded: message.record))
    }

    /// What our own verifiers say of a message that left.
    static func check(_ octets: [UInt8]) async throws -> MessageAuthentication {
        await MessageAuthenticator(lookup: try zone(), suffixes: .system).authenticate(
            MessageAuthenticatorRequest(
                message: RawMessage(octets), client: IPAddress("203.0.113.9"), helo: "next.example",
                mailFrom: "", now: now))
    }

    /// What dkimpy says: a line for each DKIM signature from the top down, and one for ARC.
    static func dkimpy(_ octets: [UInt8]) throws -> [String] {
        let folder = "/tmp/sealgate-dkimpy-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(octets).write(to: URL(filePath: folder + "/mail.eml"))
        try JSONEncoder().encode(try keys()).write(to: URL(filePath: folder + "/keys.json"))
        try Command.run(
            [
                "env", "PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3",
                SharedData.packageRoot + "/Tests/GatewayTests/Seal/Peers/seal_dkimpy.py",
                folder + "/mail.eml", folder + "/keys.json",
            ], log: folder + "/log")
        let said = String(decoding: try SharedData.bytes(folder + "/log"), as: UTF8.self)
        return said.split(separator: "\n").map(String.init)
    }
}
