import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `sealgate doctor` beside a running gateway, with real servers around it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `The doctor` {
    struct Report: Decodable {
        struct Line: Decodable {
            var subject, state, place, sentence: String
            var advice: String?
        }
        var isWell: Bool
        var findings: [Line]

        func has(_ subject: String, _ state: String, _ words: String) -> Bool {
            findings.contains {
                $0.subject == subject && $0.state == state && $0.sentence.contains(words)
            }
        }
    }

    private func examine(_ arguments: [String]) throws -> (Report, Int32) {
        let run = try Program.run(["doctor", "--format", "json"] + arguments)
        do {
            return (
                try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)), run.status
            )
        } catch {
            throw Program.Missing(description: "\(error) \(run.output) \(run.errors)")
        }
    }

    @Test func `finds a running gateway well, and says what could be better`() throws {
        try withScratchFolder { folder in
            try makeCertificate("own", host: "mx.example.org", folder: folder)
            let sink = try MailSink(folder: folder)
            let options = [
                "--host-name", "mx.example.org", "--domain", "example.org", "--recipients", "all",
                "--next-hop", "127.0.0.1:\(sink.port)", "--certificate", folder + "/own.pem",
                "--key", folder + "/own.key",
            ]
            let gateway = try RunningGateway(
                ["--inbound", "127.0.0.1:0"] + options, folder: folder)
            let console = try #require(gateway.consolePort)
            let (report, status) = try examine(
                options + [
                    "--inbound", "127.0.0.1:\(gateway.port)", "--port", "\(console)",
                    "--resolver", "none", "--data", folder + "/data",
                ])
            #expect(status == 0, "\(report)")
            #expect(report.isWell)
            #expect(report.has("door", "ok", "Sealgate listens there for mail from anywhere"))
            #expect(report.has("door", "ok", "Sealgate listens there for the console"))
            #expect(report.has("certificate", "ok", "go together; good until"))
            #expect(report.has("spool disk", "ok", "are free"))
            #expect(report.findings.contains { $0.sentence.contains("says \"kept\" after") })
            #expect(report.has("next hop", "ok", "It answers and offers"))
            #expect(report.has("next hop", "look", "without encryption"))
            #expect(report.has("resolver", "look", "DNS is off"))
            #expect(report.findings.contains { $0.subject == "open files" })
            #expect(report.findings.allSatisfy { $0.state == "ok" || $0.advice != nil })
        }
    }

    @Test func `names each thing that is wrong, where, and what to do`() throws {
        try withScratchFolder { folder in
            try makeCertificate("own", host: "mx.example.org", folder: folder)
            try makeCertificate("other", host: "mx.example.org", folder: folder)
            let sink = try MailSink(folder: folder)
            let nobody = try LoopbackPort.free()
            let options = [
                "--host-name", "mx.example.org", "--domain", "example.org", "--recipients", "all",
                "--inbound", "127.0.0.1:\(sink.port)", "--outbound", "192.0.2.77:2525",
                "--next-hop", "127.0.0.1:\(nobody)", "--certificate", folder + "/own.pem",
                "--key", folder + "/other.key", "--resolver", "127.0.0.1:\(nobody)",
                "--data", folder + "/data", "--spool", "/proc/spool", "--port", "0",
            ]
            let (report, status) = try examine(options)
            #expect(status == 1)
            #expect(!report.isWell)
            #expect(report.findings.first?.state == "wrong")
            #expect(report.has("door", "wrong", "Another program holds the port"), "\(report)")
            #expect(report.has("door", "wrong", "does not have the address 192.0.2.77"))
            #expect(report.has("certificate", "wrong", "do not go together"))
            #expect(report.has("resolver", "wrong", "It answers nothing"))
            #expect(report.has("spool disk", "wrong", "Nothing can be written there"))
            #expect(report.has("next hop", "wrong", "No connection"))
            #expect(
                report.findings.filter { $0.state == "wrong" }.allSatisfy { $0.advice != nil })
            let text = try Program.run(["doctor"] + options)
            #expect(text.status == 1)
            #expect(text.output.hasPrefix("6 things are wrong"), "\(text.output)")
            #expect(text.output.contains("✕ wrong  door, 127.0.0.1:\(sink.port)"))
        }
    }

    @Test func `tells of a certificate that ends, of one for another name, and of a loop`() throws {
        try withScratchFolder { folder in
            try makeCertificate("soon", host: "other.example.org", days: 5, folder: folder)
            let port = try LoopbackPort.free()
            let (report, status) = try examine([
                "--host-name", "mx.example.org", "--domain", "example.org", "--recipients", "all",
                "--inbound", "0.0.0.0:\(port)", "--next-hop", "127.0.0.1:\(port)",
                "--certificate", folder + "/soon.pem", "--key", folder + "/soon.key",
                "--resolver", "none", "--data", folder + "/data", "--port", "0",
            ])
            #expect(status == 1)
            #expect(report.has("certificate", "look", "STARTTLS ends in "), "\(report)")
            #expect(report.has("certificate", "look", "does not name this host"))
            #expect(report.has("configuration", "wrong", "this gateway's own door"))
        }
    }

    @Test func `asks a time server when one is named, and believes no refusal`() throws {
        try withScratchFolder { folder in
            // Answers as RFC 5905 has it, with a time that is off by the number of seconds in the
            // first argument; with "refuse", as a server that gives none.
            let program = """
                import socket, struct, sys, time
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(('127.0.0.1', int(sys.argv[2])))
                while True:
                    q, peer = s.recvfrom(512)
                    refuses = sys.argv[1] == 'refuse'
                    now = time.time() + (0 if refuses else float(sys.argv[1])) + 2208988800
                    t = struct.pack('>II', int(now) & 0xffffffff, int((now % 1) * 2**32))
                    head = struct.pack('>BBbb', 0x24, 0 if refuses else 2, 6, -20)
                    s.sendto(head + bytes(12) + t + q[40:48] + t + t, peer)
                """
            for (offset, state, words) in [
                ("0", "ok", "time server's"), ("-3600", "wrong", "3600 seconds ahead of"),
                ("120", "wrong", "seconds behind"), ("refuse", "look", "no usable answer"),
            ] {
                let port = try LoopbackPort.free()
                let server = try Command.start(
                    ["python3", "-c", program, offset, "\(port)"],
                    log: folder + "/time.log")
                defer {
                    ChildProgram.end(server)
                }
                var report: Report?
                // The server may not listen yet.
                #expect(
                    eventually {
                        report =
                            try examine([
                                "--time-server", "127.0.0.1:\(port)", "--resolver", "none",
                                "--data", folder + "/data", "--port", "0",
                            ]).0
                        return report?.has("clock", state, words) == true
                    }, "\(offset): \(String(describing: report))")
            }
        }
    }
}
