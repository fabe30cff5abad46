import DNS
import FoundationEssentials
import HostedDNS
import Testing

/// Signatures against dnspython, both ways, and against everything that may be wrong with one.
@Suite struct SignatureTests {
    static let now: UInt64 = 1_795_000_000

    static func key(
        _ algorithm: TransactionKey.Algorithm = .sha256, name: String = "changer.example",
        secret: [UInt8] = Array(1...32)
    ) throws -> TransactionKey {
        let name = try #require(DNSName(name))
        return try #require(TransactionKey(name: name, algorithm: algorithm, secret: secret))
    }

    static func update() throws -> [UInt8] {
        let zone = try #require(DNSName("Example.test"))
        let name = try #require(DNSName("_dmarc.example.test"))
        return DNSUpdate(
            zone: zone,
            prerequisites: [.holds(name, .txt, .text("v=DMARC1; p=none"))],
            instructions: [
                .removeSet(name, .txt),
                .add(
                    ResourceRecord(
                        name: name, type: .txt, timeToLive: 300,
                        data: .text("v=DMARC1; p=reject"))),
            ]
        ).message(id: 4_711).render(compressing: false)
    }

    private static func words(
        _ act: String, _ key: TransactionKey, _ octets: [UInt8], at time: UInt64 = now
    ) -> [String] {
        [
            act, key.algorithm.rawValue, key.name.description,
            Data([UInt8](1...32)).base64EncodedString(), String(time), DNSPython.hex(octets),
        ]
    }

    @Test(arguments: TransactionKey.Algorithm.allCases)
    func `what we sign, dnspython takes, and its signed answer we take`(
        _ algorithm: TransactionKey.Algorithm
    ) async throws {
        let key = try Self.key(algorithm)
        let signer = TransactionSigner(key: key)
        let update = try Self.update()
        let request = try #require(signer.sign(update, now: Self.now))
        #expect(try await DNSPython.run(Self.words("verify", key, request.bytes)) == "good")
        let late = Self.words("verify", key, request.bytes, at: Self.now + 301)
        #expect(try await DNSPython.run(late) == "BadTime")

        let hex = try await DNSPython.run(Self.words("answer", key, request.bytes))
        let answer = DNSPython.octets(hex)
        let proved = try signer.verify(answer, of: request, now: Self.now)
        let message = try DNSMessage.parse(proved)
        #expect(message.id == 4_711 && message.isResponse && message.operation == 5)
        #expect(message.additionals.isEmpty)

        // The answer belongs to this request and no other, to this key, and to this time.
        let other = try #require(signer.sign(update, now: Self.now + 1))
        #expect(throws: TransactionSigner.Fault.forged) {
            try signer.verify(answer, of: other, now: Self.now)
        }
        let stranger = TransactionSigner(key: try Self.key(algorithm, secret: Array(2...33)))
        #expect(throws: TransactionSigner.Fault.forged) {
            try stranger.verify(answer, of: request, now: Self.now)
        }
        #expect(throws: TransactionSigner.Fault.clocksDiffer(301)) {
            try signer.verify(answer, of: request, now: Self.now + 301)
        }
        #expect(throws: TransactionSigner.Fault.clocksDiffer(301)) {
            try signer.verify(answer, of: request, now: Self.now - 301)
        }
        for place in [3, 13, answer.count - 1, answer.count - 40] {
            var bent = answer
            bent[place] ^= 1
            #expect(throws: TransactionSigner.Fault.self) {
                try signer.verify(bent, of: request, now: Self.now)
            }
        }
    }

    @Test(arguments: TransactionKey.Algorithm.allCases)
    func `what dnspython signs is what we sign`(
        _ algorithm: TransactionKey.Algorithm
    ) async throws {
        let key = try Self.key(algorithm)
        let plain = try Self.update()
        let theirs = DNSPython.octets(
            try await DNSPython.run(Self.words("sign", key, plain)))
        let ours = try #require(TransactionSigner(key: key).sign(plain, now: Self.now))
        let mine = try #require(try SignedMessage.parse(ours.bytes))
        let other = try #require(try SignedMessage.parse(theirs))
        #expect(mine.unsigned == plain)
        #expect(other.signature.keyName == key.name)
        #expect(other.signature.signedAt == Self.now && other.signature.fudge == 300)
        // They write names compressed: the same code comes out where the octets are the same.
        if other.unsigned == mine.unsigned {
            #expect(other.signature.authenticationCode == ours.code)
        } else {
            let same = try #require(TransactionSigner(key: key).sign(other.unsigned, now: Self.now))
            #expect(other.signature.authenticationCode == same.code)
        }
    }

    @Test func `a server that finds our clock wrong tells its own, with proof`() async throws {
        let key = try Self.key()
        let signer = TransactionSigner(key: key)
        let update = try Self.update()
        let request = try #require(signer.sign(update, now: Self.now))
        let hex = try await DNSPython.run(Self.words("answer", key, request.bytes) + ["18"])
        #expect(
            throws: TransactionSigner.Fault.refused(.badTime, serverTime: Self.now + 4_000)
        ) {
            try signer.verify(DNSPython.octets(hex), of: request, now: Self.now)
        }
    }

    @Test func `an answer without a signature, or with another key, proves nothing`() throws {
        let signer = TransactionSigner(key: try Self.key())
        let update = try Self.update()
        let request = try #require(signer.sign(update, now: Self.now))
        var message = DNSMessage()
        message.id = 4_711
        message.isResponse = true
        message.operation = 5
        let plain = message.render()
        #expect(throws: TransactionSigner.Fault.unsigned) {
            try signer.verify(plain, of: request, now: Self.now)
        }
        let stranger = TransactionSigner(key: try Self.key(name: "other.example"))
        let other = try #require(stranger.sign(plain, now: Self.now))
        #expect(throws: TransactionSigner.Fault.otherKey) {
            try signer.verify(other.bytes, of: request, now: Self.now)
        }
        let algorithm = try #require(DNSName("hmac-sha256"))
        for fault in [TransactionSignature.Fault.badKey, .badSignature] {
            let refusal = try #require(
                TransactionSignature(
                    keyName: signer.keyName, algorithm: algorithm, signedAt: 0, originalID: 4_711,
                    fault: fault
                ).append(to: plain))
            #expect(throws: TransactionSigner.Fault.refused(fault, serverTime: nil)) {
                try signer.verify(refusal, of: request, now: Self.now)
            }
        }
        #expect(throws: TransactionSigner.Fault.self) {
            try signer.verify(Array(plain.prefix(11)), of: request, now: Self.now)
        }
        #expect(signer.sign([1, 2, 3], now: Self.now) == nil)
        // A message without room for the signature is not sent.
        #expect(signer.sign([UInt8](repeating: 0, count: 65_500), now: Self.now) == nil)
    }

    @Test func `a secret is in no description`() throws {
        let key = try Self.key(secret: Array("very secret indeed".utf8))
        let ring = KeyRing(keys: [key])
        for text in ["\(key)", "\(ring)", "\(TransactionSigner(key: key))", dumped(key)] {
            #expect(!text.contains("secret indeed"))
            #expect(!text.contains("118, 101, 114"))
        }
        #expect("\(key)" == "changer.example. (hmac-sha256)")
        let name = try #require(DNSName("k"))
        #expect(TransactionKey(name: name, algorithm: .sha256, secret: Array(1...15)) == nil)
        #expect(
            TransactionKey(
                name: name, algorithm: .sha256, secret: [UInt8](repeating: 1, count: 513)) == nil)
    }

    private func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }
}
