import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// An SPF record that no longer works is told, and that it works again, with the real program and
/// a real primary server.
@Suite(.serialized)
struct RecordWatchWalkTests {
    private static let alert = "The SPF record of example.test leads to an error."
    private static let fault = "2 SPF records are published there, and only one may be."

    @Test func `two SPF records raise an alert, which ends when one is taken out`() throws {
        try withScratchFolder { folder in
            let server = try KnotPrimary(
                folder,
                records: "@ TXT \"v=spf1 mx ~all\"\n@ TXT \"v=spf1 -all\"\n"
                    + "_dmarc TXT \"v=DMARC1; p=none\"")
            let (port, data) = (server.port, folder + "/data")
            let resolver = ["--resolver", "127.0.0.1:\(port)"]
            try Data(Self.report.utf8).write(to: URL(filePath: folder + "/report.xml"))
            let taken = try Program.run(
                ["import", folder + "/report.xml", "--data", data] + resolver)
            #expect(taken.status == 0, "\(taken)")
            let made = try Program.run([
                "tokens", "make", "--scope", "read", "--data", data, "watch",
            ])
            let token = try #require(made.output.split(separator: "\n").first)
            try Data("Authorization: Bearer \(token)".utf8).write(
                to: URL(filePath: folder + "/token"))

            let browser = try Chromium(profile: folder + "/profile")
            func page(_ console: RunningConsole, _ path: String) throws -> String {
                try browser.open(console.address + path)
                return try browser.run("document.querySelector('main').innerText").text ?? ""
            }
            func answer(_ console: RunningConsole, _ path: String) throws -> String {
                let url = console.address + "/api/v1/alerts" + path
                return try shell("curl -sf -H @token '\(url)'", folder: folder)
            }
            do {
                let console = try RunningConsole(["--data", data] + resolver, folder: folder)
                #expect(eventually { console.log.contains("The SPF record of example.test leads") })
                #expect(console.log.contains(Self.fault), "\(console.log)")
                try browser.open(console.firstLink)
                try browser.run(PageScripts.account)
                try browser.submit("#first")
                // What was found is judged soon, without anybody asking for it.
                #expect(eventually { try page(console, "/alerts").contains(Self.alert) })
                let alerts = try page(console, "/alerts")
                for words in [Self.alert, Self.fault, "1\u{A0}alert is open", "See the plan"] {
                    #expect(alerts.contains(words), "\(words): \(alerts)")
                }
                let open = try answer(console, "")
                for words in ["\"kind\":\"broken-record\"", Self.alert, Self.fault] {
                    #expect(open.contains(words), "\(words): \(open)")
                }
            }

            try mend(port, folder)
            // The program remembers for five minutes what DNS said, and looks at what is wrong
            // every quarter of an hour; and when it starts.
            let console = try RunningConsole(["--data", data] + resolver, folder: folder)
            #expect(eventually { console.log.contains("example.test is in order again") })
            #expect(eventually { try page(console, "/alerts").contains("no alert is open") })
            let none = try page(console, "/alerts")
            #expect(none.contains("no alert is open"), "\(none)")
            let all = try page(console, "/alerts?all=1")
            #expect(all.contains(Self.alert) && all.contains(", over "), "\(all)")
            #expect(try !answer(console, "").contains("broken-record"))
            let over = try answer(console, "?state=all")
            #expect(over.contains("broken-record") && over.contains("\"overAt\":"), "\(over)")
            #expect(try browser.takeComplaints().isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    /// Takes the second record out of the zone, by a change that is made.
    private func mend(_ port: Int, _ folder: String) throws {
        func run(_ words: [String]) throws {
            let outcome = try Program.run(
                ["change"] + words + [
                    "--data", folder + "/data", "--resolver", "127.0.0.1:\(port)", "--port",
                    String(port), "--tsig-keys", folder + "/keys", "--primary",
                    "example.test=127.0.0.1:\(port)#changer",
                ])
            #expect(outcome.status == 0, "\(outcome)")
        }
        try run([
            "propose", "--domain", "example.test", "--name", "example.test", "--remove",
            "v=spf1 -all",
        ])
        try run(["apply", "1", "--confirm", "example.test"])
        #expect(
            try DNSPython.records("example.test", "TXT", port: port) == ["\"v=spf1 mx ~all\""])
    }

    /// Of yesterday: the domain is watched because it has reports.
    private static var report: String {
        let begin = Int64(time(nil)) / 86_400 * 86_400 - 86_400
        return """
            <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>\
            <org_name>reporter.example</org_name><email>r@reporter.example</email>\
            <report_id>1</report_id><date_range><begin>\(begin)</begin>\
            <end>\(begin + 86_399)</end></date_range></report_metadata><policy_published>\
            <domain>example.test</domain><p>none</p></policy_published><record><row>\
            <source_ip>192.0.2.1</source_ip><count>10</count><policy_evaluated>\
            <disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated>\
            </row><identifiers><header_from>example.test</header_from></identifiers>\
            <auth_results><spf><domain>example.test</domain><result>pass</result></spf>\
            </auth_results></record></feedback>
            """
    }
}
