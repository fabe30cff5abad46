import FoundationEssentials
import HostedDNS
import TestSupport

/// dnspython from Debian, the independent other side of signatures.
enum DNSPython {
    static func run(_ words: [String]) async throws -> String {
        let script = SharedData.packageRoot + "/Tests/HostedDNSTests/Peers/tsig.py"
        let log = "/tmp/sealgate-tsig-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: log) }
        do {
            try await Command.finish(["/usr/bin/python3", script] + words, log: log)
        } catch {
            throw Unavailable(
                description: "This test needs dnspython: apt-get install python3-dnspython. "
                    + "\(error)")
        }
        let text = String(decoding: try SharedData.bytes(log), as: UTF8.self)
        return String(text.split(separator: "\n").last ?? "")
    }

    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    static func hex(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func octets(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
    }
}
