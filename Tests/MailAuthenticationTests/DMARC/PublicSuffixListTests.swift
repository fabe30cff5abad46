import Identities
import MailAuthentication
import TestSupport
import Testing

@Suite struct PublicSuffixListTests {
    @Test(arguments: [
        ("psl/public_suffix_list.dat", "psl/tests/tests.txt"),
        ("psl/public_suffix_list.dat", "psl/tests/test_psl.txt"),
        ("psl/public_suffix_list.pypi-20261023.dat", "psl/test_psl.pypi.txt"),
    ])
    func `every case of the list's own test set is met`(list: String, cases: String) throws {
        let suffixes = try #require(
            PublicSuffixList(file: try SharedData.path("conformance/" + list)))
        let bytes = try SharedData.bytes(try SharedData.path("conformance/" + cases))
        var count = 0
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("//"), let (input, expected) = words(String(line)) else {
                continue
            }
            count += 1
            // What is no name (the empty one, a leading dot) has no Organizational Domain either.
            let found = DomainName(input).flatMap { suffixes.organizationalDomain(of: $0) }
            let wanted = expected == "null" ? nil : try domain(expected)
            #expect(found == wanted, "\(cases): \(input)")
        }
        #expect(count == 78, "\(cases) has \(count) cases")
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

    @Test(arguments: [
        ("a.b.c.bcx.com", "bcx.com"), ("a.b.c.educ.ar", "educ.ar"),
        ("a.b.c.xn--mgba3a4f16a.ir", "c.xn--mgba3a4f16a.ir"),
    ])
    func `the old list of OpenDMARC is read as well`(name: String, expected: String) throws {
        let path =
            "conformance/dmarc-opendmarc/libopendmarc/tests/testfiles/effective_tld_names.dat"
        let suffixes = try #require(PublicSuffixList(file: try SharedData.path(path)))
        #expect(suffixes.organizationalDomain(of: try domain(name)) == (try domain(expected)))
    }

    @Test func `the machine's own list knows the common suffixes`() throws {
        let suffixes = PublicSuffixList.system
        #expect(suffixes.isPublicSuffix(try domain("co.uk")))
        #expect(!suffixes.isPublicSuffix(try domain("example.co.uk")))
        #expect(suffixes.organizationalDomain(of: try domain("co.uk")) == nil)
        #expect(
            suffixes.organizationalDomain(of: try domain("a.b.example.co.uk"))
                == (try domain("example.co.uk")))
    }

    @Test func `a file that is not there gives no list`() {
        #expect(PublicSuffixList(file: "/nowhere/list.dat") == nil)
    }
}
