import Foundation
import Glibc
import TestSupport
import Testing

/// From reports to a mailbox, a program and a log server, with the real program; and evidence as a
/// person asks for it.
@Suite(.serialized) struct AlertWalkTests {
    private static let secret = "a secret of our own"

    /// A week and more of reports up to yesterday; on the last days somebody new sends.
    private func fill(_ folder: String) throws {
        mkdir(folder + "/in", 0o700)
        let today = Int(time(nil)) / 86_400
        for age in 2...30 {
            let begin = (today - age) * 86_400
            let new =
                age > 4
                ? ""
                : """
                <record><row><source_ip>198.51.100.7</source_ip><count>40</count>\
                <policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>fail</spf>\
                </policy_evaluated></row><identifiers><header_from>example.com</header_from>\
                </identifiers><auth_results><dkim><domain>mcsv.net</domain><selector>k1</selector>\
                <result>pass</result></dkim><spf><domain>mcsv.net</domain><result>pass</result>\
                </spf></auth_results></record>
                """
            let report = """
                <?xml version="1.0"?><feedback><version>1.0</version><report_metadata>\
                <org_name>reporter.example</org_name><email>r@reporter.example</email>\
                <report_id>r\(age)</report_id><date_range><begin>\(begin)</begin>\
                <end>\(begin + 86_399)</end></date_range></report_metadata><policy_published>\
                <domain>example.com</domain><p>none</p></policy_published><record><row>\
                <source_ip>192.0.2.1</source_ip><count>100</count><policy_evaluated>\
                <disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated>\
                </row><identifiers><header_from>example.com</header_from></identifiers>\
                <auth_results><spf><domain>example.com</domain><result>pass</result></spf>\
                </auth_results></record>\(new)</feedback>
                """
            try Data(report.utf8).write(to: URL(filePath: folder + "/in/\(age).xml"))
        }
        let taken = try Program.run([
            "import", "--resolver", "none", "--data", folder + "/data", folder + "/in",
        ])
        #expect(taken.status == 0, "\(taken.errors)")
    }

    private func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// What a file holds as soon as it holds the words.
    private func wait(for words: String, in path: String) -> String {
        for _ in 0..<1_200 {
            let found = text(path)
            if found.contains(words) { return found }
            usleep(50_000)
        }
        return text(path)
    }

    @Test func `somebody new is told by mail, to a program and to a log server`() throws {
        try withScratchFolder { folder in
            try fill(folder)
            let listener = try Command.start(
                [
                    "python3",
                    SharedData.packageRoot + "/Tests/WalkTests/Gateway/Peers/alert_listener.py",
                    Self.secret, folder,
                ], log: folder + "/listener.log")
            defer { ChildProgram.end(listener) }
            mkdir(folder + "/mails", 0o777)
            chmod(folder + "/mails", 0o777)
            chmod(folder, 0o755)
            let mailPort = 21_000 + Int(getpid()) % 20_000
            let sink = try Command.start(
                ["smtp-sink"] + (geteuid() == 0 ? ["-u", "postfix"] : [])
                    + ["-d", folder + "/mails/", "127.0.0.1:\(mailPort)", "10"],
                log: folder + "/sink.log")
            defer { ChildProgram.end(sink) }
            let ports = wait(for: " ", in: folder + "/ports").split(separator: " ")
            try #require(ports.count == 3)
            try Data((Self.secret + "\n").utf8).write(to: URL(filePath: folder + "/secret"))
            for syslog in ["udp://127.0.0.1:\(ports[1])", "tcp://127.0.0.1:\(ports[2])"] {
                // Each of the two log servers gets a store of its own.
                let data = folder + "/data-" + syslog.prefix(3)
                try FileManager.default.copyItem(atPath: folder + "/data", toPath: data)
                let server = try Program.start(
                    [
                        "serve", "--data", data, "--port", "0", "--resolver", "none",
                        "--alert-mail", "security@example.com", "--alert-mail",
                        "second@example.com", "--alert-sender", "sealgate@example.com",
                        "--alert-server", "127.0.0.1:\(mailPort)",
                        "--alert-webhook", "http://127.0.0.1:\(ports[0])/hook",
                        "--alert-webhook-secret", folder + "/secret", "--alert-syslog", syslog,
                    ], scratch: folder + "/serve-" + syslog.prefix(3))
                defer { ChildProgram.end(server) }
                let file = folder + "/" + syslog.prefix(3)
                let log = wait(for: "New sender", in: file)
                #expect(log.contains("<12>1 20"), "\(log)")
                #expect(log.contains(" sealgate sealgate - alert - "), "\(log)")
                #expect(!log.contains("CUT"))
            }
            let web = wait(for: "signed {", in: folder + "/web")
            #expect(web.contains("\"kind\":\"alert\"") && !web.contains("WRONG"), "\(web)")
            #expect(web.contains("example.com"))
            let list = try Program.run(["alert", "list", "--data", folder + "/data-udp"])
            #expect(list.output.contains("began to send as example.com"), "\(list.output)")
            let known = try Program.run(["alert", "ack", "1", "--data", folder + "/data-udp"])
            #expect(known.status == 0 && known.output.contains("Known to"), "\(known.errors)")
            let none = try Program.run(["alert", "ack", "99", "--data", folder + "/data-udp"])
            #expect(none.status == 1 && none.errors.contains("No alert has the number 99"))
            try checkMail(folder)
        }
    }

    /// The mails as the sink wrote them down.
    private func checkMail(_ folder: String) throws {
        func mails() -> [String] {
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder + "/mails")
            return (names ?? []).map { text(folder + "/mails/" + $0) }
        }
        for _ in 0..<1_200 where mails().isEmpty { usleep(50_000) }
        let mail = try #require(mails().first { $0.contains("Message-ID: <alert-1.") })
        for words in [
            "X-Rcpt-Args: <security@example.com>", "X-Rcpt-Args: <second@example.com>",
            "From: Sealgate <sealgate@example.com>", "Auto-Submitted: auto-generated",
            "Content-Transfer-Encoding: base64",
        ] { #expect(mail.contains(words), "\(words): \(mail)") }
    }

    @Test func `evidence is written in three forms, and a wrong question is refused`() throws {
        try withScratchFolder { folder in
            try fill(folder)
            for (format, beginning) in [("pdf", "%PDF"), ("csv", "pack,Fact"), ("json", "{")] {
                let path = folder + "/e." + format
                let run = try Program.run([
                    "evidence", "--data", folder + "/data", "--format", format, "-o", path,
                ])
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.errors.contains("of the mail sent in the name of 1 domain"))
                let head = try Data(contentsOf: URL(filePath: path)).prefix(beginning.utf8.count)
                #expect(String(decoding: head, as: UTF8.self) == beginning)
            }
            let piped = try Program.run([
                "evidence", "--data", folder + "/data", "--format", "json", "-o", "-",
            ])
            #expect(piped.output.contains("\"chainHead\""))
            for (words, sentence) in [
                (["--domain", "other.example"], "No report about other.example"),
                (["--from", "2026-02-30"], "wants a day as YYYY-MM-DD"),
                (["--before", "2020-01-01..2020-01-02..2020-01-03"], "DAY..DAY"),
                (["--from", "2026-01-02", "--to", "2026-01-01"], "ends"),
            ] {
                let wrong = try Program.run(
                    ["evidence", "--data", folder + "/data", "-o", folder + "/x"] + words)
                #expect(wrong.status != 0 && wrong.errors.contains(sentence), "\(wrong.errors)")
            }
            let digest = try Program.run(["alert", "digest", "--data", folder + "/data"])
            #expect(digest.output.contains("your decision"), "\(digest.output)")
        }
    }
}
