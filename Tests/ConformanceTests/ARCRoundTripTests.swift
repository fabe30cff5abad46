import DNS
import FoundationEssentials
import Identities
import MailAuthentication
import TestSupport
import Testing

/// What we seal is verified by dkimpy and Mail::DKIM, and what they seal by us; what was changed on
/// the way all of us refuse.
@Suite struct ARCRoundTripTests {
    static let messages = 1_000
    static let now: Int64 = 1_700_000_000
    static let seed: UInt64 = 8_617

    @Test func `dkimpy and we agree on a thousand random messages each way`() async throws {
        try await compare(with: .dkimpy)
    }

    @Test func `Mail-DKIM and we agree on a thousand random messages each way`() async throws {
        try await compare(with: .mailDKIM)
    }

    private func compare(with peer: ARCPeer) async throws {
        print("\(peer.script): seed \(Self.seed)")
        let keys = try Keys(peer: peer)
        let lookup = ARCKeyTable(keys.records)
        let validator = ARCValidator(lookup: lookup)
        var random = ARCRandomMessage(seed: Self.seed)
        var requests: [(act: ARCPeer.Act, message: String)] = []
        var cases: [Case] = []
        for _ in 0..<Self.messages {
            let sets = random.one(of: [1, 1, 2, 3])
            var made = try sealed(sets: sets, keys, &random)
            if random.happens(25) { made.damage(&random) }
            requests.append((.verify, made.message))
            cases.append(made)
        }
        for _ in 0..<Self.messages {
            let sets = random.one(of: [0, 0, 1, 2])
            let made = try sealed(sets: sets, keys, &random)
            requests.append((.seal, made.message))
            cases.append(made)
        }
        let answers = try await peer.run(
            requests, keys: keys.records, pem: keys.peerPEM, selector: "peer",
            domain: "seal.example", now: Self.now)
        try #require(answers.count == cases.count)
        var refused = 0
        for (index, (made, answer)) in zip(cases, answers).enumerated() {
            let ours = await validator.validate(made.raw, now: Self.now)
            let remark = "message \(index), \(made.damage): \(ours.reason)\n\(made.message)"
            #expect(ours.result.rawValue == answer.result, "\(remark)")
            let hasFailed = made.damage != "none"
            #expect(
                ours.result == (hasFailed ? .fail : made.sets == 0 ? .none : .pass), "\(remark)")
            if ours.result == .pass { #expect(ours.oldestPass == made.oldestPass, "\(remark)") }
            if hasFailed { refused += 1 }
            guard requests[index].act == .seal else { continue }
            let theirs = await validator.validate(RawMessage(answer.sealed), now: Self.now)
            let text = String(decoding: answer.sealed, as: UTF8.self)
            #expect(theirs.result == .pass, "message \(index): \(theirs.reason)\n\(text)")
            #expect(theirs.instances == made.sets + 1)
            #expect(theirs.sealers.last == DomainName("seal.example"))
        }
        print(
            "ROUND TRIP \(peer.script): \(Self.messages) of ours verified, \(refused) of them "
                + "changed and refused; \(Self.messages) of theirs verified")
        #expect(refused > Self.messages / 5)
    }

    /// A message with so many sets of ours; between two of them a mailing list may add its footer.
    private func sealed(
        sets: Int, _ keys: Keys, _ random: inout ARCRandomMessage
    ) throws -> Case {
        var made = Case(message: random.message())
        for instance in 0..<sets {
            // Every hop finds the chain whole; the whole of it is validated at the end.
            let arrived = ARCValidation(
                instance == 0 ? .none : .pass, instances: instance, reason: "As built.")
            if instance > 0, random.happens(30) {
                made.message += "the footer of a list\r\n"
                made.oldestPass = instance + 1
            }
            let name = random.one(of: ["short", "short", "long"])
            let key = try #require(keys.ours.first { $0.selector == name }).key
            let sealer = ARCSealer(
                domain: try #require(DomainName("seal.example")), selector: name, key: key,
                header: random.one(of: [.relaxed, .relaxed, .simple]),
                body: random.one(of: [.relaxed, .simple]),
                layout: random.one(of: [.folded, .standard]))
            let outcome = try sealer.seal(
                made.raw,
                results: "seal.example; spf=pass smtp.mailfrom=a.example; dkim=fail (x; y)",
                validation: arrived, now: Self.now)
            guard case .sealed(let set) = outcome else {
                Issue.record("\(outcome)")
                break
            }
            made.message = set.text + made.message
            made.sets += 1
        }
        return made
    }

    private struct Case {
        var message: String
        var sets = 0
        var oldestPass = 0
        var damage = "none"

        var raw: RawMessage { RawMessage(Array(message.utf8), lineEnds: .asSent) }

        /// Changes one thing that some signature covers.
        mutating func damage(_ random: inout ARCRandomMessage) {
            let changes: [(name: String, from: String, to: String)] = [
                ("author", "@author.example>", "@other.example>"),
                ("status", "cv=", "cv=x"), ("results", "dkim=fail", "dkim=pass"),
                ("instance", "i=1;", "i=2;"), ("time", "t=1700000000", "t=1700000001"),
                ("hash", "bh=", "bh=AAAA"), ("part", "ARC-Message-Signature:", "X-Was:"),
                ("seal", "ARC-Seal:", "X-Was:"), ("more", "From:", "Subject: new\r\nFrom:"),
            ]
            let change = random.one(of: changes)
            if let range = message.firstRange(of: change.from) {
                message.replaceSubrange(range, with: change.to)
                damage = change.name
            }
        }
    }

    private struct Keys {
        let records: [String: String]
        let peerPEM: String
        let ours: [(selector: String, key: SigningKey)]

        init(peer: ARCPeer) throws {
            let file =
                FileManager.default.temporaryDirectory.path() + "/arc-\(UUID().uuidString).pem"
            defer { try? FileManager.default.removeItem(atPath: file) }
            // Mail::DKIM reads PKCS#1 only.
            try Command.run(["openssl", "genrsa", "-traditional", "-out", file, "\(peer.bits)"])
            peerPEM = String(decoding: try SharedData.bytes(file), as: UTF8.self)
            ours = [
                ("short", try .generate(.rsa, bits: 1_024)),
                ("long", try .generate(.rsa, bits: 2_048)),
            ]
            var records = ["peer._domainkey.seal.example": try SigningKey(pem: peerPEM).keyRecord]
            for (selector, key) in ours {
                records["\(selector)._domainkey.seal.example"] = key.keyRecord
            }
            self.records = records
        }
    }
}
