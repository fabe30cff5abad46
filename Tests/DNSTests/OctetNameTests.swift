import DNS
import Identities
import Testing

/// SPF macros put what a client said into names: blanks, dots inside a label, anything.
struct `Look-ups of names of any octets` {
    private static let zone = """
        $ORIGIN example.
        $TTL 60
        @ SOA ns host 1 1 1 1 30
        a\\.b\\032c A 192.0.2.1
        *.wild TXT "any"
        \\000\\255.alias CNAME a\\.b\\032c
        www.alias CNAME plain
        plain A 192.0.2.2
        """

    private static func name(_ labels: String...) throws -> DNSName {
        try #require(DNSName(labels: labels.map { Array($0.utf8) }))
    }

    @Test func `are answered from a zone`() async throws {
        let lookup: any DNSLookup = ZoneLookup(records: try ZoneFile.parse(Self.zone))
        let odd = await lookup.lookUp(try Self.name("a.B c", "example"), .a)
        #expect(odd.addresses.map(\.description) == ["192.0.2.1"])
        let wild = await lookup.lookUp(try Self.name("x y", ".", "wild", "example"), .txt)
        #expect(wild.texts == ["any"])
        let none = await lookup.lookUp(try Self.name("a", "b c", "example"), .a)
        #expect(none.outcome == .nameError)
        let plain = await lookup.lookUp(try Self.name("WWW", "alias", "example"), .a)
        #expect(plain.addresses.map(\.description) == ["192.0.2.2"])
        #expect(plain.aliases.map(\.text) == ["plain.example"])
        #expect(await lookup.lookUp(DNSName.root, .a).outcome == .nameError)
        // An alias may only lead to a name that mail can speak of.
        let far = try #require(DNSName("\\000\\255.alias.example"))
        #expect(await lookup.lookUp(far, .a).isTemporary)
    }

    @Test func `find nothing where only domain names are known`() async throws {
        struct Known: DNSLookup {
            func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
                DNSAnswer(name.text == "plain.example" ? .noData : .failure("unexpected"))
            }
        }
        #expect(await Known().lookUp(try Self.name("Plain", "example"), .a).outcome == .noData)
        for odd in [try Self.name("a.b", "example"), try Self.name("a b", "example"), .root] {
            #expect(await Known().lookUp(odd, .a).outcome == .nameError)
        }
    }
}
