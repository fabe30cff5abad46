import Glibc
import Synchronization

/// An IMAP server that says whatever a test wants it to.
final class FakeIMAPServer: Sendable {
    /// What it does when a command comes: octets to send, nil for the usual answer.
    typealias Script = @Sendable (_ command: String, _ tag: String, _ wire: Wire) -> Answer

    enum Answer: Sendable {
        case usual
        case send(String)
        /// Nothing at all, with the connection left open.
        case hang
        case drop
    }

    private let server: LocalServer
    private let reader: @Sendable () -> [String]

    var port: Int { server.port }
    /// All commands that came, without their tags.
    var commands: [String] { reader() }

    init(
        greeting: String = "* OK hello\r\n", mails: [UInt32: String] = [:],
        script: @escaping Script = { _, _, _ in .usual }
    ) throws {
        final class Reference: Sendable {
            let commands: Mutex<[String]> = Mutex([])
        }
        let reference = Reference()
        server = try LocalServer { wire in
            wire.send(greeting)
            while let line = wire.line() {
                let words = line.split(separator: " ", maxSplits: 1)
                guard words.count == 2 else { return }
                let (tag, command) = (String(words[0]), String(words[1]))
                reference.commands.withLock { $0.append(command) }
                switch script(command, tag, wire) {
                case .usual:
                    wire.send(Self.usual(command, mails) + "\(tag) OK done\r\n")
                case .send(let text): wire.send(text)
                case .hang:
                    _ = wire.line()
                    return
                case .drop: return
                }
            }
        }
        reader = { reference.commands.withLock { $0 } }
    }

    func stop() { server.stop() }

    private static func usual(_ command: String, _ mails: [UInt32: String]) -> String {
        let uids = mails.keys.sorted()
        if command.hasPrefix("CAPABILITY") { return "* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n" }
        if command.hasPrefix("SELECT") {
            return "* \(mails.count) EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n"
        }
        if command.hasPrefix("FETCH") {
            return uids.enumerated().map { place, uid in
                "* \(place + 1) FETCH (UID \(uid) RFC822.SIZE \(mails[uid]?.utf8.count ?? 0))\r\n"
            }.joined()
        }
        if command.hasPrefix("UID FETCH") {
            return uids.enumerated().map { place, uid in
                let mail = mails[uid] ?? ""
                return
                    "* \(place + 1) FETCH (UID \(uid) BODY[]<0> {\(mail.utf8.count)}\r\n\(mail))\r\n"
            }.joined()
        }
        return ""
    }
}
