import Identities
import MailAuthentication
import TestSupport
import Testing

/// The public suffix list's own test sets, each with the list of its time, and the list that
/// OpenDMARC's tests bring.
@Suite struct PSLConformanceTests {
    @Test(arguments: [
        ("psl/tests/tests.txt", "psl/public_suffix_list.dat", 78),
        ("psl/tests/test_psl.txt", "psl/public_suffix_list.dat", 78),
        ("psl/test_psl.pypi.txt", "psl/public_suffix_list.pypi-20261023.dat", 78),
    ])
    func `every case of the list's test sets is met`(
        cases: String, list: String, count: Int
    ) throws {
        let suffixes = try #require(
            PublicSuffixList(file: try SharedData.path("conformance/" + list)))
        let bytes = try SharedData.bytes(try SharedData.path("conformance/" + cases))
        var tally = DMARCTally(cases)
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("//"), let (input, expected) = words(String(line)) else {
                continue
            }
            // What is no name (the empty one, a leading dot) has no Organizational Domain either.
            let found = DomainName(input).flatMap { suffixes.organizationalDomain(of: $0) }
            let wanted = expected == "null" ? "none" : DomainName(expected)?.text ?? expected
            tally.compare(input, wanted, found?.text ?? "none")
        }
        tally.finish(meant: [])
        #expect(tally.cases == count)
    }

    /// `null null`, `a.com a.com`, or `checkPublicSuffix('a.com', null);`
    private func words(_ line: String) -> (String, String)? {
        var text = line[...]
        if text.hasPrefix("checkPublicSuffix(") {
            text = text.dropFirst("checkPublicSuffix(".count).prefix { $0 != ")" }
        }
        let parts = text.split { " ,'".contains($0) }.map(String.init)
        guard parts.count == 2 else { return nil }
        return (parts[0] == "null" ? "" : parts[0], parts[1])
    }

    /// The list as it was in 2012, with the names that OpenDMARC's own test asks for.
    @Test func `the list of OpenDMARC is read as it reads it`() throws {
        let path =
            "conformance/dmarc-opendmarc/libopendmarc/tests/testfiles/effective_tld_names.dat"
        let suffixes = try #require(PublicSuffixList(file: try SharedData.path(path)))
        var tally = DMARCTally("dmarc-opendmarc/libopendmarc (suffixes)")
        for (name, expected) in [
            ("a.b.c.bcx.com", "bcx.com"), ("a.b.c.educ.ar", "educ.ar"),
            ("a.b.c.xn--mgba3a4f16a.ir", "c.xn--mgba3a4f16a.ir"),
        ] {
            let domain = try #require(DomainName(name))
            tally.compare(
                name, expected, suffixes.organizationalDomain(of: domain)?.text ?? "none")
        }
        tally.finish(meant: [])
    }
}
