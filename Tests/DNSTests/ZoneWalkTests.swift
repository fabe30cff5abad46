import DNS
import Identities
import Testing

/// A zone without cuts is answered from without a walk, and says the same as with one.
@Suite struct ZoneWalkTests {
    @Test func `a cut elsewhere changes no answer`() throws {
        let text = """
            $ORIGIN example.
            @ 300 IN SOA ns h 1 3600 600 86400 300
            @ 300 IN NS ns
            ns 300 IN A 192.0.2.1
            a.b.c 300 IN TXT "deep"
            *.w 300 IN TXT "wild"
            here.w 300 IN A 192.0.2.2
            alias 300 IN CNAME a.b.c

            """
        let plain = ZoneLookup(records: try ZoneFile.parse(text))
        let cut = ZoneLookup(records: try ZoneFile.parse(text + "cut 300 IN NS ns.cut\n"))
        for name in [
            "example", "ns.example", "c.example", "b.c.example", "a.b.c.example",
            "x.a.b.c.example", "x.b.c.example", "no.example", "no.no.example", "w.example",
            "x.w.example", "x.y.w.example", "here.w.example", "x.here.w.example",
            "alias.example", "x.alias.example", "other", "EXAMPLE", "A.b.C.Example",
        ] {
            let name = try #require(
                DNSName(labels: name.split(separator: ".").map { Array($0.utf8) }))
            for type in [RecordType.txt, .a, .ns, .soa, .ds, .any] {
                #expect(plain.answer(name, type) == cut.answer(name, type), "\(name) \(type)")
            }
        }
    }
}
