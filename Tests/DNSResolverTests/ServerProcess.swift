import Foundation
import TestSupport
import Testing

/// A name server from Debian's packages, started on loopback for one test and ended with it.
final class ServerProcess {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    private let folder: URL
    private var process: pid_t = 0

    /// Starts NSD with the zones (name and text).
    static func nsd(zones: [(name: String, text: String)]) throws -> ServerProcess {
        let server = try ServerProcess()
        var configuration = """
            server:
              ip-address: 127.0.0.1@\(server.port)
              username: ""
              chroot: ""
              zonesdir: "\(server.folder.path)"
              pidfile: "\(server.folder.path)/nsd.pid"
              database: ""
              xfrdfile: "\(server.folder.path)/xfrd.state"
              zonelistfile: "\(server.folder.path)/zone.list"
              xfrdir: "\(server.folder.path)"
              server-count: 1
              verbosity: 1
            remote-control:
              control-enable: no

            """
        for zone in zones {
            try server.write(zone.text, "\(zone.name).zone")
            configuration += "zone:\n  name: \(zone.name)\n  zonefile: \(zone.name).zone\n"
        }
        try server.write(configuration, "nsd.conf")
        try server.start("nsd", ["-d", "-c", server.folder.path + "/nsd.conf"])
        return server
    }

    /// Starts Unbound in front of authoritative servers of stub zones. With trust anchors (records
    /// of keys) it validates.
    static func unbound(
        stubs: [(name: String, port: Int)], trustAnchors: [String] = []
    ) throws -> ServerProcess {
        let server = try ServerProcess()
        let anchors = trustAnchors.map { "trust-anchor: '\($0)'" }
        let validation =
            trustAnchors.isEmpty
            ? ["module-config: \"iterator\"", "domain-insecure: \"test.\""]
            : ["module-config: \"validator iterator\""] + anchors
        var configuration = """
            server:
              interface: 127.0.0.1
              port: \(server.port)
              username: ""
              chroot: ""
              directory: "\(server.folder.path)"
              pidfile: "\(server.folder.path)/unbound.pid"
              do-not-query-localhost: no
              use-syslog: no
              num-threads: 1
              so-rcvbuf: 0
              local-zone: "test." nodefault
              root-hints: ""
              \(validation.joined(separator: "\n  "))

            """
        for stub in stubs {
            configuration += """
                stub-zone:
                  name: \(stub.name)
                  stub-addr: 127.0.0.1@\(stub.port)

                """
        }
        try server.write(configuration, "unbound.conf")
        try server.start("unbound", ["-d", "-c", server.folder.path + "/unbound.conf"])
        return server
    }

    private init() throws {
        port = try LoopbackPort.free()
        folder = FileManager.default.temporaryDirectory
            .appending(path: "sealgate-dns-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    private func start(_ program: String, _ arguments: [String]) throws {
        let folders =
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
                String.init) + ["/usr/sbin"]
        guard
            let path = folders.map({ $0 + "/" + program }).first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else {
            throw Missing(
                description: "This test needs \(program): install Debian's package \(program).")
        }
        let log = folder.appending(path: "log").path
        process = try Command.start([path] + arguments, log: log)
        // The port answers over TCP as soon as the zones are loaded.
        for _ in 0..<1_600 {
            if LoopbackPort.connects(port) { return }
            guard isRunning else { break }
            usleep(50_000)
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Missing(description: "\(program) did not start: \(text.suffix(2_000))")
    }

    private var isRunning: Bool {
        process != 0 && waitpid(process, nil, WNOHANG) == 0
    }

    func stop() {
        guard process != 0 else { return }
        ChildProgram.end(process)
        process = 0
        try? FileManager.default.removeItem(at: folder)
    }

    deinit { stop() }
}
