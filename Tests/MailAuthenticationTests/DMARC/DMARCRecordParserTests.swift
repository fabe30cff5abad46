import MailAuthentication
import Testing

@Suite struct DMARCRecordParserTests {
    private func record(_ text: String) throws -> DMARCRecord {
        guard case .record(let record) = DMARCRecordParser.parse(text) else {
            throw NotARecord(parsing: DMARCRecordParser.parse(text))
        }
        return record
    }

    private struct NotARecord: Error { let parsing: DMARCRecordParser.Parsing }

    @Test func `every tag is read`() throws {
        let record = try record(
            """
            v=DMARC1; p=reject; sp=quarantine; np=none; psd=n; t=y; adkim=s; aspf=s; \
            rua=mailto:a@example.com,https://example.com/in; ruf=mailto:f@example.com; fo=1:d:s
            """)
        #expect(record.policy == .reject)
        #expect(record.subdomainPolicy == .quarantine)
        #expect(record.nonexistentSubdomainPolicy == DMARCPolicy.none)
        #expect(record.publicSuffixDomain == .no)
        #expect(record.isTesting)
        #expect(record.dkimAlignment == .strict)
        #expect(record.spfAlignment == .strict)
        #expect(
            record.aggregateReportURIs == ["mailto:a@example.com", "https://example.com/in"])
        #expect(record.failureReportURIs == ["mailto:f@example.com"])
        #expect(record.failureOptions == ["1", "d", "s"])
        #expect(record.warnings.isEmpty)
    }

    @Test func `what is not sent has its default`() throws {
        let record = try record("v=DMARC1; p=none")
        #expect(record.subdomainPolicy == nil)
        #expect(record.nonexistentSubdomainPolicy == nil)
        #expect(record.publicSuffixDomain == .undetermined)
        #expect(!record.isTesting)
        #expect(record.dkimAlignment == .relaxed)
        #expect(record.spfAlignment == .relaxed)
        #expect(record.failureOptions.isEmpty)
    }

    @Test(arguments: [
        "", " ", "v", "v=", "v=DMARC", "v=dmarc1; p=none", "v=DMARC10; p=none", "v=DMARC1 p=none",
        "p=none; v=DMARC1", "v=spf1 -all", "w=DMARC1; p=none", "\u{FEFF}v=DMARC1; p=none",
        ";v=DMARC1; p=none", "v=DMARC1, p=none",
    ])
    func `what does not start with the version is not DMARC`(text: String) {
        #expect(DMARCRecordParser.parse(text) == .notDMARC)
    }

    @Test(arguments: [
        "v=DMARC1;p=reject", "v = DMARC1 ; p = reject", "V=DMARC1; P=reject", "v=DMARC1; p=REJECT",
        "v=DMARC1\t;\tp=\treject\t;", "v=DMARC1;;p=reject;;", "v=DMARC1; x=1; p=reject",
        "v=DMARC1; nonsense; p=reject", " v=DMARC1; p=reject", "v=DMARC1; rua=; p=reject",
        "v=DMARC1; =x; p=reject", "v=DMARC1; pölicy=none; p=reject", "v=DMARC1; x1=none; p=reject",
    ])
    func `blanks, case, order, unknown and broken tags do not keep the policy from being read`(
        text: String
    ) throws {
        #expect(try record(text).policy == .reject)
    }

    @Test(arguments: [
        ("adkim=x", "adkim"), ("aspf=strict", "aspf"), ("t=maybe", "t"), ("psd=1", "psd"),
        ("fo=0:1", "fo"), ("fo=d:d", "fo"), ("fo=x", "fo"), ("fo=", "fo"), ("adkim=", "adkim"),
    ])
    func `a bad value gives way to the default and is remarked on`(
        tag: String, name: String
    ) throws {
        let record = try record("v=DMARC1; p=none; ruf=mailto:f@example.com; \(tag)")
        #expect(record.dkimAlignment == .relaxed)
        #expect(record.spfAlignment == .relaxed)
        #expect(!record.isTesting)
        #expect(record.publicSuffixDomain == .undetermined)
        #expect(record.failureOptions.isEmpty)
        #expect(record.warnings.contains { $0.hasPrefix(name + "=") })
    }

    @Test func `a repeated tag voids the record, and the place is given`() {
        #expect(
            DMARCRecordParser.parse("v=DMARC1; p=none; p=reject")
                == .invalid(reason: "The tag p is there twice.", offset: 18))
        guard case .invalid = DMARCRecordParser.parse("v=DMARC1; v=DMARC1; p=none") else {
            Issue.record("a second version was taken")
            return
        }
    }

    @Test func `removed tags are kept for advice and change nothing`() throws {
        let record = try record("v=DMARC1; p=reject; pct=25; rf=afrf; ri=86400")
        #expect(record.percentage == 25)
        #expect(record.warnings.count == 3)
        #expect(
            record.appliedPolicy(isSubdomain: false, authorExists: nil)
                == AppliedPolicy(tag: .policy, requested: .reject, isTesting: false))
        #expect(record.render() == "v=DMARC1; p=reject")
    }

    @Test(arguments: ["101", "-1", "+5", "x", "", "99999999999999999999999"])
    func `a percentage that is none is not kept`(value: String) throws {
        #expect(try record("v=DMARC1; p=none; pct=\(value)").percentage == nil)
    }

    @Test func `size limits are cut off the addresses`() throws {
        let record = try record(
            "v=DMARC1; p=none; rua=mailto:a@example.com!10m , mailto:b@example.com!50")
        #expect(record.aggregateReportURIs == ["mailto:a@example.com", "mailto:b@example.com"])
        #expect(record.warnings.count == 2)
    }

    @Test(arguments: [
        "a@example.com", "mailto:", "mailto:example.com", "mailto:@example.com", "mailto:a@",
        "mailto:a b@example.com", ":a@example.com", "1x:a", "mailto:a@example.com!10q",
        "mailto:a!b@example.com", "mailto:a%4@example.com", "mailto:a@exämple.com",
    ])
    func `what is no reporting address is passed over`(address: String) throws {
        let record = try record("v=DMARC1; p=none; rua=\(address)")
        #expect(record.aggregateReportURIs.isEmpty)
        #expect(!record.warnings.isEmpty)
    }

    @Test(arguments: [
        ("p=none", "v=DMARC1; p=none"), ("p=Quarantine", "v=DMARC1; p=quarantine"),
        ("rua=mailto:a@b.example!1k", "v=DMARC1; rua=mailto:a@b.example"),
        (
            "fo=1;ruf=mailto:f@b.example;aspf=s;adkim=s;t=y;psd=y;np=reject;sp=none;p=none",
            """
            v=DMARC1; p=none; sp=none; np=reject; psd=y; t=y; adkim=s; aspf=s; \
            ruf=mailto:f@b.example; fo=1
            """
        ),
    ])
    func `a record is rendered in one order, and reads back the same`(
        tags: String, expected: String
    ) throws {
        let rendered = try record("v=DMARC1;" + tags).render()
        #expect(rendered == expected)
        #expect(try record(rendered).render() == expected)
    }

    @Test func `a record beyond the limit is refused`() throws {
        let fits = "v=DMARC1; p=none; x="
        let filled =
            fits + String(repeating: "a", count: Limits.dmarcRecordOctets - fits.utf8.count)
        #expect(try record(filled).policy == DMARCPolicy.none)
        guard case .invalid(_, let offset) = DMARCRecordParser.parse(filled + "a") else {
            Issue.record("a record beyond the limit was taken")
            return
        }
        #expect(offset == Limits.dmarcRecordOctets)
    }

    @Test func `only so many addresses and remarks are kept`() throws {
        let addresses = (0...Limits.dmarcReportURIs).map { "mailto:a\($0)@b.example" }
        let many = try record("v=DMARC1; p=none; rua=" + addresses.joined(separator: ","))
        #expect(many.aggregateReportURIs == Array(addresses.dropLast()))
        let pieces = String(repeating: "x;", count: Limits.dmarcWarnings + 5)
        #expect(try record("v=DMARC1; p=none;" + pieces).warnings.count == Limits.dmarcWarnings)
    }

    @Test func `no text makes the parser trap`() {
        var generator = SeededGenerator(state: 7)
        let alphabet = Array("v=DMARC1; p:!,%@rua\u{0}\u{7F}é\t".unicodeScalars)
        for _ in 0..<20_000 {
            var text = Bool.random(using: &generator) ? "v=DMARC1;" : ""
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                text.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "x")
            }
            if case .record(let record) = DMARCRecordParser.parse(text) {
                #expect(DMARCRecordParser.parse(record.render()) != .notDMARC, "\(text)")
            }
        }
    }
}

/// SplitMix64, so that a failing run can be had again.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
