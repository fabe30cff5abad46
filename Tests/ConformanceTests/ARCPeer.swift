import FoundationEssentials
import Glibc
import MailAuthentication
import TestSupport
import Testing

/// Another implementation of ARC, run as one process over a file of requests. Both know ARC with RSA
/// only.
struct ARCPeer {
    enum Act: String {
        case verify, seal
    }

    struct Answer: Decodable {
        let result: String
        let length: Int
    }

    /// `python3` or `perl` and the script below Peers/.
    let program: String
    let script: String
    /// Bits of the key with which it seals.
    let bits: Int

    static let dkimpy = ARCPeer(
        program: "/usr/bin/python3", script: "arc_dkimpy.py", bits: 1_024)
    static let mailDKIM = ARCPeer(
        program: "/usr/bin/perl", script: "arc_mail_dkim.pl", bits: 2_048)

    /// What the peer says of each message, and the message it sealed.
    func run(
        _ requests: [(act: Act, message: String)], keys: [String: String], pem: String,
        selector: String, domain: String, now: Int64
    ) async throws -> [(result: String, sealed: [UInt8])] {
        let folder = FileManager.default.temporaryDirectory.path() + "/arc-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = Settings(
            keys: keys, pem: pem, selector: selector, domain: domain, authservID: domain, now: now,
            length: 0)
        var file = try JSONEncoder().encode(settings) + Data("\n".utf8)
        for (act, message) in requests {
            let octets = Data(message.utf8)
            file += Data("{\"op\":\"\(act.rawValue)\",\"length\":\(octets.count)}\n".utf8)
            file += octets
        }
        try file.write(to: URL(filePath: folder + "/requests"))
        let script = SharedData.packageRoot + "/Tests/ConformanceTests/Peers/" + script
        try await Command.finish(
            [program, script, folder + "/requests", folder + "/answers"], log: folder + "/log")
        return try Self.answers(try SharedData.bytes(folder + "/answers"))
    }

    private struct Settings: Encodable {
        let keys: [String: String]
        let pem: String
        let selector: String
        let domain: String
        let authservID: String
        let now: Int64
        let length: Int
    }

    private static func answers(
        _ octets: [UInt8]
    ) throws -> [(result: String, sealed: [UInt8])] {
        var answers: [(result: String, sealed: [UInt8])] = []
        var position = 0
        while position < octets.count {
            let end = try #require(octets[position...].firstIndex(of: 0x0A))
            let head = try JSONDecoder().decode(Answer.self, from: Data(octets[position..<end]))
            position = end + 1 + head.length
            answers.append((head.result, Array(octets[(end + 1)..<position])))
        }
        return answers
    }
}
