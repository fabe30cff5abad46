import FoundationEssentials
import Glibc
import SMTP
import SMTPServer
import Synchronization

/// The mail server behind the demonstration's gateway: it takes everything over real SMTP and puts
/// each message into a Maildir, where people can look at it.
final class DemonstrationMailbox: ReceptionPolicy {
    private let folder: String

    /// Where large messages arrive.
    var incoming: String { folder + "/tmp" }

    private static let number = Atomic<Int>(0)

    init(folder: String) {
        self.folder = folder
    }

    /// Makes the Maildir.
    static func prepare(_ folder: String) throws {
        for name in ["tmp", "new", "cur"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
    }

    func connected(_ client: ClientConnection) -> PolicyAnswer<ConnectionAnswer> {
        .now(.accept(greetingDelay: .zero))
    }

    func earlyTalker(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> { .now(nil) }

    func hello(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> { .now(nil) }

    func mail(
        _ path: ReversePath, _ parameters: MailParameters, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?> { .now(nil) }

    func recipient(
        _ recipient: EnvelopeRecipient, _ envelope: Envelope, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?> {
        // One address that does not exist, so that people can see how that is refused.
        guard recipient.path.mailbox?.localPart.lowercased() == "nobody" else { return .now(nil) }
        return .now(SMTPReply(550, EnhancedStatusCode(5, 1, 1), "Nobody has this address"))
    }

    func message(_ message: ReceivedMessage) async -> SMTPReply {
        let number = Self.number.add(1, ordering: .relaxed).newValue
        let name = "\(milliseconds()).\(getpid())_\(number).demonstration"
        do {
            switch message.content {
            case .memory(let octets):
                try Data(octets).write(to: URL(filePath: "\(folder)/tmp/\(name)"))
            case .file(let file):
                try FileManager.default.moveItem(
                    atPath: file.path, toPath: "\(folder)/tmp/\(name)")
            }
            try FileManager.default.moveItem(
                atPath: "\(folder)/tmp/\(name)", toPath: "\(folder)/new/\(name)")
        } catch {
            return SMTPReply(451, EnhancedStatusCode(4, 3, 0), "The Maildir cannot be written")
        }
        return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Ok: \(name)")
    }

    func closed(_ client: ClientConnection, reason: String) {}
}

/// A port of 127.0.0.1 that is free now, and that the system gives to no connection by itself.
func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = Int.random(in: 20_000..<30_000)
        if isFree(port) { return port }
    }
    throw PlainError("This machine has no free port between 20000 and 30000 on 127.0.0.1.")
}

private func isFree(_ port: Int) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafeBytes(of: &address) { octets in
        octets.baseAddress.map {
            bind(
                socket, $0.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        } ?? false
    }
}
