import Identities
import MailAuthentication
import Testing

@Suite struct SPFRecordParserTests {
    @Test func `every kind of term is read`() throws {
        let record = try SPFRecordParser.parse(
            "V=spf1  +a -mx:m.example/24//64 ~ptr ?exists:%{i}.e.example ip4:192.0.2.77/24 "
                + "ip6:2001:DB8::/32 include:_spf.d.example x-y=%{d} exp=e.example "
                + "redirect=r.example all ")
        let kinds = record.terms.map(\.kind)
        try #require(kinds.count == 11)
        #expect(kinds[0] == .directive(.pass, .a(nil, .init())))
        let m = try SPFMacroString("m.example", .domain)
        #expect(kinds[1] == .directive(.fail, .mx(m, .init(ip4: 24, ip6: 64))))
        #expect(kinds[2] == .directive(.softfail, .ptr(nil)))
        #expect(
            kinds[3]
                == .directive(
                    .neutral, .exists(try SPFMacroString("%{i}.e.example", .domain))))
        #expect(kinds[4] == .directive(.pass, .ip4(try #require(IPNetwork("192.0.2.0/24")))))
        #expect(kinds[5] == .directive(.pass, .ip6(try #require(IPNetwork("2001:db8::/32")))))
        #expect(kinds[7] == .unknownModifier(name: "x-y"))
        #expect(record.explanation?.text == "e.example")
        #expect(record.redirect?.text == "r.example")
        #expect(kinds[10] == .directive(.pass, .all))
        #expect(record.text(of: record.terms[1]) == "-mx:m.example/24//64")
        #expect(record.terms.map(\.costsLookup).count { $0 } == 6)
    }

    @Test(arguments: [
        ("v=spf1", true), ("V=SPF1 -all", true), ("v=spf10", false), ("v=spf1\t-all", false),
        (" v=spf1", false), ("v=spf", false), ("spf1", false),
    ])
    func `a record begins with its version and a space`(text: String, isRecord: Bool) {
        #expect(SPFRecordParser.isRecord(Array(text.utf8)) == isRecord)
    }

    @Test(arguments: [
        ("v=DMARC1", SPFRecordError.Code.notSPF, 0), ("v=spf1 moo", .unknownMechanism, 7),
        ("v=spf1 -all moo", .unknownMechanism, 12), ("v=spf1 ip:1.2.3.4", .unknownMechanism, 7),
        ("v=spf1 redirect:d.example", .unknownMechanism, 7), ("v=spf1 -", .unknownMechanism, 7),
        ("v=spf1 all:x", .unexpectedArgument, 10), ("v=spf1 ptr/24", .unexpectedArgument, 10),
        ("v=spf1 include", .missingArgument, 7), ("v=spf1 include:", .missingArgument, 15),
        ("v=spf1 exists:", .missingArgument, 14), ("v=spf1 ip4", .missingArgument, 7),
        ("v=spf1 ip4:1.2.3", .badAddress, 11), ("v=spf1 ip4:2001:db8::1", .badAddress, 11),
        ("v=spf1 ip6:192.0.2.1", .badAddress, 11), ("v=spf1 ip4:1.2.3.4:25", .badAddress, 11),
        ("v=spf1 ip4:1.2.3.4/33", .badPrefixLength, 19),
        ("v=spf1 ip4:1.2.3.4/024", .badPrefixLength, 19),
        ("v=spf1 ip4:1.2.3.4/", .badPrefixLength, 19), ("v=spf1 a//129", .badPrefixLength, 10),
        ("v=spf1 a/24/24", .badPrefixLength, 8), ("v=spf1 a:museum", .badDomain, 9),
        ("v=spf1 a:192.0.2.1", .badDomain, 17), ("v=spf1 a:x.-com", .badDomain, 11),
        ("v=spf1 a:x.com-", .badDomain, 11), ("v=spf1 a:%{d}com", .badDomain, 13),
        ("v=spf1 a:%{d}.", .badDomain, 13), ("v=spf1 a:d.example/x", .badDomain, 19),
        ("v=spf1 a:\u{E4}.example", .badOctet, 9), ("v=spf1 a:b\r.example", .badOctet, 10),
        ("v=spf1 a:%", .badMacro, 9), ("v=spf1 a:%(d).x.example", .badMacro, 9),
        ("v=spf1 a:%{x}.d.example", .badMacro, 11), ("v=spf1 a:%{d0}", .badMacro, 12),
        ("v=spf1 a:%{d", .badMacro, 9), ("v=spf1 a:%{d!}", .badMacro, 9),
        ("v=spf1 a:%{c}", .badMacro, 11), ("v=spf1 x=%", .badMacro, 9),
        ("v=spf1 exp=", .missingArgument, 11), ("v=spf1 redirect=", .missingArgument, 16),
        ("v=spf1 exp=a.example exp=a.example", .repeatedModifier, 21),
        ("v=spf1 REDIRECT=a.example redirect=a.example", .repeatedModifier, 26),
    ])
    func `a fault is told with its kind and its place`(
        text: String, code: SPFRecordError.Code, offset: Int
    ) throws {
        let error = try #require(throws: SPFRecordError.self) { try SPFRecordParser.parse(text) }
        #expect(error.code == code, "\(error)")
        #expect(error.offset == offset, "\(error)")
        #expect(error.reason.last == ".")
    }

    @Test(arguments: [
        "a:x.1-2", "a:%%", "a:x%-", "a:foo:bar/baz.example.com/24", "a:x.xn--zckzah.",
        "exists:%{LR-+,/_=.}", "exists:%{d0127r}", "ip4=1.2.3.4", "all=x", "a:.com",
        "ip6:::ffff:192.0.2.1/0", "ip6:::/0", "a/0//0",
    ])
    func `the grammar allows what it allows`(term: String) throws {
        #expect(try SPFRecordParser.parse("v=spf1 " + term).terms.count == 1)
    }

    @Test(arguments: [
        ("::ffff:192.0.2.1/0", "2001:db8::1", true), ("::ffff:192.0.2.1/80", "::1", true),
        ("::ffff:192.0.2.1/90", "::1", false), ("::ffff:192.0.2.1/90", "::ffc0:0:1", true),
        ("::ffff:192.0.2.0/120", "2001:db8::1", false),
    ])
    func `a network around mapped addresses holds what its bits say`(
        network: String, client: String, isIn: Bool
    ) async throws {
        let table = SPFTable("d.example TXT v=spf1 ip6:\(network) -all")
        let found = try await table.check(client: client)
        #expect(found.result == (isIn ? .pass : .fail))
    }

    @Test func `a record of more octets than the limit is refused`() throws {
        let rest = String(repeating: " a", count: (Limits.spfRecordOctets - 6) / 2)
        #expect(try SPFRecordParser.parse("v=spf1" + rest).terms.count == rest.utf8.count / 2)
        let error = try #require(throws: SPFRecordError.self) {
            try SPFRecordParser.parse("v=spf1" + rest + " a")
        }
        #expect(error.code == .recordTooLong)
    }
}
