import Identities
import MailAuthentication
import Testing

/// Records that lead to errors, found before mail fails for them.
@Suite struct SPFRecordWalkTests {
    private func walk(_ table: SPFTable) async throws -> SPFRecordWalk.Finding {
        await SPFRecordWalk(lookup: table).walk(try #require(DomainName("d.example")))
    }

    private func faults(_ text: String) async throws -> [SPFRecordWalk.Fault] {
        try await walk(SPFTable(text)).faults
    }

    @Test func `a record in order is followed to its end`() async throws {
        let found = try await walk(
            SPFTable(
                """
                d.example TXT v=spf1 mx a:w.example include:v.example ip4:192.0.2.1 -all
                v.example TXT v=spf1 include:w.example redirect=x.example
                w.example TXT v=spf1 ip4:192.0.2.2 -all
                x.example TXT v=spf1 exists:%{i}.x.example ~all
                """))
        #expect(found == .init(hasRecord: true, lookups: 6, faults: [], unknown: []))
        #expect(try await walk(SPFTable("d.example TXT hello")).hasRecord == false)
        #expect(try await faults("d.example TXT hello").isEmpty)
    }

    @Test func `a vendor's record that becomes an error overnight is named with its way`()
        async throws
    {
        let own = "d.example TXT v=spf1 include:v.example -all\n"
        let path = ["d.example", "v.example"]
        let gone = try await faults(own)
        #expect(gone == [.init(path: path, reason: "No SPF record is published there.")])
        #expect(gone[0].sentence.hasPrefix("d.example → v.example: "))
        let twice = try await faults(
            own + "v.example TXT v=spf1 -all\nv.example TXT v=spf1 ~all")
        #expect(twice.map(\.path) == [path] && twice[0].reason.hasPrefix("2 SPF records"))
        let faulty = try await faults(own + "v.example TXT v=spf1 ip4:192.0.2.999 -all")
        #expect(faulty.map(\.path) == [path] && faulty[0].reason.contains("cannot be read"))
        let deep = try await faults(
            own + "v.example TXT v=spf1 redirect=x.example\nx.example TXT v=spf1 frob -all")
        #expect(deep.map(\.path) == [path + ["x.example"]])
    }

    @Test func `loops and too many look-ups are told, and end`() async throws {
        let loop = try await faults(
            "d.example TXT v=spf1 include:e.example\ne.example TXT v=spf1 include:d.example")
        #expect(loop.map(\.path) == [["d.example", "e.example", "d.example"]])
        let many = (0..<11).map { "a:h\($0).example" }.joined(separator: " ")
        let found = try await walk(SPFTable("d.example TXT v=spf1 \(many) -all"))
        #expect(found.lookups == 11 && found.faults.first?.reason.contains("11 look-ups") == true)
        // Each record includes the next two: a tree of a million without a bound.
        var text = "d.example TXT v=spf1 include:n1.example include:n2.example -all"
        for number in 1..<1_000 {
            text += "\nn\(number).example TXT v=spf1 include:n\(number * 2).example "
            text += "include:n\(number * 2 + 1).example -all"
        }
        let table = SPFTable(text)
        #expect(try await walk(table).faults.isEmpty == false)
        #expect(table.questions.count == SPFRecordWalk.mostRecords)
    }

    @Test func `what DNS does not tell is not known, and is no fault`() async throws {
        let silent = try await walk(
            SPFTable("d.example TXT v=spf1 include:v.example -all\nv.example FAIL TXT"))
        #expect(silent.faults.isEmpty && silent.unknown == ["v.example"])
        let macros = try await walk(SPFTable("d.example TXT v=spf1 include:%{d}.v.example -all"))
        #expect(macros.faults.isEmpty && macros.unknown == ["%{d}.v.example"])
        #expect(try await walk(SPFTable("d.example FAIL TXT")).unknown == ["d.example"])
    }

    @Test func `where DNS is silent, no more is asked after two names`() async throws {
        let names = (0..<9).map { "v\($0).example" }
        let own = names.map { "include:\($0)" }.joined(separator: " ")
        let silent = names.map { "\n\($0) FAIL TXT" }.joined()
        let table = SPFTable("d.example TXT v=spf1 \(own) -all" + silent)
        let found = try await walk(table)
        #expect(found.faults.isEmpty && found.unknown == names && found.lookups == 9)
        #expect(table.questions.count == 1 + SPFRecordWalk.mostFailures)
    }

    @Test func `behind all nothing is looked at`() async throws {
        let found = try await walk(
            SPFTable("d.example TXT v=spf1 -all include:gone.example redirect=gone.example"))
        #expect(found == .init(hasRecord: true, lookups: 0, faults: [], unknown: []))
    }
}
