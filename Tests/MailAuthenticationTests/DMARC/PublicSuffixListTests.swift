import Identities
import MailAuthentication
import Testing

@Suite struct PublicSuffixListTests {
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
