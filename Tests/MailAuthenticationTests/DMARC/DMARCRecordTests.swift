import MailAuthentication
import Testing

@Suite struct DMARCRecordTests {
    private func applied(
        _ tags: String, isSubdomain: Bool = false, authorExists: Bool? = nil
    ) -> AppliedPolicy? {
        guard case .record(let record) = DMARCRecordParser.parse("v=DMARC1; " + tags) else {
            return nil
        }
        return record.appliedPolicy(isSubdomain: isSubdomain, authorExists: authorExists)
    }

    @Test func `the domain itself is under p, whatever sp and np say`() {
        let policy = applied("p=quarantine; sp=reject; np=reject")
        #expect(policy?.tag == .policy)
        #expect(policy?.policy == .quarantine)
    }

    @Test func `a subdomain is under sp, else under p`() {
        #expect(applied("p=reject; sp=none", isSubdomain: true)?.tag == .subdomainPolicy)
        #expect(applied("p=reject; sp=none", isSubdomain: true)?.policy == DMARCPolicy.none)
        #expect(applied("p=reject", isSubdomain: true)?.tag == .policy)
    }

    @Test func `a subdomain that does not exist is under np, else sp, else p`() {
        let all = "p=none; sp=quarantine; np=reject"
        #expect(applied(all, isSubdomain: true, authorExists: false)?.policy == .reject)
        #expect(applied(all, isSubdomain: true, authorExists: true)?.policy == .quarantine)
        #expect(
            applied("p=none; sp=quarantine", isSubdomain: true, authorExists: false)?.tag
                == .subdomainPolicy)
        #expect(
            applied("p=reject; np=none", isSubdomain: true, authorExists: true)?.tag == .policy)
    }

    @Test(arguments: [
        (DMARCPolicy.reject, DMARCPolicy.quarantine), (.quarantine, .none), (.none, .none),
    ])
    func `test mode takes one level off`(asked: DMARCPolicy, kept: DMARCPolicy) {
        let policy = applied("p=\(asked.rawValue); t=y")
        #expect(policy?.requested == asked)
        #expect(policy?.policy == kept)
    }

    @Test(arguments: ["", "p=bob", "p=", "p=reject; sp=bob", "p=reject; np=bob"])
    func `without a valid policy only a reporting address keeps the record alive`(tags: String) {
        #expect(applied(tags) == nil)
        #expect(applied(tags + "; rua=nowhere") == nil)
        #expect(applied(tags + "; rua=mailto:a@b.example")?.policy == DMARCPolicy.none)
    }

    @Test func `a record without p keeps its sp`() {
        let policy = applied("sp=reject; rua=mailto:a@b.example", isSubdomain: true)
        #expect(policy?.tag == .subdomainPolicy)
        #expect(policy?.policy == .reject)
    }

    @Test func `policies are ordered by severity`() {
        #expect(DMARCPolicy.allCases.sorted() == [.none, .quarantine, .reject])
    }
}
