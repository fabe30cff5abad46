import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct `MTA-STS records` {
    @Test(arguments: [
        ("v=STSv1; id=20160831085700Z;", "20160831085700Z"), ("v=STSv1;id=a", "a"),
        ("v=STSv1; \tid=a ; next.one=b:c ;\t", "a"), ("v=STSv1; x-1=y; id=a; id=b; v=z", "a"),
        ("v=STSv1; id=" + String(repeating: "a", count: 32), String(repeating: "a", count: 32)),
    ])
    func `are read`(text: String, id: String) throws {
        guard case .record(let record) = MTASTSRecordParser.parse(text) else {
            Issue.record("\(MTASTSRecordParser.parse(text))")
            return
        }
        #expect(record.id == id)
        guard case .record(let again) = MTASTSRecordParser.parse(record.render()) else {
            Issue.record("\(record.render())")
            return
        }
        #expect(again.id == id && again.extensions == record.extensions)
    }

    @Test(arguments: [
        "v=STSv1;", "v=STSv1; id=", "v=STSv1; id=a b", "v=STSv1; id=a-b", "v=STSv1; id=é",
        "v=STSv1; x=y", "v=STSv1; id", "v=STSv1; id=a;; x=y", "v=STSv1; =a", "v=STSv1; id=a; x=a=b",
        "v=STSv1; id=a; -x=b", "v=STSv1; ID=a", "v=STSv1; id=a; x=b c",
        "v=STSv1; id=" + String(repeating: "a", count: 33),
    ])
    func `that break the grammar are refused with a sentence`(text: String) {
        guard case .invalid(let reason, let offset) = MTASTSRecordParser.parse(text) else {
            Issue.record("\(MTASTSRecordParser.parse(text))")
            return
        }
        #expect(reason.hasSuffix("."))
        #expect((0..<text.utf8.count).contains(offset))
    }

    @Test(arguments: [
        ("v=spf1 -all", false), ("", false), ("v=STSv2; id=a", false), ("v=STSv1", true),
        ("v=STSv1 ; id=a", true), ("V=STSv1; id=a", true), (" v=STSv1; id=a", true),
        ("v=stsv1; id=a", true),
    ])
    func `begin with their version to the letter`(text: String, isNearMiss: Bool) {
        guard case .notMTASTS(let nearMiss) = MTASTSRecordParser.parse(text) else {
            Issue.record("\(MTASTSRecordParser.parse(text))")
            return
        }
        #expect((nearMiss != nil) == (isNearMiss))
    }

    @Test func `are read within bounds`() {
        let fields = (0..<200).map { "f\($0)=x;" }.joined()
        guard case .record(let record) = MTASTSRecordParser.parse("v=STSv1;id=a;" + fields) else {
            Issue.record("was not read")
            return
        }
        #expect(record.extensions.count == Limits.transportExtensions)
        let long = "v=STSv1;id=a;x=" + String(repeating: "x", count: Limits.transportRecordOctets)
        guard case .invalid = MTASTSRecordParser.parse(long) else {
            Issue.record("was read")
            return
        }
    }

    @Test func `are found where exactly one is`() async throws {
        let zone = try ZoneFile.parse(
            """
            $TTL 300
            _mta-sts.a.example. TXT "v=STSv1; id=1;"
            _mta-sts.a.example. TXT "v=spf1 -all"
            _mta-sts.b.example. TXT "v=STSv1; id=1;"
            _mta-sts.b.example. TXT "v=STSv1; id=2;"
            _mta-sts.c.example. CNAME _mta-sts.a.example.
            _mta-sts.d.example. TXT "v=spf1 -all"
            _mta-sts.e.example. TXT "v=STSv1; " "id=" "12"
            _mta-sts.f.example. TXT "v=STSv1; id=-"
            _mta-sts.g.example. TXT "v=stsv1; id=1"
            _mta-sts.h.example. A 192.0.2.1
            """)
        let discovery = MTASTSDiscovery(ZoneLookup(records: zone))
        func word(_ text: String) async throws -> String {
            switch await discovery.record(for: try #require(DomainName(text))) {
            case .record(let record, let isAuthenticated): "\(record.id) \(isAuthenticated)"
            case .none: "none"
            case .invalid: "invalid"
            case .temporary: "temporary"
            }
        }
        let expected = [
            "a": "1 false", "b": "invalid", "c": "1 false", "d": "none", "e": "12 false",
            "f": "invalid", "g": "invalid", "h": "none", "i": "none",
        ]
        for (label, outcome) in expected {
            #expect(try await word(label + ".example") == outcome, "\(label)")
        }
        let name = try #require(DomainName("a.example"))
        let down = await MTASTSDiscovery(Down()).record(for: name)
        guard case .temporary(let reason) = down else {
            Issue.record("\(down)")
            return
        }
        #expect(reason.contains("_mta-sts.a.example"))
        let long = try #require(
            DomainName(
                Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".")
            ))
        guard case .none = await discovery.record(for: long) else {
            Issue.record("found")
            return
        }
        #expect(
            MTASTSDiscovery.policyURL(for: name)
                == "https://mta-sts.a.example/.well-known/mta-sts.txt")
        #expect(MTASTSDiscovery.policyURL(for: long) == nil)
    }
}

/// A DNS that fails.
private struct Down: DNSLookup {
    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        DNSAnswer(.failure("SERVFAIL"))
    }
}

@Suite struct `TLS-RPT records` {
    @Test(arguments: [
        ("v=TLSRPTv1;rua=mailto:reports@example.com", ["reports@example.com"]),
        (
            "v=TLSRPTv1; rua=https://Reporting.example.com/v1/tlsrpt",
            ["reporting.example.com"]
        ),
        (
            "v=TLSRPTv1; rua=mailto:a%2Bb@example.com , https://r.example:8443/x?y=z; x=y;",
            ["a+b@example.com", "r.example"]
        ),
        ("v=TLSRPTv1; rua=ftp://x.example,mailto:a@example.com?subject=x", ["a@example.com"]),
    ])
    func `are read`(text: String, destinations: [String]) throws {
        guard case .record(let record) = TLSRPTRecordParser.parse(text) else {
            Issue.record("\(TLSRPTRecordParser.parse(text))")
            return
        }
        #expect(
            record.reportURIs.map {
                switch $0.destination {
                case .mail(let address): address.localPart + "@" + address.domain.text
                case .web(let host): host.text
                }
            } == destinations)
        #expect(record.warnings.count == (text.contains("ftp") ? 1 : 0))
        guard case .record(let again) = TLSRPTRecordParser.parse(record.render()) else {
            Issue.record("\(record.render())")
            return
        }
        #expect(again.reportURIs == record.reportURIs && again.extensions == record.extensions)
    }

    @Test(arguments: [
        "v=TLSRPTv1;", "v=TLSRPTv1; x=y", "v=TLSRPTv1; rua=", "v=TLSRPTv1; rua=mailto:",
        "v=TLSRPTv1; rua=mailto:nobody", "v=TLSRPTv1; rua=http://a.example/",
        "v=TLSRPTv1; rua=https://", "v=TLSRPTv1; rua=https://user@a.example/",
        "v=TLSRPTv1; rua=mailto:a!b@example.com", "v=TLSRPTv1; rua=mailto:%zz@example.com",
        "v=TLSRPTv1; rua=a@example.com", "v=TLSRPTv1; rua=,", "v=TLSRPTv1;;rua=mailto:a@b.example",
        "v=TLSRPTv1; rua=mailto:%ff@example.com", "v=TLSRPTv1; rua=mailto:a@b.example; x=a b",
    ])
    func `without a usable address are refused with a sentence`(text: String) {
        guard case .invalid(let reason, _) = TLSRPTRecordParser.parse(text) else {
            Issue.record("\(TLSRPTRecordParser.parse(text))")
            return
        }
        #expect(reason.hasSuffix("."))
    }

    @Test func `are found where exactly one is, and read within bounds`() async throws {
        let zone = try ZoneFile.parse(
            """
            $TTL 300
            _smtp._tls.a.example. TXT "v=TLSRPTv1; rua=mailto:a@a.example"
            _smtp._tls.a.example. TXT "v=tlsrptv1; rua=mailto:a@a.example"
            _smtp._tls.b.example. TXT "v=TLSRPTv1; rua=mailto:a@a.example"
            _smtp._tls.b.example. TXT "v=TLSRPTv1; rua=mailto:b@a.example"
            """)
        let discovery = TLSRPTDiscovery(ZoneLookup(records: zone))
        let found = await discovery.record(for: try #require(DomainName("a.example")))
        guard case .record(let record, false) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(record.reportURIs.count == 1)
        let two = await discovery.record(for: try #require(DomainName("b.example")))
        guard case .invalid = two else {
            Issue.record("\(two)")
            return
        }
        let many = (0..<100).map { "mailto:a\($0)@a.example" }.joined(separator: ",")
        guard case .record(let large) = TLSRPTRecordParser.parse("v=TLSRPTv1;rua=" + many) else {
            Issue.record("was not read")
            return
        }
        #expect(large.reportURIs.count == Limits.tlsReportURIs)
        #expect(large.warnings.count == 1)
    }
}
