import Foundation

/// The folder of a real Postfix of one's own: its configuration, its queue, its log, and the
/// mailbox that all mail for its domains goes to.
public struct PostfixFolder: Sendable {
    /// Postfix is not installed, or does not do what it should; the sentence says what to do.
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    public let path: String

    /// Writes the configuration.
    ///
    /// - Parameters:
    ///   - doors: Where it listens: ADDRESS:PORT.
    ///   - domains: Domains whose mail it keeps.
    ///   - settings: More lines of main.cf; they win.
    public init(
        doors: [String], domains: [String] = [], settings: [String] = []
    ) throws {
        // Postfix enters its folders with the rights of its own account.
        path = "/tmp/sealgate-postfix-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        guard let account = getpwnam("postfix")?.pointee else {
            throw Unavailable(
                description: "These tests need Postfix: apt-get install postfix")
        }
        for name in ["etc", "spool", "data", "log", "mail"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + name, withIntermediateDirectories: true)
        }
        for name in ["data", "mail"] {
            chown(path + "/" + name, account.pw_uid, account.pw_gid)
        }
        let basis =
            [
                "compatibility_level = 3.6", "queue_directory = \(path)/spool",
                "data_directory = \(path)/data", "mail_owner = postfix",
                "setgid_group = postdrop", "inet_interfaces = 127.0.0.1",
                "inet_protocols = ipv4", "mydestination =", "mynetworks = 127.0.0.0/8",
                "maillog_file_prefixes = /tmp, /var", "maillog_file = \(path)/log/maillog",
                "alias_maps =", "alias_database =", "smtpd_tls_loglevel = 1",
                "virtual_mailbox_domains = \(domains.joined(separator: " "))",
                "virtual_mailbox_base = \(path)/mail", "virtual_mailbox_maps = static:box/",
                "virtual_uid_maps = static:\(account.pw_uid)",
                "virtual_gid_maps = static:\(account.pw_gid)", "virtual_minimum_uid = 1",
                "smtpd_sender_restrictions =",
                "smtpd_recipient_restrictions = reject_unauth_destination",
            ]
        let own = Set(settings.map(Self.name))
        let lines = basis.filter { !own.contains(Self.name($0)) } + settings
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(
            to: URL(filePath: path + "/etc/main.cf"))
        try Data(Self.services(doors).utf8).write(to: URL(filePath: path + "/etc/master.cf"))
    }

    private static func name(_ setting: String) -> String {
        String(setting.prefix { $0 != " " && $0 != "=" })
    }

    /// The command that starts it, or with another word stops it.
    public func command(_ word: String = "start") -> [String] {
        ["postfix", "-c", path + "/etc", word]
    }

    /// Has it stopped and the folder removed when this process ends, whatever way it ends.
    public func watch() throws {
        try Command.detach([
            "/bin/sh", "-c",
            """
            while kill -0 \(getpid()) 2>/dev/null && [ -d \(path) ]; do sleep 0.5; done
            postfix -c \(path)/etc abort
            sleep 0.5
            rm -rf \(path)
            """,
        ])
    }

    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// What it has logged.
    public var log: String {
        let octets = (try? Data(contentsOf: URL(filePath: path + "/log/maillog"))) ?? Data()
        return String(decoding: octets, as: UTF8.self)
    }

    /// The mails in the box, as they are.
    public func mails() throws -> [[UInt8]] {
        let box = path + "/mail/box/new"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
        return try names.sorted().map { try SharedData.bytes(box + "/" + $0) }
    }

    /// Debian's services without chroot, at our doors.
    private static func services(_ doors: [String]) throws -> String {
        let file = ["/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf"].first {
            FileManager.default.fileExists(atPath: $0)
        }
        guard let file else {
            throw Unavailable(
                description: "These tests need Postfix: apt-get install postfix")
        }
        let text = String(decoding: try SharedData.bytes(file), as: UTF8.self)
        let lines = text.split(separator: "\n").flatMap { line -> [String] in
            guard let first = line.first, !"# \t".contains(first) else { return [] }
            var words = line.split(separator: " ", maxSplits: 7).map(String.init)
            guard words.count == 8 else { return [] }
            words[4] = "n"
            guard words[0] == "smtp", words[1] == "inet" else {
                return [words.joined(separator: " ")]
            }
            return doors.map { ([$0] + words.dropFirst()).joined(separator: " ") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
