import Identities
import MailAuthentication
import Testing

@Suite struct SPFLimitTests {
    @Test func `ten terms may lead to look-ups, and not eleven`() async throws {
        let ten = Array(repeating: "a", count: 10).joined(separator: " ")
        let zone = "\nd.example A 192.0.2.9"
        #expect(
            try await SPFTable("d.example TXT v=spf1 \(ten) -all" + zone).check().result == .fail)
        let found = try await SPFTable("d.example TXT v=spf1 \(ten) mx -all" + zone).check()
        #expect(found.result == .permerror && found.lookups == 11)
        #expect(found.reason.contains("10"))
        #expect(found.trace?.terms[10].outcome == .permerror)
    }

    @Test func `the limit holds across records that lead to each other`() async throws {
        for record in ["include:d.example", "redirect=d.example", "include:e.example"] {
            let table = SPFTable(
                "d.example TXT v=spf1 \(record)\ne.example TXT v=spf1 redirect=d.example")
            #expect(try await table.check().result == .permerror)
            #expect(table.questions.count == 11)
        }
    }

    @Test func `two terms may find nothing, and not three`() async throws {
        let two = SPFTable("d.example TXT v=spf1 a:x.example exists:y.example -all")
        #expect(try await two.check().result == .fail)
        let three = SPFTable("d.example TXT v=spf1 a:x.example mx:z.example exists:y.example -all")
        let found = try await three.check()
        #expect(found.result == .permerror && found.voidLookups == 3)
        #expect(found.reason.contains("without an answer"))
        #expect(try await three.check(policy: SPFPolicy(voidTerms: 3)).result == .fail)
    }

    @Test func `a term that finds nothing several times counts once`() async throws {
        let hosts = (0..<5).map { "d.example MX h\($0).example" }.joined(separator: "\n")
        let found = try await SPFTable("d.example TXT v=spf1 mx -all\n" + hosts).check()
        #expect(found.result == .fail && found.voidLookups == 1)
    }

    @Test func `the eleventh mail exchanger is not asked for`() async throws {
        func zone(_ count: Int, at place: Int) -> SPFTable {
            SPFTable(
                "d.example TXT v=spf1 mx -all\n"
                    + (0..<count).map {
                        "d.example MX h\($0).example\nh\($0).example A "
                            + ($0 == place ? "192.0.2.1" : "192.0.2.9")
                    }.joined(separator: "\n"))
        }
        #expect(try await zone(10, at: 9).check().result == .pass)
        #expect(try await zone(11, at: 3).check().result == .pass)
        #expect(try await zone(11, at: 10).check().result == .permerror)
    }

    @Test func `names of the client beyond the tenth are passed over`() async throws {
        func zone(at place: Int) -> SPFTable {
            SPFTable(
                "d.example TXT v=spf1 ptr -all\n"
                    + (0..<12).map {
                        "1.2.0.192.in-addr.arpa PTR h\($0).d.example\nh\($0).d.example A "
                            + ($0 == place ? "192.0.2.1" : "192.0.2.9")
                    }.joined(separator: "\n"))
        }
        #expect(try await zone(at: 9).check().result == .pass)
        #expect(try await zone(at: 10).check().result == .fail)
    }

    @Test func `questions beyond the limit end the check for now`() async throws {
        let zone = "d.example TXT v=spf1 a a a a -all\nd.example A 192.0.2.9"
        #expect(try await SPFTable(zone).check(policy: SPFPolicy(queries: 5)).result == .fail)
        let found = try await SPFTable(zone).check(policy: SPFPolicy(queries: 4))
        #expect(found.result == .temperror)
        // Where a failed question ends nothing, too.
        let names = SPFTable("d.example TXT v=spf1 ptr -all")
        #expect(try await names.check(policy: SPFPolicy(queries: 1)).result == .temperror)
    }

    @Test func `the dearest check within the other limits needs fewer questions`() async throws {
        let terms = (0..<9).map { "mx:m\($0).example" }.joined(separator: " ")
        let hosts = (0..<9).flatMap { term in
            (0..<10).map { "m\(term).example MX h\($0).example" }
        }
        let addresses = (0..<10).map { "h\($0).example A 192.0.2.9" }
        let names = (0..<10).map { "1.2.0.192.in-addr.arpa PTR h\($0).example" }
        let table = SPFTable(
            (["d.example TXT v=spf1 \(terms) ptr -all exp=x.example"] + hosts + addresses + names)
                .joined(separator: "\n"))
        #expect(try await table.check().result == .fail)
        // The record, nine times an exchange of ten hosts, the names, and the explanation.
        let dearest: Int = 1 + 9 * 11 + 11 + 1
        #expect(table.questions.count == dearest)
        #expect(table.questions.count < Limits.spfQueries)
    }

    @Test func `a record beyond the limit is a permerror, and so is a huge answer`() async throws {
        let long = "d.example TXT v=spf1 " + String(repeating: "ip4:192.0.2.9 ", count: 4_000)
        #expect(try await SPFTable(long + "-all").check().result == .permerror)
        let many = Array(repeating: "d.example TXT v=spf1", count: 4_000).joined(separator: "\n")
        #expect(try await SPFTable(many).check().result == .permerror)
    }

    @Test func `identities beyond the limit are no identities`() async throws {
        let long = String(repeating: "a", count: Limits.spfIdentityOctets) + "@d.example"
        let table = SPFTable("d.example TXT v=spf1 -all\nh.d.example TXT v=spf1 -all")
        #expect(try await table.check(from: long).result == SPFResult.none)
        #expect(try await table.check(from: "", helo: long).result == SPFResult.none)
        #expect(table.questions.isEmpty)
        // A long HELO does not keep MAIL FROM from being checked.
        #expect(try await table.check(helo: long).result == .fail)
    }
}
