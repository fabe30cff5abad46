import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A real PostgreSQL server in a temporary folder, on a loopback port and a socket of its own.
///
/// It ends with the test process, whatever way that ends: a small watching process stops it.
public final class PostgreSQLServer: Sendable {
    /// The package is missing or the server did not start; the sentence says what to do.
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    public static let password = "a-test-password"

    /// The socket's folder, the data below it and the log.
    public let folder: String
    public let port: Int
    private let programs: String
    private let made = Atomic<Int>(0)

    private static let common = Result { try PostgreSQLServer() }

    /// The server all tests of this process share, started when it is first asked for.
    public static var shared: PostgreSQLServer {
        get throws { try common.get() }
    }

    /// Starts a server of one's own, for a test that harms it.
    public init() throws {
        programs = try Self.findPrograms()
        // Short: a socket's path has room for 107 bytes.
        folder = "/tmp/sealgate-pg-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        port = try LoopbackPort.free()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try Data(Self.password.utf8).write(to: URL(filePath: folder + "/password"))
        if geteuid() == 0 { try Command.run(["chown", "-R", "postgres:", folder]) }
        do {
            try Command.run(
                asServer(
                    "initdb", "--pgdata=\(folder)/data", "--username=sealgate",
                    "--pwfile=\(folder)/password", "--auth=scram-sha-256", "--encoding=UTF8",
                    // An order of words unlike the order of bytes, so that tests notice it.
                    "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8", "--no-sync"),
                log: folder + "/initdb.log")
            try start()
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        try watch()
    }

    /// Starts the server again after `kill`.
    public func start() throws {
        let options = [
            "-p \(port)", "-k \(folder)", "-h 127.0.0.1", "-c fsync=off",
            "-c full_page_writes=off", "-c max_connections=300", "-c shared_buffers=32MB",
        ]
        try Command.run(
            asServer(
                "pg_ctl", "start", "--wait", "--timeout=60", "--pgdata=\(folder)/data",
                "--log=\(folder)/log", "--options=\(options.joined(separator: " "))"),
            log: folder + "/start.log")
    }

    /// Ends the server at once, as a crash would: every connection is cut.
    public func kill() throws {
        let pid = try processID
        guard ChildProgram.signal(SIGQUIT, to: pid) else {
            throw Unavailable(description: "the PostgreSQL server \(pid) is gone already")
        }
        for _ in 0..<2_000 where ChildProgram.signal(0, to: pid) { usleep(10_000) }
    }

    /// A fresh, empty database of this server.
    public func freshDatabase() throws -> String {
        let number = made.add(1, ordering: .relaxed).newValue
        let name = "test_\(number)"
        try run("CREATE DATABASE \(name)")
        return name
    }

    public func drop(_ name: String) throws { try run("DROP DATABASE \(name) WITH (FORCE)") }

    /// The address of a database, through the loopback port.
    public func address(of database: String) -> String {
        "postgres://sealgate:\(Self.password)@127.0.0.1:\(port)/\(database)"
    }

    /// The same through the socket.
    public func socketAddress(of database: String) -> String {
        "postgres://sealgate:\(Self.password)@/\(database)?host=\(folder)&port=\(port)"
    }

    /// Runs a statement that wants no transaction around it.
    public func run(_ sql: String, in database: String = "postgres") throws {
        try Command.run(
            [
                "\(programs)/psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
                "--command=\(sql)", address(of: database),
            ])
    }

    private var processID: Int32 {
        get throws {
            let file = try String(
                decoding: Data(contentsOf: URL(filePath: folder + "/data/postmaster.pid")),
                as: UTF8.self)
            guard let line = file.split(separator: "\n").first, let pid = Int32(line) else {
                throw Unavailable(description: "the PostgreSQL server left no process id")
            }
            return pid
        }
    }

    /// PostgreSQL refuses to run as root; Debian's package brings an account for it.
    private func asServer(_ program: String, _ arguments: String...) -> [String] {
        // From a folder that account may enter.
        let command = ["env", "--chdir=/", "\(programs)/\(program)"] + arguments
        return geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] + command : command
    }

    private func watch() throws {
        try Command.detach(
            [
                "/bin/sh", "-c",
                """
                while kill -0 \(getpid()) 2>/dev/null; do sleep 0.5; done
                kill -QUIT "$(head -n 1 \(folder)/data/postmaster.pid)"
                sleep 0.5
                rm -rf \(folder)
                """,
            ])
    }

    private static func findPrograms() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap { Int($0) }.sorted().last
        guard let newest, access("\(root)/\(newest)/bin/initdb", X_OK) == 0 else {
            throw Unavailable(
                description: "These tests need a PostgreSQL server: apt-get install postgresql")
        }
        return "\(root)/\(newest)/bin"
    }
}
