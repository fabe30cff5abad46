import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `sealgate way` for a domain that refuses and leaves the names below it open, with a real Knot.
@Suite(.serialized)
struct SubdomainWayWalkTests {
    private static let zone = """
        @ MX 10 ns1
        _dmarc TXT "v=DMARC1; p=reject; sp=none; rua=mailto:reports@example.test"
        shop A 127.0.0.1
        own A 127.0.0.1
        _dmarc.own TXT "v=DMARC1; p=none"

        """

    @Test("what is open below a domain is said, counted by tag, closed, and served by the primary")
    func way() throws {
        try withScratchFolder { folder in
            let server = try KnotPrimary(folder, records: Self.zone)
            func run(_ words: [String]) throws -> Program.Outcome {
                try Program.run(
                    ["way"] + words + [
                        "--data", folder + "/data", "--resolver", "127.0.0.1:\(server.port)",
                        "--port", String(server.port), "--tsig-keys", folder + "/keys",
                        "--primary", "example.test=127.0.0.1:\(server.port)#changer",
                    ], environment: ["SUDO_USER": "ada"])
            }
            func record() throws -> [String] {
                try DNSPython.records("_dmarc.example.test", "TXT", port: server.port)
            }
            try report(folder)
            let imported = try Program.run([
                "import", "--data", folder + "/data", "--resolver", "none", folder + "/report.xml",
            ])
            #expect(imported.status == 0, "\(imported)")

            let shown = try run(["show", "example.test"])
            for words in [
                "example.test is at p=reject", "sp=none asks for less than p=reject",
                "anybody can write in the name of a subdomain",
                "Under  v=DMARC1; p=reject; sp=none; np=reject",
                "from names below example.test that do not exist",
                "go by sp",
            ] {
                #expect(shown.output.contains(words), "\(words): \(shown.output)")
            }
            let first = try run(["propose", "example.test"])
            #expect(first.output.contains("Proposal 1 for example.test, np=reject"), "\(first)")
            #expect(first.output.contains("Of the 5 messages"), "\(first.output)")
            let approved = try run(["approve", "1", "--confirm", "example.test"])
            #expect(approved.output.contains("has made the change"), "\(approved)")
            #expect(
                try record() == [
                    "\"v=DMARC1; p=reject; sp=none; np=reject; rua=mailto:reports@example.test\""
                ])

            // The shop's 7, and nothing of names with a record of their own or of the domain.
            let second = try run(["propose", "example.test"])
            #expect(second.output.contains("for example.test, sp=quarantine"), "\(second)")
            #expect(second.output.contains("Of the 7 messages"), "\(second.output)")
            _ = try run(["approve", "2", "--confirm", "example.test"])
            let last = try run(["propose", "example.test", "--step", "sp-reject"])
            #expect(last.status == 0, "\(last)")
            _ = try run(["approve", "3", "--confirm", "example.test"])
            #expect(
                try record() == [
                    "\"v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:reports@example.test\""
                ])
            let closed = try run(["show", "example.test"])
            #expect(!closed.output.contains("Below example.test"), "\(closed.output)")
            #expect(try run(["propose", "example.test"]).errors.contains("no further step"))
            let rules = try run(["rules", "example.test", "--subdomains"])
            #expect(rules.output.contains("np, then sp"), "\(rules)")
        }
    }

    /// One report of yesterday: the domain's own mail, and mail from names below it.
    private func report(_ folder: String) throws {
        let begin = (Int(time(nil)) / 86_400 - 1) * 86_400
        func row(_ from: String, _ count: Int, _ result: String = "fail") -> String {
            """
            <record><row><source_ip>192.0.2.\(count)</source_ip><count>\(count)</count>
            <policy_evaluated><disposition>none</disposition><dkim>\(result)</dkim>
            <spf>fail</spf></policy_evaluated></row>
            <identifiers><header_from>\(from)</header_from></identifiers>
            <auth_results><dkim><domain>\(from)</domain><selector>s</selector>
            <result>\(result)</result></dkim></auth_results></record>
            """
        }
        let text = """
            <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>
            <org_name>receiver.example</org_name><email>d@receiver.example</email>
            <report_id>1</report_id><date_range><begin>\(begin)</begin>
            <end>\(begin + 86_399)</end></date_range></report_metadata>
            <policy_published><domain>example.test</domain><p>reject</p><sp>none</sp>
            </policy_published>
            \(row("example.test", 90, "pass"))\(row("example.test", 30))
            \(row("shop.example.test", 7))\(row("ghost.example.test", 5))
            \(row("own.example.test", 11))</feedback>
            """
        try Data(text.utf8).write(to: URL(filePath: folder + "/report.xml"))
    }
}
