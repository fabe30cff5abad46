import Foundation
import Synchronization
import TestSupport
import Testing

/// Servers from Debian's packages, started on loopback for one test and ended with it: nsd,
/// unbound, postfix, smtp-sink, and a small web server in Python.
final class RealServers: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let folder: String
    private let running = Mutex(Running())

    private struct Running {
        var processes: [Int32] = []
        var postfix: PostfixFolder?
        var certificates: CertificateFolder?
    }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.path() + "/deliver-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    /// A folder and servers for the time of a test.
    static func run(_ body: @Sendable (RealServers) async throws -> Void) async throws {
        let servers = try RealServers()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(servers))
        } catch {
            result = .failure(error)
        }
        await servers.stop()
        try result.get()
    }

    private func stop() async {
        let running = running.withLock { $0 }
        if let postfix = running.postfix {
            try? await Command.finish(postfix.command("abort"))
            postfix.remove()
        }
        for process in running.processes { ChildProgram.end(process) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    private func start(_ words: [String], port: Int, needs package: String) async throws {
        let log = folder + "/\(words[0].split(separator: "/").last ?? "").log"
        let process = try Command.start(words, log: log)
        running.withLock { $0.processes.append(process) }
        try await wait(port, words[0], package) {
            (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        }
    }

    private func wait(
        _ port: Int, _ name: String, _ package: String, log: () -> String
    ) async throws {
        for _ in 0..<1_000 {
            if LoopbackPort.connects(port) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Missing(
            description: "\(name) does not start; this test needs Debian's package \(package). "
                + log().suffix(2_000))
    }

    // MARK: DNS

    /// Serves zones; the port of Unbound, which validates those that are signed.
    func startDNS(_ zones: [NameServerFolder.Zone]) async throws -> Int {
        let (authority, resolver) = (try LoopbackPort.free(), try LoopbackPort.free())
        let servers = try NameServerFolder(
            folder, zones: zones, authority: ("127.0.0.1", authority),
            resolver: ("127.0.0.1", resolver))
        try await start(servers.authorityCommand, port: authority, needs: "nsd")
        try await start(servers.resolverCommand, port: resolver, needs: "unbound")
        return resolver
    }

    // MARK: Certificates

    /// The test's authority, made when it is first asked for.
    func certificates() throws -> CertificateFolder {
        if let known = running.withLock({ $0.certificates }) { return known }
        let made = try CertificateFolder(folder)
        running.withLock { $0.certificates = made }
        return made
    }

    // MARK: Mail and web

    /// Postfix that takes all mail under TLS into one box.
    func startPostfix(certificate: String, port: Int, domains: [String]) async throws {
        let files = try certificates()
        let postfix = try PostfixFolder(
            doors: ["127.0.0.1:\(port)"], domains: domains,
            settings: [
                "myhostname = mx.dane.test", "smtpd_tls_security_level = may",
                "smtpd_tls_chain_files = \(files.key(certificate)), "
                    + files.certificate(certificate),
            ])
        running.withLock { $0.postfix = postfix }
        try postfix.watch()
        try await Command.finish(postfix.command())
        try await wait(port, "postfix", "postfix") { postfix.log }
    }

    /// Postfix's log.
    var postfixLog: String { running.withLock { $0.postfix }?.log ?? "" }

    /// The mails that Postfix got, when there are so many.
    func mails(_ count: Int) async throws -> [[UInt8]] {
        for _ in 0..<1_500 {
            let mails = try running.withLock { $0.postfix }?.mails() ?? []
            if mails.count >= count { return mails }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Missing(description: "Postfix did not get \(count) mails. \(postfixLog)")
    }

    /// Postfix's smtp-sink with its options.
    func startSink(_ options: [String], port: Int) async throws {
        let user = geteuid() == 0 ? ["-u", "nobody"] : []
        try await start(
            ["smtp-sink"] + user + options + ["127.0.0.1:\(port)", "200"], port: port,
            needs: "postfix")
    }

    /// A web server that answers `/.well-known/mta-sts.txt` with the file `policy`.
    func startPolicyHost(certificate: String, port: Int) async throws {
        let files = try certificates()
        try await start(
            [
                "python3", SharedData.packageRoot + "/Tests/TestSupport/Peers/policy_host.py",
                "127.0.0.1", "\(port)", files.certificate(certificate), files.key(certificate),
                folder + "/policy",
            ], port: port, needs: "python3")
    }
}
