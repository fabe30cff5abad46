import FoundationEssentials
import Identities
import MailAuthentication
import TestSupport
import Testing

/// What we sign is verified by dkimpy, Mail::DKIM and opendkim, and what they sign by us.
@Suite struct DKIMRoundTripTests {
    private static let count = 1_000
    private static let seed: UInt64 = 20_260_101

    /// How message `n` is signed, here and in each peer's script: header form by its lowest bit,
    /// body form by the next, key by the third.
    private static func kind(_ n: Int) -> (Canonicalization, Canonicalization, KeyType) {
        (
            n & 1 == 0 ? .simple : .relaxed, n & 2 == 0 ? .simple : .relaxed,
            n & 4 == 0 ? .rsa : .ed25519
        )
    }

    @Test(arguments: DKIMPeer.all)
    func `1,000 random messages verify both ways`(with peer: DKIMPeer) async throws {
        let rsa = try SigningKey.generate(.rsa)
        let seed = Data((0..<32).map { UInt8($0 * 7 + 1) }).base64EncodedString()
        let ed25519 = try SigningKey(pem: seed)
        let keys = [
            "r._domainkey.example.com": rsa.keyRecord,
            "e._domainkey.example.com": ed25519.keyRecord,
        ]
        let folder = FileManager.default.temporaryDirectory.path() + "/dkim-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["signed", "plain"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        let settings = DKIMPeer.Settings(
            count: Self.count, keys: keys, rsa: rsa.pem, ed25519: ed25519.pem, ed25519Seed: seed)
        try JSONEncoder().encode(settings).write(to: URL(filePath: folder + "/settings.json"))
        let messages = Self.messages(for: peer)
        for (n, message) in messages.enumerated() {
            try Data(message).write(to: URL(filePath: "\(folder)/plain/\(n)"))
            let field = try Self.sign(message, n, rsa, ed25519)
            try Data(Array(field.octets) + [0x0D, 0x0A] + message)
                .write(to: URL(filePath: "\(folder)/signed/\(n)"))
        }
        let verifier = DKIMVerifier(lookup: DKIMSuiteDNS(texts: keys.mapValues { [$0] }))
        try await Self.compare(peer, folder, messages, verifier)
    }

    private static func messages(for peer: DKIMPeer) -> [[UInt8]] {
        var random = DKIMRandomMessage(seed: seed)
        return (0..<count).map { n in
            random.hasPlainFields = !peer.keepsFields && kind(n).0 == .simple
            return random.message()
        }
    }

    private static func sign(
        _ message: [UInt8], _ n: Int, _ rsa: SigningKey, _ ed25519: SigningKey
    ) throws -> RawField {
        let (headerForm, bodyForm, type) = kind(n)
        guard let domain = DomainName("example.com") else {
            throw DKIMSuite.Unreadable(description: "example.com")
        }
        var signer = DKIMSigner(
            domain: domain, selector: type == .rsa ? "r" : "e", key: type == .rsa ? rsa : ed25519)
        signer.headerForm = headerForm
        signer.bodyForm = bodyForm
        if n % 3 == 0 { signer.identity = "@sub.example.com" }
        return try signer.sign(RawMessage(message), now: DKIMSuite.now)
    }

    private static func compare(
        _ peer: DKIMPeer, _ folder: String, _ messages: [[UInt8]], _ verifier: DKIMVerifier
    ) async throws {
        let answers = try peer.run(folder)
        var verified = 0
        var signed = 0
        var taken = 0
        var wrong = 0
        for (n, message) in messages.enumerated() where peer.takes(n) {
            taken += 1
            let answer = answers[n]
            let kind = kind(n)
            if answer?.verified == true {
                verified += 1
            } else {
                Issue.record("\(peer.name) does not verify \(n) \(kind): \(answer?.reason ?? "-")")
            }
            guard let field = answer?.signature else {
                Issue.record("\(peer.name) does not sign \(n): \(answer?.reason ?? "-")")
                continue
            }
            let outcome = await verifier.verify(
                RawMessage(Array(field.utf8) + message), now: 4_000_000_000)[0]
            if answer?.own == false, outcome.result == .fail, peer.maySignWrongly(n) {
                wrong += 1
                continue
            }
            let form = "c=\(kind.0)/\(kind.1)"
            if outcome.result == .pass, outcome.algorithm == "\(kind.2)-sha256",
                field.contains(form)
            {
                signed += 1
            } else {
                Issue.record("we do not verify \(peer.name)'s \(n) \(kind): \(outcome)")
            }
        }
        print(
            "CONFORMANCE DKIM round trips with \(peer.name), seed \(seed): ours verified \(verified) of \(taken),",
            "theirs verified \(signed) of \(taken), wrong by their own judgement \(wrong)")
        #expect(taken == (peer.knowsEd25519 ? count : count / 2))
    }
}
