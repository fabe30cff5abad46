import DNS
import FoundationEssentials
import Identities
import MailAuthentication
import TestSupport
import Testing

/// mail-auth's DKIM2 vectors of July 2026, and the interoperability files of November 2025.
@Suite struct DKIM2ConformanceTests {
    /// Cases that are not met, with the reason; docs/conformance.md says more.
    static let justified: [String: String] = Dictionary(
        uniqueKeysWithValues: [
            "arobins/arobins-sig1.eml", "arobins/arobins-sig2.eml", "arobins/arobins-sig3.eml",
            "arobins/arobins-sig4-ed25519.eml", "brong/brong-final.eml", "brong/brong-mm.eml",
            "brong/brong-mm2.eml", "brong/brong-mm3.eml", "brong/brong-orig.eml",
            "rnc1/mail-20251102-193051.txt",
        ].map { ($0, "signed by a prototype with other tags, before the first draft of today's") })

    // MARK: dkim2-mail-auth

    @Test func `every verification vector gives its result`() async throws {
        let folder = try SharedData.path("conformance/dkim2-mail-auth")
        let cases = try JSONDecoder().decode(
            [VectorCase].self, from: Data(try SharedData.bytes(folder + "/cases.json")))
        let lookup = try DKIM2KeyTable(folder + "/dns.json")
        var tally = DKIM2Tally("dkim2-mail-auth verification")
        for vector in cases {
            var policy = DKIM2Policy()
            policy.acceptsPathsWithoutBrackets = !vector.strict
            let outcome = await DKIM2Verifier(lookup: lookup, policy: policy).verify(
                RawMessage(try SharedData.bytes(folder + "/expected/" + vector.file)),
                envelope: DKIM2Envelope(mailFrom: vector.mailFrom, recipients: vector.rcptTo),
                now: vector.now)
            tally.take(
                vector.name, isMet: outcome.result.rawValue == vector.expected,
                "expected \(vector.expected), found \(outcome.result): \(outcome.reason)")
            #expect(!outcome.reason.isEmpty)
        }
        tally.finish(justified: [:])
        #expect(cases.count == 47)
    }

    /// The files that a signer makes and that each hop's verifier must take, with the envelope that
    /// they name.
    @Test func `every message of the signing vectors verifies`() async throws {
        let folder = try SharedData.path("conformance/dkim2-mail-auth")
        let lookup = try DKIM2KeyTable(folder + "/dns.json")
        var tally = DKIM2Tally("dkim2-mail-auth signed messages")
        var policy = DKIM2Policy()
        for file in Self.signedFiles {
            policy.acceptsPathsWithoutBrackets = Self.filesWithoutBrackets.contains(file)
            let message = try Self.message(folder + "/expected/\(file).eml")
            let envelope = try #require(
                await DKIM2Verifier(lookup: lookup, policy: policy)
                    .verify(message, envelope: nil, now: 1_740_002_100).hops.last)
            let outcome = await DKIM2Verifier(lookup: lookup, policy: policy).verify(
                message,
                envelope: DKIM2Envelope(
                    mailFrom: try #require(envelope.mailFrom), recipients: envelope.recipients),
                now: 1_740_002_100)
            tally.take(file, isMet: outcome.result == .pass, "\(outcome.result): \(outcome.reason)")
        }
        tally.finish(justified: [:])
        #expect(Self.signedFiles.count == 16)
    }

    /// Both algorithms are deterministic: the same message, key and time give the same octets.
    @Test func `we sign to the same octets as the vectors`() throws {
        let folder = try SharedData.path("conformance/dkim2-mail-auth")
        var tally = DKIM2Tally("dkim2-mail-auth signing")
        for vector in Self.signing {
            let expected = try Self.message(folder + "/expected/\(vector.file).eml")
            let input = RawMessage(try SharedData.bytes(folder + "/emails/\(vector.email).eml"))
            let pem = String(
                decoding: try SharedData.bytes(
                    folder + "/keys/\(vector.selector)._domainkey.\(vector.domain).pem"),
                as: UTF8.self)
            let signer = try DKIM2Signer(
                domain: try #require(DomainName(vector.domain)),
                keys: [.init(selector: vector.selector, key: try SigningKey(pem: pem))])
            let fields = try signer.sign(
                input,
                for: .envelope(
                    DKIM2Envelope(mailFrom: vector.mailFrom, recipients: vector.recipients)),
                now: 1_740_000_000)
            let wanted =
                expected.fields(named: "DKIM2-Signature")
                + expected.fields(named: "Message-Instance")
            let made = [RawField(fields.signature), fields.instance.flatMap { RawField($0) }]
                .compactMap(\.self)
            tally.take(
                vector.file, isMet: made.map(Self.bare) == wanted.map(Self.bare),
                "made \(fields.signature)")
        }
        tally.finish(justified: [:])
    }

    // MARK: dkim2-interop

    /// Those files have `Mail-Version` fields and DKIM's own tags; no draft of the working group has
    /// that form. They are told apart and never taken for good.
    @Test func `the interoperability files of 2025 are recognised as older`() async throws {
        let folder = try SharedData.path("conformance/dkim2-interop")
        let verifier = DKIM2Verifier(lookup: try DKIM2KeyTable(folder + "/dns.json"))
        var tally = DKIM2Tally("dkim2-interop")
        for path in try SharedData.files(below: "conformance/dkim2-interop") {
            let name = String(path.dropFirst(folder.count + 1))
            guard name.hasSuffix(".eml") || name.hasSuffix("193051.txt") else { continue }
            let message = RawMessage(try SharedData.bytes(path))
            let outcome = await verifier.verify(message, envelope: nil, now: 1_762_200_000)
            if message.fields(named: "DKIM2-Signature").isEmpty {
                tally.take(name, isMet: outcome.result == .none, "\(outcome.result)")
                continue
            }
            #expect(outcome.result == .permerror)
            #expect(outcome.reason.contains("prototype"), "\(name): \(outcome.reason)")
            tally.take(name, isMet: outcome.result == .pass, outcome.reason)
        }
        tally.finish(justified: Self.justified)
    }

    // MARK: Helpers

    private static let signedFiles = [
        "simple-ed25519", "simple-rsa2048", "simple-sel2", "simple-sel3", "multiheader-ed25519",
        "trailingblank-ed25519", "emptybody-ed25519", "multirecipient-ed25519", "dsn-ed25519",
        "dupheaders-ed25519", "simple-rsa1024", "multihop-header-add", "multihop-body-footer",
        "multihop-header-replace", "multihop-dup-headers", "multihop-3hop-dup-headers",
    ]

    /// Made before paths had to have their angle brackets.
    private static let filesWithoutBrackets: Set<String> = [
        "simple-rsa1024", "multihop-header-add", "multihop-body-footer", "multihop-header-replace",
        "multihop-dup-headers", "multihop-3hop-dup-headers",
    ]

    private struct SigningVector {
        let file: String
        let email: String
        let domain: String
        let selector: String
        let mailFrom: String
        let recipients: [String]

        init(
            _ file: String, _ email: String, _ domain: String, _ selector: String,
            mailFrom: String? = nil, recipients: [String] = ["recipient@example.com"]
        ) {
            self.file = file
            self.email = email
            self.domain = domain
            self.selector = selector
            self.mailFrom = mailFrom ?? "sender@\(domain)"
            self.recipients = recipients
        }
    }

    private static let signing = [
        SigningVector("simple-ed25519", "simple", "test1.dkim2.com", "ed25519"),
        SigningVector("simple-rsa2048", "simple", "test1.dkim2.com", "sel1"),
        SigningVector("simple-sel2", "simple", "test1.dkim2.com", "sel2"),
        SigningVector("simple-sel3", "simple", "test1.dkim2.com", "sel3"),
        SigningVector("multiheader-ed25519", "multiheader", "test2.dkim2.com", "ed25519"),
        SigningVector("trailingblank-ed25519", "trailingblank", "test3.dkim2.com", "ed25519"),
        SigningVector("emptybody-ed25519", "emptybody", "test4.dkim2.com", "ed25519"),
        SigningVector(
            "multirecipient-ed25519", "multirecipient", "test5.dkim2.com", "ed25519",
            recipients: ["alice@example.com", "bob@example.com", "charlie@example.com"]),
        SigningVector("dsn-ed25519", "simple", "test1.dkim2.com", "ed25519", mailFrom: "<>"),
        SigningVector("dupheaders-ed25519", "dupheaders", "test1.dkim2.com", "ed25519"),
    ]

    /// One file lost the line feed of its last line end; the suite's own test puts it back.
    private static func message(_ path: String) throws -> RawMessage {
        var octets = try SharedData.bytes(path)
        if octets.last == 0x0D { octets.append(0x0A) }
        return RawMessage(octets)
    }

    private static func bare(_ field: RawField) -> String {
        String(decoding: field.valueOctets.filter { $0 > 0x20 }, as: UTF8.self)
    }
}

/// One entry of cases.json.
private struct VectorCase: Decodable {
    let name: String
    let file: String
    let mailFrom: String
    let rcptTo: [String]
    let expected: String
    let now: Int64
    let strict: Bool

    enum CodingKeys: String, CodingKey {
        case name, file, expected, now, strict
        case mailFrom = "mail_from"
        case rcptTo = "rcpt_to"
    }
}

/// The suite's keys: domain, name below it, records.
private struct DKIM2KeyTable: DNSLookup {
    private let texts: [DomainName: [String]]

    init(_ path: String) throws {
        let table = try JSONDecoder().decode(
            [String: [String: [[String]]]].self, from: Data(try SharedData.bytes(path)))
        var texts: [DomainName: [String]] = [:]
        for (domain, names) in table {
            for (name, records) in names {
                guard let full = DomainName("\(name).\(domain)") else { continue }
                texts[full] = records.map { $0[1] }
            }
        }
        self.texts = texts
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        guard type == .txt, let found = texts[name] else { return DNSAnswer(.nameError) }
        return DNSAnswer(
            .records,
            records: found.map {
                ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 60, data: .txt([Array($0.utf8)]))
            })
    }
}

/// Counts cases and names each that is not met.
private struct DKIM2Tally {
    private let suite: String
    private var cases: Set<String> = []
    private var unmet: [String: String] = [:]

    init(_ suite: String) { self.suite = suite }

    mutating func take(_ name: String, isMet: Bool, _ detail: @autoclosure () -> String) {
        #expect(cases.insert(name).inserted, "\(name) stands twice")
        if !isMet { unmet[name] = detail() }
    }

    /// Prints the row of the table; fails for a difference without a reason, and for one with a
    /// reason that is gone.
    func finish(justified: [String: String]) {
        print(
            "CONFORMANCE \(suite): cases \(cases.count), met \(cases.count - unmet.count),",
            "not met \(unmet.count)")
        for (name, detail) in unmet.sorted(by: { $0.key < $1.key }) {
            print("CONFORMANCE not met: \(suite) \(name): \(detail)")
            #expect(justified[name] != nil, "\(suite) \(name): \(detail)")
        }
        for name in justified.keys { #expect(unmet[name] != nil, "\(suite) \(name) is met now") }
    }
}
