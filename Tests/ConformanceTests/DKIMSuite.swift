import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing

/// Counts the cases of one DKIM suite, prints its row, and names each case that is not met.
struct DKIMSuite {
    let name: String
    private var cases = 0
    private var unmet: [(name: String, detail: String)] = []

    init(_ name: String) { self.name = name }

    /// One case: every outcome expected, in order.
    mutating func expect(
        _ name: String, _ expected: [DKIMResult], _ outcomes: [DKIMVerification]
    ) {
        expect(
            name, outcomes.map(\.result) == expected,
            "expected \(expected), found \(outcomes.map { "\($0.result): \($0.reason)" })")
    }

    mutating func expect(_ name: String, _ isMet: Bool, _ detail: String) {
        cases += 1
        if !isMet { unmet.append((name, detail)) }
    }

    /// `justified`: cases that are not met on purpose; the reasons stand in docs/conformance.md.
    func finish(count: Int, justified: Set<String> = []) {
        print(
            "CONFORMANCE \(name): cases \(cases), met \(cases - unmet.count),",
            "not met \(unmet.count)")
        for (name, detail) in unmet {
            print("CONFORMANCE not met \(self.name)/\(name): \(detail)")
            #expect(justified.contains(name), "\(name): \(detail)")
        }
        for name in justified {
            #expect(unmet.contains { $0.name == name }, "\(name) is met now")
        }
        #expect(cases == count)
    }

    // MARK: Helpers

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// A file of the suite.
    func file(_ path: String) throws -> [UInt8] {
        try SharedData.bytes(SharedData.path("conformance/\(name)/\(path)"))
    }

    func text(_ path: String) throws -> String {
        String(decoding: try file(path), as: UTF8.self)
    }

    func domain(_ text: String) throws -> DomainName {
        guard let domain = DomainName(text) else {
            throw Unreadable(description: "\(text) is no domain name")
        }
        return domain
    }

    /// Signs and puts the field on top.
    func signed(_ message: RawMessage, _ signer: DKIMSigner, now: Int64 = now) throws -> RawMessage
    {
        message.with(fields: [try signer.sign(message, now: now)] + message.fields)
    }

    static let now: Int64 = 1_700_000_000
}

/// TXT records by name; what is not there does not exist.
struct DKIMSuiteDNS: DNSLookup {
    var texts: [String: [String]] = [:]
    var failures: Set<String> = []

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        if failures.contains(name.text) { return DNSAnswer(.failure("The server failed.")) }
        guard type == .txt, let found = texts[name.text] else { return DNSAnswer(.nameError) }
        return DNSAnswer(
            .records,
            records: found.map {
                ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 300, data: .txt([Array($0.utf8)]))
            })
    }

    /// Verifies with these records.
    func verify(
        _ message: RawMessage, now: Int64 = DKIMSuite.now, policy: DKIMPolicy = DKIMPolicy()
    ) async -> [DKIMVerification] {
        await DKIMVerifier(lookup: self, policy: policy).verify(message, now: now)
    }
}
