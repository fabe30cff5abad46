import DNS
import Identities
import MailAuthentication
import Testing

/// Keys, a DNS that knows them, and messages to seal.
struct ARCFixture: DNSLookup {
    static let now: Int64 = 1_700_000_000
    static let results = "mx.example; spf=pass smtp.mailfrom=a.example; dkim=fail (body changed)"
    static let message =
        "From: A <a@author.example>\r\nTo: list@list.example\r\nSubject: Hello\r\n"
        + "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\nGood morning.\r\n"

    /// Answers for names that are not the fixture's own.
    var others: [DomainName: DNSAnswer] = [:]
    let key: SigningKey

    private static let rsa = Result { () throws(KeyError) in
        try SigningKey.generate(.rsa, bits: 1_024)
    }

    init(_ type: KeyType = .rsa) throws {
        // Making an RSA key takes long; all tests share one.
        key = type == .rsa ? try Self.rsa.get() : try .generate(type)
    }

    var validator: ARCValidator { ARCValidator(lookup: self) }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        if let answer = others[name] { return answer }
        guard name.text.hasPrefix("arc._domainkey.") else { return DNSAnswer(.nameError) }
        return Self.answer(name, key.keyRecord)
    }

    static func answer(_ name: DomainName, _ text: String) -> DNSAnswer {
        let octets = Array(text.utf8)
        let strings = stride(from: 0, to: octets.count, by: 255).map {
            Array(octets[$0..<min($0 + 255, octets.count)])
        }
        return DNSAnswer(
            .records,
            records: [
                ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 60, data: .txt(strings))
            ])
    }

    func sealer(_ domain: String, layout: ARCFieldLayout = .folded) throws -> ARCSealer {
        ARCSealer(
            domain: try #require(DomainName(domain)), selector: "arc", key: key, layout: layout)
    }

    /// The message with one more set per domain, the last one on top.
    func sealed(_ text: String = message, by domains: [String]) async throws -> String {
        var text = text
        var validation = await validate(text)
        for domain in domains {
            let outcome = try sealer(domain).seal(
                Self.raw(text), results: Self.results, validation: validation, now: Self.now)
            guard case .sealed(let set) = outcome else {
                throw Refused(description: "\(outcome)")
            }
            text = set.text + text
            validation = ARCValidation(
                set.chainStatus == .fail ? .fail : .pass, instances: set.instance,
                reason: "As built.")
        }
        return text
    }

    func validate(_ text: String, now: Int64 = now) async -> ARCValidation {
        await validator.validate(Self.raw(text), now: now)
    }

    static func raw(_ text: String) -> RawMessage { RawMessage(Array(text.utf8)) }

    struct Refused: Error { let description: String }
}
