import FoundationEssentials
import Glibc
import TestSupport

/// A real Knot that serves `example.test` and takes changes with the key `changer`; the file `keys`
/// in its folder has it.
enum KnotPrimary {
    static let secret = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

    /// Started once it serves.
    ///
    /// - Parameter records: of the zone, besides those that it needs.
    static func start(
        in folder: String, port: Int, records: String = "_dmarc TXT \"v=DMARC1; p=none\""
    ) throws -> Int32 {
        try FileManager.default.createDirectory(
            atPath: folder + "/db", withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
        }
        try write(
            "example.test.zone",
            """
            $ORIGIN example.test.
            $TTL 300
            @ SOA ns1 hostmaster 1 3600 600 86400 60
            @ NS ns1
            ns1 A 127.0.0.1
            \(records)

            """)
        try write(
            "keys", "key changer { algorithm hmac-sha256; secret \"\(secret)\"; };\n")
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
                secret: \(secret)
            acl:
              - id: may-change
                key: changer
                action: update
            zone:
              - domain: example.test
                storage: \(folder)
                file: example.test.zone
                acl: may-change

            """)
        let server = try Command.start(
            ["/usr/sbin/knotd", "-c", folder + "/knot.conf"], log: folder + "/knot.log")
        // The first proposal finds it, or the test says what Knot said.
        for _ in 0..<200 {
            let log = (try? SharedData.bytes(folder + "/knot.log")) ?? []
            if String(decoding: log, as: UTF8.self).contains("server started") { return server }
            usleep(25_000)
        }
        return server
    }
}
