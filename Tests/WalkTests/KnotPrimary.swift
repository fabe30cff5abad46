import FoundationEssentials
import Glibc
import TestSupport

/// A real Knot on loopback with one zone, which the key `changer` may change, and an empty one
/// above it, so that whoever walks up the tree has an answer; the file `keys` in its folder has the
/// key. It ends when it goes.
final class KnotPrimary {
    static let secret = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

    let port: Int
    private let process: Int32

    /// Started once it serves.
    ///
    /// - Parameter records: of the zone, besides those that it needs.
    init(
        _ folder: String, zone: String = "example.test",
        records: String = "_dmarc TXT \"v=DMARC1; p=none\""
    ) throws {
        port = try LoopbackPort.free()
        try FileManager.default.createDirectory(
            atPath: folder + "/db", withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
        }
        let above = String(zone.drop { $0 != "." }.dropFirst())
        for (name, records) in [(zone, records), (above, "")] {
            try write(
                name + ".zone",
                """
                $ORIGIN \(name).
                $TTL 300
                @ SOA ns1 hostmaster 1 3600 600 86400 60
                @ NS ns1
                ns1 A 127.0.0.1
                \(records)

                """)
        }
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
                file: \(zone).zone
                acl: may-change
              - domain: \(above)
                storage: \(folder)
                file: \(above).zone

            """)
        process = try Command.start(
            ["/usr/sbin/knotd", "-c", folder + "/knot.conf"], log: folder + "/knot.log")
        // The first question finds it, or the test says what Knot said.
        for _ in 0..<1_600 {
            let log = (try? SharedData.bytes(folder + "/knot.log")) ?? []
            if String(decoding: log, as: UTF8.self).contains("server started") { return }
            usleep(25_000)
        }
    }

    deinit { ChildProgram.end(process) }
}

/// What a server on loopback answers, as dnspython asks for it.
enum DNSPython {
    /// The records of a name, in the order in which the server says them.
    static func records(_ name: String, _ type: String, port: Int) throws -> [String] {
        let log = "/tmp/sealgate-walk-\(UUID().uuidString)"
        defer { unlink(log) }
        let script = """
            import dns.message, dns.query, sys
            question = dns.message.make_query(sys.argv[1], sys.argv[2])
            answer = dns.query.udp(question, "127.0.0.1", port=int(sys.argv[3]), timeout=30)
            for part in answer.answer:
                for record in part:
                    print(record.to_text())
            """
        try Command.run(["/usr/bin/python3", "-c", script, name, type, String(port)], log: log)
        let said = String(decoding: try SharedData.bytes(log), as: UTF8.self)
        return said.split(separator: "\n").map(String.init)
    }
}
