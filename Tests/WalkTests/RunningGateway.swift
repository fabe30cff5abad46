import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `sealgate serve` with a mail door on loopback, as the real program, for one test.
final class RunningGateway {
    let pid: pid_t
    /// Without the endings `.out` and `.err`.
    let scratch: String
    /// The port of the first door.
    let port: Int

    init(
        _ arguments: [String], folder: String, resolver: String = "none",
        environment: [String: String] = [:]
    ) throws {
        scratch = "\(folder)/serve-\(UUID().uuidString)"
        pid = try Program.start(
            ["serve", "--port", "0", "--resolver", resolver, "--data", folder + "/data"]
                + arguments,
            scratch: scratch, environment: environment)
        var port: Int?
        for _ in 0..<1_800 where port == nil {
            let text = (try? String(contentsOfFile: scratch + ".out", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("Mail: ") }
            port = line?.split(separator: " ").last.flatMap { Int($0) }
            if port == nil { usleep(50_000) }
        }
        guard let port else {
            ChildProgram.end(pid)
            let said = (try? String(contentsOfFile: scratch + ".err", encoding: .utf8)) ?? ""
            throw Program.Missing(description: "The gateway does not start: \(said)")
        }
        self.port = port
    }

    deinit {
        ChildProgram.end(pid)
    }

    /// The console's port.
    var consolePort: Int? {
        let line = output.split(separator: "\n").first { $0.hasPrefix("The console is at ") }
        return line?.split(separator: ":").last.flatMap { Int($0) }
    }

    var output: String {
        (try? String(contentsOfFile: scratch + ".out", encoding: .utf8)) ?? ""
    }

    /// What it wrote to its log.
    var log: String {
        (try? String(contentsOfFile: scratch + ".err", encoding: .utf8)) ?? ""
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits until the log tells something.
    func told(_ words: String) -> Bool { eventually { log.contains(words) } }
}

/// Whether something comes true within half a minute.
func eventually(_ body: () throws -> Bool) -> Bool {
    for _ in 0..<1_800 {
        if (try? body()) == true { return true }
        usleep(50_000)
    }
    return false
}

/// A shell's output.
@discardableResult
func shell(_ line: String, folder: String) throws -> String {
    let log = "\(folder)/shell-\(UUID().uuidString)"
    defer { unlink(log) }
    try Command.run(["sh", "-c", "cd '\(folder)' && \(line)"], log: log)
    return try String(contentsOfFile: log, encoding: .utf8)
}

/// A certificate of its own for a host: `NAME.pem` and `NAME.key`.
func makeCertificate(_ name: String, host: String, days: Int = 90, folder: String) throws {
    try shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            + " -keyout \(name).key -out \(name).pem -days \(days) -subj /CN=\(host)"
            + " -addext subjectAltName=DNS:\(host) 2>/dev/null", folder: folder)
}

/// smtp-sink on loopback, which takes all mail and writes it to a file.
final class MailSink {
    let port: Int
    private let pid: pid_t
    private let path: String

    init(folder: String) throws {
        port = try LoopbackPort.free()
        path = "\(folder)/sink-\(port)"
        pid = try Command.start(
            ["smtp-sink", "-u", "root", "-D", path, "127.0.0.1:\(port)", "100"], log: path + ".log")
        let port = port
        guard eventually({ LoopbackPort.connects(port) }) else {
            throw Program.Missing(
                description: "smtp-sink does not start; it is in Debian's package postfix.")
        }
    }

    deinit {
        ChildProgram.end(pid)
    }

    var mail: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}

/// Hands one message to a gateway, as a mail client does.
func send(
    to port: Int, from: String, to recipient: String, subject: String,
    more: [String] = [], folder: String
) throws {
    try Command.run(
        [
            "swaks", "--server", "127.0.0.1:\(port)", "--from", from, "--to", recipient,
            "--helo", "client.example", "--header", "Subject: \(subject)", "--silent", "2",
        ] + more, log: "\(folder)/swaks-\(UUID().uuidString)")
}
