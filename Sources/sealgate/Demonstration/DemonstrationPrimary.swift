import DNS
import DNSResolver
import FoundationEssentials
import Glibc
import HostedDNS

/// The demonstration's own primary server: a real Knot on loopback that takes signed changes of
/// the five domains, and ends when this program does, however that ends.
final class DemonstrationPrimary: Sendable {
    static let program = "/usr/sbin/knotd"

    /// Where it listens.
    let server: ResolverAddress
    /// The names of its zones.
    let zones: [DNSName]
    /// The file with its key, in BIND's form.
    let keyFile: String

    private static let keyName = "demonstration"
    /// Looks until it answers: with a pause of 50 ms, half a minute.
    private static let looks = 600

    /// Octets of its folder's path: a socket of Knot's lies there, and such names have little room.
    private static let longestPath = 95

    private let process: pid_t
    /// Our end of the pipe that its keeper reads: it closes with us.
    private let lifeline: Int32

    /// Which of its zones each change goes to, with the key.
    var primaries: [KeyRing.Primary] {
        zones.map {
            KeyRing.Primary(zone: $0, server: server, keyName: DNSName(Self.keyName))
        }
    }

    /// Writes its configuration and zones, starts it, and waits until it answers.
    ///
    /// - Parameter folder: made; everything of the server lies there.
    static func start(
        in folder: String, zones: [(name: String, text: String)]
    ) async throws -> DemonstrationPrimary {
        guard folder.utf8.count <= longestPath else {
            throw PlainError(
                "the path \(folder) is too long for Knot's socket. Choose a shorter one with --data."
            )
        }
        let port = try freePort()
        guard let server = ResolverAddress("127.0.0.1:\(port)") else {
            throw PlainError("This machine has no free port on 127.0.0.1.")
        }
        try write(zones, port: port, to: folder)
        let primary = try DemonstrationPrimary(
            folder: folder, server: server, zones: zones.compactMap { DNSName($0.name) })
        let exchange = DirectExchange()
        for _ in 0..<looks {
            var isServing = true
            for zone in primary.zones where isServing {
                let answer = try? await exchange.ask(
                    zone, .soa, server, timeout: .seconds(1))
                isServing = answer?.isAuthoritative == true
            }
            if isServing { return primary }
            let log = (try? String(contentsOfFile: folder + "/knot.log", encoding: .utf8)) ?? ""
            if log.contains("shutting down") { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        primary.stop()
        throw PlainError("Knot did not start; its log is \(folder)/knot.log.")
    }

    private init(folder: String, server: ResolverAddress, zones: [DNSName]) throws {
        self.server = server
        self.zones = zones
        keyFile = folder + "/keys"
        (process, lifeline) = try Self.spawn(folder)
    }

    /// Ends it, and waits until it has.
    func stop() {
        close(lifeline)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    // MARK: Files

    private static func write(
        _ zones: [(name: String, text: String)], port: Int, to folder: String
    ) throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/db", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
        }
        for zone in zones { try write(zone.name + ".zone", zone.text) }
        let secret = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
            .base64EncodedString()
        try write(
            "keys", "key \"\(keyName)\" { algorithm hmac-sha256; secret \"\(secret)\"; };\n")
        try write(
            "knot.conf",
            """
            # Made anew at each start of sealgate demo.
            server:
                listen: 127.0.0.1@\(port)
                rundir: "\(folder)"
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            log:
              - target: stdout
                any: info
            database:
                storage: "\(folder)/db"
            key:
              - id: \(keyName)
                algorithm: hmac-sha256
                secret: \(secret)
            acl:
              - id: may-change
                address: 127.0.0.1
                key: \(keyName)
                action: update
            zone:

            """
                + zones.map {
                    "  - domain: \($0.name)\n    storage: \"\(folder)\"\n"
                        + "    file: \"\($0.name).zone\"\n    acl: may-change\n"
                }.joined())
    }

    // MARK: The process

    /// A shell starts Knot and reads from a pipe: when our end closes, which it does even when
    /// this program is killed, it ends Knot and itself.
    private static let keeper = """
        "$@" & knot=$!
        trap : TERM INT HUP
        read -r line
        kill "$knot" 2>/dev/null
        wait "$knot"
        """

    private static func spawn(_ folder: String) throws -> (pid_t, Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw PlainError("No pipe could be made (error \(errno)).")
        }
        defer { close(ends[0]) }
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, folder + "/knot.log", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        for other in open.compactMap({ Int32($0) }) where other > 2 {
            posix_spawn_file_actions_addclose(&actions, other)
        }
        // Signals as in a program just started, and in a group of its own: Ctrl-C ends us first,
        // and us alone.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGCHLD] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let command = ["/bin/sh", "-c", keeper, "demo", program, "-c", folder + "/knot.conf"]
        var words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, environ)
        guard code == 0 else {
            close(ends[1])
            throw PlainError("Knot could not be started: \(String(cString: strerror(code)))")
        }
        return (process, ends[1])
    }
}
