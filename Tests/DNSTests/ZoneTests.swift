import DNS
import Identities
import Testing

struct `Zones` {
    /// The example of RFC 4592 §2.2.1, with a cut, an alias and a DNAME beside.
    private static let text = """
        $ORIGIN example.
        $TTL 3600
        @ SOA ns.example.com. host.ssw. 1 1 1 1 600
        @ NS ns.example.com.
        *.example. TXT "this is a wildcard"
        *.example. MX 10 host1.example.
        sub.*.example. TXT "this is not a wildcard"
        host1.example. A 192.0.2.1
        _ssh._tcp.host1.example. SRV 0 0 22 host1
        subdel.example. NS ns.example.com.
        subdel.example. DS 1 13 2 00
        alias CNAME host1
        far CNAME www.elsewhere.test.
        old DNAME host1.example.
        loop1 CNAME loop2
        loop2 CNAME loop1
        *.wc CNAME host1
        """

    private static func lookup() throws -> ZoneLookup {
        ZoneLookup(records: try ZoneFile.parse(Self.text))
    }

    private static func name(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    @Test(arguments: [
        ("host3.example", RecordType.mx, "records"), ("host3.example", .a, "noData"),
        ("foo.bar.example", .txt, "records"), ("host1.example", .mx, "noData"),
        ("_telnet._tcp.host1.example", .srv, "nameError"),
        ("_tcp.host1.example", .srv, "noData"), ("host.subdel.example", .a, "failure"),
        ("subdel.example", .ds, "records"), ("subdel.example", .a, "failure"),
        ("alias.example", .a, "records"), ("alias.example", .txt, "noData"),
        ("alias.example", .cname, "records"), ("far.example", .a, "nameError"),
        ("_tcp.old.example", .srv, "noData"), ("old.example", .a, "noData"),
        ("_ssh._tcp.old.example", .srv, "records"), ("loop1.example", .a, "failure"),
        ("x.wc.example", .a, "records"), ("wc.example", .a, "noData"), ("example", .soa, "records"),
        ("elsewhere", .a, "nameError"), ("HOST1.EXAMPLE", .a, "records"),
    ])
    func `answer as their RFCs say`(name: String, type: RecordType, expected: String) async throws {
        let answer = try await Self.lookup().lookUp(try Self.name(name), type)
        let outcome =
            switch answer.outcome {
            case .records: "records"
            case .noData: "noData"
            case .nameError: "nameError"
            case .failure: "failure"
            }
        #expect(outcome == expected)
        #expect(answer.records.isEmpty == (expected != "records"))
        #expect(answer.records.allSatisfy { $0.type == type })
    }

    @Test func `give wildcards the name that was asked for, and aliases their way`() async throws {
        let lookup = try Self.lookup()
        let wild = await lookup.lookUp(try Self.name("a.b.example"), .txt)
        #expect(wild.records.first?.name.domainName?.text == "a.b.example")
        let alias = await lookup.lookUp(try Self.name("x.wc.example"), .a)
        #expect(alias.aliases.map(\.text) == ["host1.example"])
        #expect(alias.canonicalName?.text == "host1.example")
        let no = await lookup.lookUp(try Self.name("_x._tcp.host1.example"), .a)
        #expect(no.timeToLive == 600)
    }

    @Test func `hand over to one another, the deepest first`() async throws {
        let parent = try ZoneFile.parse(
            "$ORIGIN test.\n@ SOA a b 1 1 1 1 1\nwww CNAME host.other\nother NS x\n")
        let child = try ZoneFile.parse(
            "$ORIGIN other.test.\n@ SOA a b 1 1 1 1 1\n@ NS x\nhost A 192.0.2.7\n")
        let zones = [try #require(Zone(records: parent)), try #require(Zone(records: child))]
        for lookup in [ZoneLookup(zones: zones), ZoneLookup(records: parent + child)] {
            let answer = await lookup.lookUp(try Self.name("www.test"), .a)
            #expect(answer.addresses.map(\.description) == ["192.0.2.7"])
        }
        #expect(Zone(records: try ZoneFile.parse("www.test. A 192.0.2.1")) == nil)
        #expect(
            Zone(records: try ZoneFile.parse("a. SOA . . 1 1 1 1 1\nb. A 192.0.2.1")) == nil)
    }

    @Test func `without a start of authority answer what they hold`() async throws {
        let lookup = ZoneLookup(
            records: try ZoneFile.parse(
                "example.test. NS ns.example.test.\nwww.example.test. 60 A 192.0.2.1\n"))
        let answer = await lookup.lookUp(try Self.name("www.example.test"), .a)
        #expect(answer.outcome == .records)
        #expect(answer.timeToLive == 60)
        #expect(await lookup.lookUp(try Self.name("example.test"), .a).outcome == .noData)
        #expect(await lookup.lookUp(try Self.name("x.example.test"), .a).outcome == .nameError)
    }
}

struct `Zone files` {
    private static func error(_ text: String) -> ZoneFileError? {
        do {
            _ = try ZoneFile.parse(text, origin: DomainName("example.test"))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("a A 192.0.2.1\nb A 192.0.2", 2), ("\n\n@ MX mail", 3), ("a TXT (\n\"x\"", 2),
        ("a TXT \"x\n", 1), ("$INCLUDE /etc/passwd", 1), ("$GENERATE 1-9 a A 192.0.2.$", 1),
        ("a CH A 192.0.2.1", 1), ("a OPT \\# 0", 1), ("a ANY x", 1), (" A 192.0.2.1", 1),
        ("\"a\" A 192.0.2.1", 1), ("a A", 1), ("a", 1), ("a TXT )", 1), ("a TXT ((", 1),
        ("a TXT \\# 99999999999999999999 00", 1), ("a A \\# 4 0000", 1), ("a A ::1", 1),
        ("a AAAA 192.0.2.1", 1), ("a 99999999999999999999w A 192.0.2.1", 1),
        ("a..b A 192.0.2.1", 1),
    ])
    func `that are wrong name the line`(text: String, line: Int) throws {
        let error = try #require(Self.error(text))
        #expect(error.line == line)
        #expect(!error.reason.isEmpty)
        #expect(error.description.contains("line \(line)"))
    }

    @Test func `read what people and servers write`() throws {
        let records = try ZoneFile.parse(
            "\u{FEFF}$TTL 1h\r\n@ IN 5m MX 10 mail ; a comment\r\n\tTXT ( \"v=DKIM1; p=\"\r\n \"AAAA\" )\r\n"
                + "www.example.test.\tCNAME\t@\r\nspf TXT v=spf1\\ -all",
            origin: DomainName("example.test"))
        #expect(records.count == 4)
        #expect(records[0].timeToLive == 300)
        #expect(records[1].timeToLive == 3_600)
        #expect(records[1].name == records[0].name)
        #expect(DNSAnswer(.records, records: records).texts == ["v=DKIM1; p=AAAA", "v=spf1 -all"])
        #expect(records[2].data == .cname(try #require(DNSName("example.test"))))
    }

    @Test func `keep to their limits`() throws {
        let long =
            "a TXT "
            + String(repeating: "\"" + String(repeating: "x", count: 255) + "\" ", count: 250)
        #expect(try ZoneFile.parse(long, origin: DomainName("test")).count == 1)
        #expect(Self.error(long + long.dropFirst(6)) != nil)
        #expect(
            Self.error(
                "a TXT \"" + String(repeating: "x", count: DNS.Limits.zoneEntryOctets + 9) + "\"")
                != nil)
        #expect(
            Self.error(
                "a TXT ( " + String(repeating: "\n", count: DNS.Limits.zoneEntryOctets + 9) + ")")
                != nil)
        #expect(
            Self.error("a TXT " + String(repeating: "x", count: DNS.Limits.zoneEntryOctets + 9))
                != nil)
        var depth = 0
        var reader = ZoneFileReader(Array("$INCLUDE again".utf8), origin: .root) { _ in
            depth += 1
            return Array("$INCLUDE again".utf8)
        }
        #expect(throws: ZoneFileError.self) { try reader.next() }
        #expect(depth <= DNS.Limits.includeDepth)
    }
}
