import DNS
import DNSResolver
import Foundation
import HostedDNS
import TestSupport
import Testing

/// A real primary server from Debian on loopback, with zones that a key may change.
final class PrimaryServer {
    enum Program: String, CaseIterable, Sendable {
        case knot, bind
    }

    static let secret = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

    let program: Program
    let address: String
    let port: UInt16
    private let folder: String
    private var process: Int32 = 0

    /// - Parameters:
    ///   - zones: names with their records behind `$ORIGIN`.
    ///   - address: of loopback, so that several servers can share a port as real ones do.
    init(
        _ program: Program, zones: [(name: String, text: String)], address: String = "127.0.0.1",
        port: UInt16? = nil
    ) throws {
        self.program = program
        self.address = address
        self.port = try port ?? UInt16(LoopbackPort.free())
        folder =
            FileManager.default.temporaryDirectory.path() + "/sealgate-primary-"
            + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder + "/db", withIntermediateDirectories: true)
        for zone in zones {
            try write("$ORIGIN \(zone.name).\n$TTL 300\n" + zone.text, "\(zone.name).zone")
        }
        let names = zones.map(\.name)
        try write(program == .knot ? knot(names) : bind(names), "server.conf")
        try start()
    }

    /// Keys: `changer` may change every zone, `other` is known and may change none.
    private func knot(_ zones: [String]) -> String {
        """
        server:
            listen: \(address)@\(port)
            rundir: \(folder)
            udp-workers: 1
            tcp-workers: 1
            background-workers: 1
        database:
            storage: \(folder)/db
        log:
          - target: stderr
            any: info
        key:
          - id: changer
            algorithm: hmac-sha256
            secret: \(Self.secret)
          - id: other
            algorithm: hmac-sha256
            secret: \(Self.secret)
        acl:
          - id: may-change
            key: changer
            action: update
        zone:

        """
            + zones.map {
                "  - domain: \($0)\n    storage: \(folder)\n    file: \($0).zone\n"
                    + "    acl: may-change\n"
            }.joined()
    }

    private func bind(_ zones: [String]) -> String {
        """
        options {
          directory "\(folder)";
          listen-on port \(port) { \(address); };
          listen-on-v6 { none; };
          pid-file "\(folder)/named.pid";
          session-keyfile "\(folder)/session.key";
          recursion no;
          dnssec-validation no;
          notify no;
        };
        controls { };
        key "changer" { algorithm hmac-sha256; secret "\(Self.secret)"; };
        key "other" { algorithm hmac-sha256; secret "\(Self.secret)"; };

        """
            + zones.map {
                "zone \"\($0)\" { type primary; file \"\($0).zone\";"
                    + " update-policy { grant changer zonesub ANY; }; };\n"
            }.joined()
    }

    private func start() throws {
        let words =
            switch program {
            case .knot: ["/usr/sbin/knotd", "-c", folder + "/server.conf"]
            case .bind: ["/usr/sbin/named", "-g", "-n", "1", "-c", folder + "/server.conf"]
            }
        guard FileManager.default.isExecutableFile(atPath: words[0]) else {
            let package = program == .knot ? "knot" : "bind9"
            throw Missing(description: "This test needs \(words[0]): apt-get install \(package).")
        }
        let log = folder + "/log"
        process = try Command.start(words, log: log)
        for _ in 0..<1_600 {
            if LoopbackPort.connects(Int(port), host: address) { return }
            guard waitpid(process, nil, WNOHANG) == 0 else {
                process = 0
                break
            }
            usleep(25_000)
        }
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Missing(description: "\(words[0]) did not start: \(said.suffix(2_000))")
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    var place: ResolverAddress {
        get throws { try #require(ResolverAddress("\(address):\(port)")) }
    }

    static func key(_ name: String = "changer", secret: [UInt8] = Array(1...32)) throws
        -> TransactionKey
    {
        let name = try #require(DNSName(name))
        return try #require(TransactionKey(name: name, algorithm: .sha256, secret: secret))
    }

    func stop() {
        guard process != 0 else { return }
        ChildProgram.end(process)
        process = 0
        try? FileManager.default.removeItem(atPath: folder)
    }

    deinit { stop() }
}
