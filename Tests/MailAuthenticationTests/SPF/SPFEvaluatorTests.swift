import Identities
import MailAuthentication
import Testing

@Suite struct SPFEvaluatorTests {
    @Test func `the trace is the tree of records with every term`() async throws {
        let table = SPFTable(
            """
            d.example TXT v=spf1 ip4:198.51.100.0/24 include:_spf.d.example mx -all
            _spf.d.example TXT v=spf1 a:%{d2} ip4:192.0.2.0/24 ?all exp=x.example
            d.example A 198.51.100.9
            """)
        let found = try await table.check()
        #expect(found.result == .pass)
        #expect(found.lookups == 2)
        #expect(found.domain == DomainName("d.example"))
        let trace = try #require(found.trace)
        #expect(trace.record == "v=spf1 ip4:198.51.100.0/24 include:_spf.d.example mx -all")
        #expect(trace.terms.map(\.outcome) == [.noMatch, .match, .notEvaluated, .notEvaluated])
        #expect(trace.terms[1].target == "_spf.d.example")
        #expect(trace.terms[1].lookups == 1)
        let inner = try #require(trace.terms[1].inner)
        #expect(inner.domain == "_spf.d.example" && inner.result == .pass)
        #expect(inner.terms.map(\.outcome) == [.noMatch, .match, .notEvaluated, .notEvaluated])
        #expect(inner.terms[0].target == "d.example")
        #expect(
            found.reason == "192.0.2.1 may send for d.example: its SPF record has "
                + "include:_spf.d.example.")
    }

    @Test func `a trace is kept only when the policy says so`() async throws {
        let table = SPFTable("d.example TXT v=spf1 redirect=_spf.d.example")
        #expect(try await table.check(policy: SPFPolicy(keepsTrace: false)).trace == nil)
        let trace = try #require(try await table.check().trace)
        #expect(trace.terms[0].outcome == .permerror)
        #expect(trace.terms[0].inner?.result == SPFResult.none)
    }

    @Test(arguments: [
        ("pass", SPFResult.pass), ("fail", .neutral), ("softfail", .neutral), ("neutral", .neutral),
        ("temperror", .temperror), ("permerror", .permerror), ("none", .permerror),
    ])
    func `include gives what RFC 7208's table says`(
        inner: String, result: SPFResult
    ) async throws {
        let table = SPFTable(
            """
            d.example TXT v=spf1 include:\(inner).example
            pass.example TXT v=spf1 +all
            fail.example TXT v=spf1 -all
            softfail.example TXT v=spf1 ~all
            neutral.example TXT v=spf1 ?all
            temperror.example FAIL TXT
            permerror.example TXT v=spf1 moo
            none.example TXT hello
            """)
        #expect(try await table.check().result == result)
    }

    @Test func `the null reverse path is checked as postmaster at the HELO name`() async throws {
        let table = SPFTable(
            """
            h.d.example TXT v=spf1 exists:%{l}.%{o} -all exp=e.example
            postmaster.h.d.example A 127.0.0.2
            d.example TXT v=spf1 -all
            """)
        let found = try await table.check(from: "")
        #expect(found.result == .pass && found.identity == .helo)
        #expect(found.domain == DomainName("h.d.example"))
        #expect(try await table.check(isHELO: true).result == .pass)
        #expect(try await table.check().result == .fail)
    }

    @Test(arguments: [
        "user@[192.0.2.1]", "user@solo", "user@a..example", "user@", "user@-", "@",
        "user@a b.example",
        "user@\(String(repeating: "a", count: 64)).example",
    ])
    func `an address without a domain that could have SPF gives none`(from: String) async throws {
        let found = try await SPFTable("solo TXT v=spf1 -all").check(from: from)
        #expect(found.result == .none && found.trace == nil)
        #expect(!found.reason.isEmpty)
    }

    @Test(arguments: [
        ("@d.example", "postmaster"), ("d.example", "postmaster"), ("\"a@b\"@d.example", "\"a@b\""),
        ("@x.example,@y.example:user@d.example", "user"), ("a@b@d.example", "a@b"),
        ("user@D.Example.", "user"),
    ])
    func `the last @ parts the local part from the domain`(
        from: String, local: String
    ) async throws {
        let table = SPFTable(
            """
            d.example TXT v=spf1 -all exp=e.example
            e.example TXT %{l} of %{o}
            """)
        let found = try await table.check(from: from)
        #expect(found.explanation == "\(local) of d.example")
    }

    @Test func `a domain beyond ASCII is asked for in its ASCII form`() async throws {
        let table = SPFTable("xn--bcher-kva.example TXT v=spf1 exists:%{o}.x.example -all")
        #expect(try await table.check(from: "user@b\u{FC}cher.example").result == .fail)
        #expect(table.questions.contains("xn--bcher-kva.example.x.example A"))
    }

    /// RFC 8616 §4.
    @Test func `a term with a local part beyond ASCII matches nothing`() async throws {
        let table = SPFTable(
            """
            d.example TXT v=spf1 exists:%{l}.e.example include:%{S}.e.example a:%{d} -all
            """)
        let found = try await table.check(from: "p\u{E9}p\u{E9}@d.example")
        #expect(found.result == .fail)
        #expect(table.questions == ["d.example TXT", "d.example A"])
    }

    @Test func `names with octets of no host name are asked for`() async throws {
        let table = SPFTable(
            """
            d.example TXT v=spf1 exists:%{l}._spf.%{d} -all
            x+y=z._spf.d.example A 127.0.0.2
            """)
        #expect(try await table.check(from: "x+y=z@d.example").result == .pass)
    }

    @Test func `an IPv4 client mapped into IPv6 is an IPv4 client`() async throws {
        let table = SPFTable("d.example TXT v=spf1 ip6:::ffff:192.0.2.1 ip4:192.0.2.1 -all")
        let found = try await table.check(client: "::ffff:192.0.2.1")
        #expect(found.result == .pass)
        #expect(found.trace?.terms.map(\.outcome) == [.noMatch, .match, .notEvaluated])
    }

    @Test func `the explanation is that of the record that failed the client`() async throws {
        let zone = """
            d.example TXT v=spf1 exp=d-e.example redirect=r.example
            r.example TXT v=spf1 include:i.example -all exp=%{d}-e.example
            i.example TXT v=spf1 -all exp=i-e.example
            d-e.example TXT not this
            i-e.example TXT nor this
            """
        #expect(
            try await SPFTable(zone + "\nr.example-e.example TXT %{d} says no to %{c}").check()
                .explanation == "r.example says no to 192.0.2.1")
        for broken in [
            "", "\nr.example-e.example TXT one\nr.example-e.example TXT two",
            "\nr.example-e.example FAIL TXT", "\nr.example-e.example TXT %{x}",
            "\nr.example-e.example TXT \u{E4}h",
        ] {
            let found = try await SPFTable(zone + broken).check()
            #expect(found.result == .fail && found.explanation == nil)
            #expect(found.voidLookups == 0)
        }
    }

    @Test func `the client's name is the one that belongs to the domain in question`() async throws
    {
        let table = SPFTable(
            """
            d.example TXT v=spf1 include:e.example -all exp=x.example
            e.example TXT v=spf1 exists:%{p}.yes.example
            m.e.example.yes.example A 127.0.0.2
            1.2.0.192.in-addr.arpa PTR m.d.example
            1.2.0.192.in-addr.arpa PTR m.e.example
            1.2.0.192.in-addr.arpa PTR f.example
            1.2.0.192.in-addr.arpa PTR false.example
            m.d.example A 192.0.2.1
            m.e.example A 192.0.2.1
            f.example FAIL A
            false.example A 192.0.2.2
            """)
        let found = try await table.check()
        #expect(found.result == .pass)
        // The include, the question for the names, and the exists.
        #expect(found.lookups == 3)
    }

    @Test func `a failure of DNS is a temperror, but not for the client's names`() async throws {
        for term in ["a:f.example", "mx:f.example", "exists:f.example", "mx:m.example"] {
            let table = SPFTable(
                """
                d.example TXT v=spf1 \(term) -all
                m.example MX f.example
                f.example FAIL A
                f.example FAIL MX
                """)
            let found = try await table.check()
            #expect(found.result == .temperror, "\(term)")
            #expect(found.reason.contains("f.example"))
        }
        let table = SPFTable("d.example TXT v=spf1 ptr -all\n1.2.0.192.in-addr.arpa FAIL PTR")
        #expect(try await table.check().result == .fail)
    }
}
