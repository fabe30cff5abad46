import DNS
import Identities
import MailAuthentication
import Synchronization
import TestSupport
import Testing

/// Records that others' fuzzers found worth keeping, and the examples in pyspf's documentation.
@Suite struct SPFCorpusTests {
    @Test func `every record of albertito's fuzz corpus ends within the limits`() async throws {
        var tally = SPFSuiteTally("spf-albertito-fuzz")
        for path in try SharedData.files(below: "conformance/spf-albertito-fuzz") {
            let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
            guard text.hasPrefix("go test fuzz v1") else { continue }
            for (client, from) in [("192.0.2.1", "user@d.example"), ("2001:db8::1", "")] {
                for record in Self.records(in: text) {
                    let zone = CountingZone(record)
                    let found = await SPFEvaluator(lookup: zone).evaluate(
                        SPFRequest(
                            client: try #require(IPAddress(client)), helo: "d.example",
                            mailFrom: from))
                    SPFConformanceTests.proveSane(found, path)
                    tally.take(
                        path, isMet: zone.questions.load(ordering: .relaxed) <= Limits.spfQueries,
                        found.reason)
                }
            }
        }
        tally.finish()
        #expect(tally.cases == 2 * 240)
    }

    /// `string("…")` with Go's escapes.
    private static func records(in text: String) -> [[UInt8]] {
        text.split(separator: "\n").compactMap { line -> [UInt8]? in
            guard line.hasPrefix("string(\""), line.hasSuffix("\")") else { return nil }
            var octets: [UInt8] = []
            var rest = line.utf8.dropFirst(8).dropLast(2)
            while let octet = rest.popFirst() {
                guard octet == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                    octets.append(octet)
                    continue
                }
                switch escape {
                case UInt8(ascii: "n"): octets.append(10)
                case UInt8(ascii: "x"):
                    octets.append(
                        UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                    rest = rest.dropFirst(2)
                default: octets.append(escape)
                }
            }
            return octets
        }
    }

    /// Every name has the same record, an address, an exchanger and a name, so that a record that
    /// leads on leads on for ever.
    private final class CountingZone: DNSLookup {
        let record: [UInt8]
        let questions = Atomic<Int>(0)

        init(_ record: [UInt8]) { self.record = record }

        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            await lookUp(DNSName(name), type)
        }

        func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
            questions.add(1, ordering: .relaxed)
            let data: RecordData
            switch type {
            case .txt:
                data = .txt(
                    stride(from: 0, to: record.count, by: 255).map {
                        Array(record[$0..<min($0 + 255, record.count)])
                    })
            case .a: data = .a(IPAddress(ipv4: 0xC633_6401))
            case .mx: data = .mx(preference: 1, exchange: name)
            case .ptr: data = .ptr(SPFSuiteZone.name("h.d.example"))
            default: return DNSAnswer(.noData)
            }
            return DNSAnswer(
                .records,
                records: [ResourceRecord(name: name, type: type, timeToLive: 60, data: data)])
        }
    }

    // MARK: pyspf's documentation

    /// The examples of pyspf's `check`, which doctest.yml has the zone for: strict mode, the client
    /// 192.0.2.3, the sender strong-bad@email.example.com.
    private static let examples: [(record: String, result: SPFResult, explanation: String?)] = [
        ("v=spf1 ?all", .neutral, nil),
        ("v=spf1 redirect=controlledmail.com exp=_exp.controlledmail.com", .fail, nil),
        ("v=spf1 ip4:192.0.0.0/8 ?all moo", .permerror, nil),
        ("v=spf1 ip4:192.0.0.n ?all", .permerror, nil),
        ("v=spf1 ip4:192.0.2.3 ip4:192.0.0.n ?all", .permerror, nil),
        ("v=spf1 ip6:2001:db8:ZZZZ:: ?all", .permerror, nil),
        ("v=spf1 =a ?all moo", .permerror, nil),
        ("v=spf1 ip4:192.0.0.0/8 ~all", .pass, nil),
        ("v=spf1 ip4:192.0.0.0/8 -all moo=", .pass, nil),
        ("v=spf1 ip4:192.0.0.0/8 -all match.sub-domains_9=yes", .pass, nil),
        ("v=spf1 ip4:192.1.0.0/16 moo -all", .permerror, nil),
        ("v=spf1 ip4:192.1.0.0/16 ~all", .softfail, nil),
        ("v=spf1 -ip4:192.1.0.0/6 ~all", .fail, nil),
        ("v=spf1 ip4:1.2.3.4 -a:example.net -all", .fail, nil),
        (
            "v=spf1 ip4:1.2.3.4 -all exp=_exp.controlledmail.com", .fail,
            "Controlledmail.com does not send mail from itself."
        ),
        ("v=spf1 ip4:1.2.3.4 ?all exp=_exp.controlledmail.com", .neutral, nil),
    ]

    @Test func `the examples of pyspf's documentation have their results`() async throws {
        let path = try SharedData.path("conformance/spf-pyspf/doctest.yml")
        let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
        var tally = SPFSuiteTally("spf-pyspf/doctest.yml")
        for example in Self.examples {
            let entries = try SPFConformanceTests.entries(text, adding: example.record)
            let found = await SPFEvaluator(lookup: SPFSuiteZone(entries)).evaluate(
                SPFRequest(
                    client: try #require(IPAddress("192.0.2.3")), helo: "mx.example.org",
                    mailFrom: "strong-bad@email.example.com"))
            tally.take(
                example.record,
                isMet: found.result == example.result
                    && found.explanation == example.explanation,
                "found \(found.result): \(found.reason)")
        }
        tally.finish()
    }
}
