import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Reports come in by themselves: what the program says of its places, and what it does with a
/// folder and a mailbox while it is killed again and again.
@Suite(.serialized) struct IntakeWalkTests {
    static func report(_ id: String) -> String {
        """
        <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>\
        <org_name>reporter.example</org_name><email>r@reporter.example</email>\
        <report_id>\(id)</report_id><date_range><begin>1700006400</begin>\
        <end>1700092799</end></date_range></report_metadata><policy_published>\
        <domain>example.com</domain><p>none</p></policy_published><record><row>\
        <source_ip>192.0.2.1</source_ip><count>1</count><policy_evaluated>\
        <disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>\
        <identifiers><header_from>example.com</header_from></identifiers><auth_results><spf>\
        <domain>example.com</domain><result>none</result></spf></auth_results></record></feedback>
        """
    }

    @Test("a place that cannot be understood is told, and a password in it is not repeated")
    func faults() throws {
        try withScratchFolder { folder in
            for place in [
                "imaps://u:hunter2@host/INBOX password-file=/x", "imaps://u@host/INBOX",
                "imap://u@mail.example.com/INBOX password-file=/x tls=none",
                "imaps://u@host/A password-file=/x after=archive:A", "folder:relative",
                "folder:/x after=delete", "pop3://u@host password-file=/x",
                "imaps://u@host password-file=/x token-file=/y", "maildir:/x nonsense=1",
            ] {
                let outcome = try Program.run(
                    ["intake", "check", "--place", place], folder: folder)
                #expect(outcome.status == 64, "\(place)")
                #expect(outcome.errors.contains("intake.places wants"), "\(outcome.errors)")
                #expect(!outcome.errors.contains("hunter2"))
            }
            let none = try Program.run(["intake", "check"], folder: folder)
            #expect(none.status == 1 && none.errors.contains("No place is named"))
            let places = try Program.run(["intake", "places"], folder: folder)
            #expect(places.output.contains("Reports are fetched from nowhere"))
        }
    }

    @Test("a folder and a mailbox are emptied while the program is killed again and again")
    func killed() throws {
        let dovecot = try DovecotFolder()
        let server = try dovecot.start()
        defer {
            ChildProgram.end(server)
            dovecot.remove()
        }
        let count = 60
        try withScratchFolder { folder in
            mkdir(folder + "/in", 0o700)
            for number in 0..<count {
                try Data(Self.report("f\(number)").utf8).write(
                    to: URL(filePath: folder + "/in/\(number).xml"))
                let mail =
                    "From: r@reporter.example\r\nContent-Type: text/xml\r\n\r\n"
                    + Self.report("m\(number)") + "\r\n"
                try dovecot.deliver(Array(mail.utf8), "1700.M\(number).host")
            }
            let places = [
                "--place", "folder:\(folder)/in", "--place",
                "imaps://reports%40example.com@localhost:\(dovecot.securePort)/INBOX "
                    + "password-file=\(dovecot.passwordFile) ca=\(dovecot.authority) "
                    + "after=archive:Done",
            ]
            let check = try Program.run(["intake", "check"] + places, folder: folder)
            #expect(check.status == 0, "\(check.output)\(check.errors)")
            #expect(check.output.contains("\(count) mails there"))
            #expect(check.output.contains("\(count) files there"))
            let database = folder + "/data"
            func isDone() throws -> Bool {
                let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/in")
                return left == ["done"] && dovecot.mails(in: "Done").count == count
            }
            for number in 0..<8 {
                let process = try serve(database, places, folder)
                // Ever later, so that every part of a round is met.
                usleep(UInt32(number * 100_000))
                kill(process, SIGKILL)
                _ = try ChildProgram.wait(for: process)
            }
            let last = try serve(database, places, folder)
            #expect(eventually { try isDone() })
            kill(last, SIGTERM)
            #expect(try ChildProgram.wait(for: last) == 0)
            let stats = try Program.run(
                ["report", "stats", "--data", database, "--format", "json"], folder: folder)
            #expect(stats.output.contains("\"reports\" : \(2 * count)"), "\(stats.output)")
            #expect(dovecot.mails().isEmpty && dovecot.mails(in: "Done").count == count)
            let done = try FileManager.default.contentsOfDirectory(atPath: folder + "/in/done")
            #expect(done.count == count)
            let told = try Program.run(
                ["intake", "places", "--data", database] + places, folder: folder)
            #expect(told.output.contains("reports@example.com at localhost"), "\(told.output)")
            let list = try Program.run(
                ["report", "list", "--data", database, "--limit", "500"], folder: folder)
            #expect(list.output.contains("plausible") && list.output.contains("unproved"))
        }
    }

    /// The program once it says that it runs.
    private func serve(_ database: String, _ places: [String], _ folder: String) throws -> pid_t {
        let scratch = "\(folder)/serve-\(UUID().uuidString)"
        let process = try Program.start(
            ["serve", "--resolver", "none", "--port", "0", "--data", database] + places,
            scratch: scratch, folder: folder)
        _ = eventually {
            try String(contentsOfFile: scratch + ".out", encoding: .utf8).contains("Stop it with")
        }
        return process
    }

    @Test("mail at a report address is authenticated, and a forged report is set aside")
    func smtp() throws {
        try withScratchFolder { folder in
            let zone = """
                $TTL 60
                _dmarc.google.com. IN TXT "v=DMARC1; p=reject"
                reporter.example. IN A 127.0.0.1
                reporter.example. IN TXT "v=spf1 ip4:127.0.0.1 -all"

                """
            try Data(zone.utf8).write(to: URL(filePath: folder + "/zone"))
            let gateway = try RunningGateway(
                [
                    "--reports-door", "127.0.0.1:0", "--report-address", "dmarc@example.com",
                    "--domain", "example.com", "--recipients", "all",
                ], folder: folder, resolver: folder + "/zone")
            func hand(in report: String, from sender: String) throws {
                let file = "\(folder)/mail-\(UUID().uuidString)"
                try Data(
                    ("From: \(sender)\nTo: dmarc@example.com\nSubject: Report\n"
                        + "Content-Type: text/xml\n\n\(report)\n").utf8
                ).write(to: URL(filePath: file))
                try send(
                    to: gateway.port, from: sender, to: "dmarc@example.com", subject: "Report",
                    more: ["--data", "@" + file], folder: folder)
            }
            try hand(in: Self.report("proved"), from: "r@reporter.example")
            let forged = Self.report("forged")
                .replacing("reporter.example</org_name>", with: "google.com</org_name>")
            try hand(in: forged, from: "r@reporter.example")
            let data = ["--data", folder + "/data"]
            let list = try Program.run(["report", "list", "--why"] + data, folder: folder)
            #expect(list.output.contains("● proved"), "\(list.output)")
            #expect(list.output.contains("by SPF"), "\(list.output)")
            #expect(!list.output.contains("google.com"))
            let aside = try Program.run(["intake", "list"] + data, folder: folder)
            #expect(aside.output.contains("google.com asks everybody"), "\(aside.output)")
            let id = String(aside.output.prefix { $0.isNumber })
            let taken = try Program.run(
                ["intake", "accept", id, "--resolver", "none"] + data, folder: folder)
            #expect(taken.output.contains("1 report taken in"), "\(taken.output)")
        }
    }

    @Test("a missing agreement to be sent reports is told with the line to add")
    func destinations() throws {
        try withScratchFolder { folder in
            let zone = """
                $TTL 60
                _dmarc.a.example. IN TXT "v=DMARC1; p=none; rua=mailto:r@gate.test"

                """
            try Data(zone.utf8).write(to: URL(filePath: folder + "/zone"))
            let outcome = try Program.run(
                [
                    "report", "destinations", "--domain", "a.example", "--resolver",
                    folder + "/zone",
                ], folder: folder)
            #expect(outcome.status == 1)
            #expect(
                outcome.output.contains(
                    "a.example._report._dmarc.gate.test. 3600 IN TXT \"v=DMARC1;\""),
                "\(outcome.output)\(outcome.errors)")
        }
    }
}
