import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// A sender is authorised by click: in a real browser, through the real program, with a real
/// primary server behind it.
@Suite(.serialized)
struct SenderWalkTests {
    private static let senders = "/domains/example.test/senders/service%3Azendesk"

    @Test func `a click authorises a sender, changes the zone, is told, and is undone`() throws {
        try withScratchFolder { folder in
            let server = try KnotPrimary(
                folder, records: "@ TXT \"v=spf1 mx ~all\"\n_dmarc TXT \"v=DMARC1; p=none\"")
            let port = server.port
            let data = folder + "/data"
            try Data(Self.report.utf8).write(to: URL(filePath: folder + "/report.xml"))
            let taken = try Program.run([
                "import", folder + "/report.xml", "--data", data, "--resolver",
                "127.0.0.1:\(port)",
            ])
            #expect(taken.status == 0, "\(taken)")
            let console = try RunningConsole(
                [
                    "--data", data, "--resolver", "127.0.0.1:\(port)", "--tsig-keys",
                    folder + "/keys", "--primary", "example.test=127.0.0.1:\(port)#changer",
                ], folder: folder)
            let browser = try Chromium(profile: folder + "/profile")
            try browser.look(width: 1_280, height: 900, isDark: false)
            func text() throws -> String {
                try browser.run("document.querySelector('main').innerText").text ?? ""
            }
            func keep(_ name: String) throws {
                guard let place = ProcessInfo.processInfo.environment["SEALGATE_SCREENSHOTS"],
                    !place.isEmpty
                else { return }
                for width in [1_280, 400] {
                    try browser.look(width: width, height: 900, isDark: false)
                    try browser.screenshot().write(
                        to: URL(filePath: "\(place)/\(name)-\(width).png"))
                }
                try browser.look(width: 1_280, height: 900, isDark: false)
            }
            try browser.open(console.firstLink)
            try browser.run(PageScripts.account)
            try browser.submit("#first")

            let page = console.address + "/domains/example.test"
            try browser.open(page)
            #expect(try text().contains("Known services, not decided yet"))
            try keep("senders-before")

            // The exact difference, before anything happens.
            try browser.open(console.address + Self.senders + "/authorise")
            let shown = try text()
            for words in [
                "zendesk1._domainkey.example.test", "zendesk2._domainkey.zendesk.com.",
                "v=spf1 mx include:mail.zendesk.com ~all", "25\u{A0}messages",
            ] {
                #expect(shown.contains(words), "\(words): \(shown)")
            }
            try keep("authorise")
            try browser.submit("main form[action*=\"/authorise\"]")
            let done = try text()
            #expect(done.contains("Zendesk is authorised"), "\(done)")
            #expect(done.contains("The change of the DNS was made"), "\(done)")
            try keep("senders-after")

            // The real server shows it, and the plan counts the sender as ours.
            let answer = folder + "/drill"
            try Command.run(
                ["drill", "-p", String(port), "@127.0.0.1", "example.test", "TXT"],
                log: answer)
            let records = try String(contentsOfFile: answer, encoding: .utf8)
            #expect(records.contains("include:mail.zendesk.com"), "\(records)")
            try browser.open(page + "/plan")
            #expect(try text().contains("Make Zendesk sign as example.test"))

            try browser.open(console.address + "/audit")
            let log = try text()
            for words in [
                "authorised a sender", "had a change of the DNS made", "Zendesk (service:zendesk)",
            ] {
                #expect(log.contains(words), "\(words): \(log)")
            }
            try browser.open(console.address + Self.senders)
            try keep("sender")
            try browser.submit("main form[action*=\"/undo\"]")
            // The way back of its DNS change is proposed, shown exactly, and not made.
            let back = try text()
            #expect(back.contains("include:mail.zendesk.com"), "\(back)")
            #expect(back.contains("Your decision is taken back"), "\(back)")
            try keep("undo")
            try browser.open(console.address + Self.senders)
            #expect(try text().contains("Authorise"))
            try browser.open(console.address + "/programme")
            try browser.submit("form[action=\"/programme/find\"]")
            let found = try text()
            #expect(found.contains("1\u{A0}domain found and taken in"), "\(found)")
            #expect(found.contains("In the way:"), "\(found)")
            try keep("programme")
            #expect(try browser.takeComplaints().isEmpty)

            try commandLine(data, folder, port)
            withExtendedLifetime(server) {}
        }
    }

    /// The same decisions, and the programme, as typed.
    private func commandLine(_ data: String, _ folder: String, _ port: Int) throws {
        func run(_ words: String...) throws -> Program.Outcome {
            try Program.run(["sender"] + words + ["--data", data])
        }
        let list = try run("list", "example.test", "--format", "json")
        #expect(list.output.contains("\"group\" : \"known\""), "\(list)")
        let rejected = try run(
            "reject", "example.test", "service:zendesk", "--format", "json")
        #expect(rejected.output.contains("\"verdict\" : \"rejected\""), "\(rejected)")
        #expect(try run("owner", "example.test", "service:zendesk", "Ben").status == 0)
        let noted = try run("note", "example.test", "service:zendesk", "asked the shop")
        #expect(noted.output.contains("answered for by Ben. Note: asked the shop"))
        let undone = try run("undo", "example.test", "service:zendesk")
        #expect(undone.status == 0 && !undone.output.contains("Note"), "\(undone)")
        #expect(try run("reject", "example.test", "service:none").status == 1)
        let preview = try Program.run([
            "sender", "authorise", "example.test", "service:zendesk", "--data", data,
            "--resolver", "127.0.0.1:\(port)", "--port", String(port), "--primary",
            "example.test=127.0.0.1:\(port)#changer", "--tsig-keys", folder + "/keys",
        ])
        #expect(preview.status == 0, "\(preview)")
        #expect(preview.output.contains("Nothing is decided yet"), "\(preview)")
        try Data("domain,owner,target\nexample.test,Ada,2027-12-31\nb.test,,x\n".utf8).write(
            to: URL(filePath: folder + "/p.csv"))
        let bad = try Program.run(
            ["programme", "import", folder + "/p.csv", "--data", data])
        #expect(bad.status == 1 && bad.errors.contains("Line 3: The target is a day"), "\(bad)")
        let set = try Program.run([
            "programme", "set", "example.test", "b.test", "--tranche", "1", "--data", data,
        ])
        #expect(set.output.contains("2 domains changed"), "\(set)")
        let board = try Program.run(["programme", "list", "--tranche", "1", "--data", data])
        #expect(board.output.contains("0 of 2 domains at p=reject"), "\(board)")
        let audit = try Program.run(["audit", "export", "--data", data])
        #expect(audit.output.contains("\"act\":\"sender.reject\""))
        #expect(audit.output.contains("\"actor_kind\":\"command-line\""))
    }

    /// Two days ago, 25 messages of a support desk that signs with a name of its own.
    private static var report: String {
        let begin = Int64(time(nil)) / 86_400 * 86_400 - 2 * 86_400
        return """
            <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>\
            <org_name>reporter.example</org_name><email>r@reporter.example</email>\
            <report_id>1</report_id><date_range><begin>\(begin)</begin>\
            <end>\(begin + 86_399)</end></date_range></report_metadata><policy_published>\
            <domain>example.test</domain><p>none</p></policy_published>\
            \(row("192.0.2.1", 100, "example.test", "pass"))\
            \(row("192.0.2.77", 25, "zendesk.com", "fail"))</feedback>
            """
    }

    private static func row(
        _ source: String, _ count: Int, _ signer: String, _ evaluated: String
    ) -> String {
        """
        <record><row><source_ip>\(source)</source_ip><count>\(count)</count><policy_evaluated>\
        <disposition>none</disposition><dkim>\(evaluated)</dkim><spf>fail</spf>\
        </policy_evaluated></row><identifiers><header_from>example.test</header_from>\
        </identifiers><auth_results><dkim><domain>\(signer)</domain><selector>s1</selector>\
        <result>pass</result></dkim><spf><domain>mail.\(signer)</domain><result>none</result>\
        </spf></auth_results></record>
        """
    }
}

/// `sealgate serve` with a console on a free port, stopped when it goes.
final class RunningConsole {
    /// The address of its first page, with the link that works once; without it where somebody has
    /// an account already.
    let firstLink: String
    /// `http://127.0.0.1:PORT`.
    let address: String
    private let pid: pid_t
    private let scratch: String

    init(_ arguments: [String], folder: String) throws {
        scratch = folder + "/serve"
        pid = try Program.start(["serve", "--port", "0"] + arguments, scratch: scratch)
        var said = ""
        for _ in 0..<1_200 where !said.contains("Ctrl-C") {
            said = (try? String(contentsOfFile: scratch + ".out", encoding: .utf8)) ?? ""
            usleep(50_000)
        }
        let links = said.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("http://") }
        guard let first = links.first else {
            kill(pid, SIGKILL)
            throw Program.Missing(description: "The console did not start: \(said)")
        }
        address = String(first)
        firstLink = String(links.first { $0.contains("/welcome?") } ?? first)
    }

    /// What it wrote to its log.
    var log: String { (try? String(contentsOfFile: scratch + ".err", encoding: .utf8)) ?? "" }

    deinit {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
