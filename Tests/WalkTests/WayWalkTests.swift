import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `sealgate way` as people type it: proposed by one, approved by another, answered by a real Knot.
@Suite(.serialized)
struct WayWalkTests {
    private static let zone = """
        @ MX 10 ns1
        _dmarc TXT "v=DMARC1; p=none; rua=mailto:reports@example.test"

        """

    @Test(
        "a policy is proposed with its risk, approved by a second person, and served by the primary"
    )
    func way() throws {
        try withScratchFolder { folder in
            let server = try KnotPrimary(folder, records: Self.zone)
            func run(
                _ words: [String], as person: String = "ada"
            ) throws -> Program.Outcome {
                try Program.run(
                    ["way"] + words + [
                        "--data", folder + "/data", "--resolver", "127.0.0.1:\(server.port)",
                        "--port", String(server.port), "--tsig-keys", folder + "/keys",
                        "--primary", "example.test=127.0.0.1:\(server.port)#changer",
                    ], environment: ["SUDO_USER": person])
            }
            try report(folder)
            let imported = try Program.run([
                "import", "--data", folder + "/data", "--resolver", "none", folder + "/report.xml",
            ])
            #expect(imported.status == 0, "\(imported)")

            let shown = try run(["show", "example.test"])
            #expect(shown.status == 0, "\(shown.errors)")
            for words in [
                "example.test is at p=none", "Under  v=DMARC1; p=quarantine",
                "receiver.example (100 messages, 1 day)", "This rests on little",
                "how much of your mail goes to them, nobody can tell",
            ] {
                #expect(shown.output.contains(words), "\(words): \(shown.output)")
            }
            #expect(try run(["two-people", "yes"], as: "olga").output.contains("Two people"))
            let proposed = try run(["propose", "example.test", "--step", "reject"])
            #expect(proposed.status == 0, "\(proposed.errors)")
            #expect(proposed.output.contains("Somebody else approves it"), "\(proposed.output)")
            let own = try run(["approve", "1", "--confirm", "example.test"])
            #expect(own.status == 1 && own.errors.contains("second person"), "\(own)")
            let unconfirmed = try run(["approve", "1"], as: "ben")
            #expect(
                unconfirmed.status == 1 && unconfirmed.errors.contains("type the domain's name"))
            let approved = try run(["approve", "1", "--confirm", "example.test"], as: "ben")
            #expect(
                approved.status == 0 && approved.output.contains("has made the change"),
                "\(approved)")
            #expect(
                try DNSPython.records("_dmarc.example.test", "TXT", port: server.port)
                    == ["\"v=DMARC1; p=reject; rua=mailto:reports@example.test\""])
            let json = try run(["show", "example.test", "--format", "json"])
            #expect(json.output.contains("\"known\"") && json.output.contains("\"confidence\""))

            // Rules: agreed, looked at now, ended.
            let rules = try run(["rules", "example.test", "--test-days", "7"])
            #expect(rules.status == 0 && rules.output.contains("less than 0.5 %"), "\(rules)")
            #expect(try run(["run", "--now"]).output.contains("no further step"))
            #expect(try run(["rules", "example.test", "--end"]).status == 0)
            #expect(try run(["rules", "example.test", "--end"]).status == 1)
            #expect(try run(["rules", "example.test", "--share", "2000"]).status == 64)
            #expect(try run(["run"]).status == 64)

            // A name below it that nobody has seen before.
            let look = try run([
                "emergency", "shop.example.test", "--reports", "dmarc@example.test", "--dry-run",
            ])
            #expect(look.status == 0 && look.output.contains("No report about"), "\(look)")
            let emergency = try run([
                "emergency", "shop.example.test", "--reports", "dmarc@example.test",
            ])
            #expect(emergency.errors.contains("way approve 2"), "\(emergency)")
            let declined = try run(["reject", "2", "--reason", "not ours"])
            #expect(declined.status == 0, "\(declined)")
            let log = try Program.run(["audit", "export", "--data", folder + "/data"])
            for act in ["way.two-people", "way.propose", "way.approve", "way.agree", "way.decline"]
            {
                #expect(log.output.contains("\"act\":\"\(act)\""), "\(act)")
            }
            #expect(log.output.contains("\"actor\":\"ben\""))
        }
    }

    /// One report of yesterday: 90 proved messages and 10 that would be stopped.
    private func report(_ folder: String) throws {
        let begin = (Int(time(nil)) / 86_400 - 1) * 86_400
        func row(_ address: String, _ count: Int, _ result: String) -> String {
            """
            <record><row><source_ip>\(address)</source_ip><count>\(count)</count>
            <policy_evaluated><disposition>none</disposition><dkim>\(result)</dkim>
            <spf>fail</spf></policy_evaluated></row>
            <identifiers><header_from>example.test</header_from></identifiers>
            <auth_results><dkim><domain>example.test</domain><selector>s</selector>
            <result>\(result)</result></dkim></auth_results></record>
            """
        }
        let text = """
            <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>
            <org_name>receiver.example</org_name><email>d@receiver.example</email>
            <report_id>1</report_id><date_range><begin>\(begin)</begin>
            <end>\(begin + 86_399)</end></date_range></report_metadata>
            <policy_published><domain>example.test</domain><p>none</p></policy_published>
            \(row("192.0.2.1", 90, "pass"))\(row("192.0.2.2", 10, "fail"))</feedback>
            """
        try Data(text.utf8).write(to: URL(filePath: folder + "/report.xml"))
    }
}
