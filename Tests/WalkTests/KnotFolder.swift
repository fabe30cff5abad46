import FoundationEssentials
import Glibc
import TestSupport

/// A real Knot on loopback with one zone, which a key in `keys` may change, and an empty one above
/// it, so that whoever walks up the tree has an answer.
struct KnotFolder {
    let port: Int
    private let process: Int32

    private static let secret = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

    /// - Parameter records: what the zone holds, behind `$ORIGIN` and `$TTL`.
    init(_ folder: String, zone: String, records: String) throws {
        port = 22_000 + Int(getpid()) % 20_000
        try FileManager.default.createDirectory(
            atPath: folder + "/db", withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
        }
        try write("zone", "$ORIGIN \(zone).\n$TTL 300\n" + records)
        let above = String(zone.drop { $0 != "." }.dropFirst())
        try write(
            "above",
            "$ORIGIN \(above).\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n"
                + "@ NS ns\nns A 127.0.0.1\n")
        try write("keys", "key changer { algorithm hmac-sha256; secret \"\(Self.secret)\"; };\n")
        try write(
            "knot.conf",
            """
            server:
                listen: 127.0.0.1@\(port)
                rundir: \(folder)
            database:
                storage: \(folder)/db
            key:
              - id: changer
                algorithm: hmac-sha256
                secret: \(Self.secret)
            acl:
              - id: may-change
                key: changer
                action: update
            zone:
              - domain: \(zone)
                storage: \(folder)
                file: zone
                acl: may-change
              - domain: \(above)
                storage: \(folder)
                file: above

            """)
        process = try Command.start(
            ["/usr/sbin/knotd", "-c", folder + "/knot.conf"], log: folder + "/knot.log")
        // The first question finds it, or the test says what Knot said.
        for _ in 0..<200 {
            let log = (try? SharedData.bytes(folder + "/knot.log")) ?? []
            if String(decoding: log, as: UTF8.self).contains("server started") { return }
            usleep(25_000)
        }
    }

    /// The first TXT record of a name, as dnspython asks for it.
    func text(_ name: String) throws -> String {
        let log = "/tmp/sealgate-walk-\(UUID().uuidString)"
        defer { unlink(log) }
        let script = """
            import dns.message, dns.query, sys
            question = dns.message.make_query(sys.argv[1], "TXT")
            answer = dns.query.udp(question, "127.0.0.1", port=int(sys.argv[2]), timeout=10)
            print(answer.answer[0][0].to_text() if answer.answer else "")
            """
        try Command.run(["/usr/bin/python3", "-c", script, name, String(port)], log: log)
        let said = String(decoding: try SharedData.bytes(log), as: UTF8.self)
        return said.split(separator: "\n").first.map(String.init) ?? ""
    }

    func stop() { ChildProgram.end(process) }
}
