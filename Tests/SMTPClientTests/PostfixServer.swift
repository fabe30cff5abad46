import Foundation
import Glibc

/// A real Postfix in a folder and on a port of its own, which puts mail for `to.example` into
/// mailboxes there. It ends with the test process, whatever way that ends.
struct PostfixServer {
    let folder: String
    let port: Int

    /// - Parameter settings: lines of main.cf.
    init(_ settings: [String]) async throws {
        folder = "/tmp/sealgate-postfix-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        port = try await Ports.free()
        for name in ["etc", "spool", "data", "log", "mail"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        guard let account = getpwnam("postfix")?.pointee else {
            throw Ports.Unavailable(
                description: "These tests need Postfix: apt-get install postfix")
        }
        let user = account.pw_uid
        let group = account.pw_gid
        let lines =
            [
                "compatibility_level = 3.6", "queue_directory = \(folder)/spool",
                "data_directory = \(folder)/data", "mail_owner = postfix",
                "setgid_group = postdrop", "inet_interfaces = 127.0.0.1",
                "inet_protocols = ipv4", "myhostname = mx.to.example", "mydestination =",
                "mynetworks = 127.0.0.0/8", "maillog_file_prefixes = /tmp, /var",
                "maillog_file = \(folder)/log/maillog", "alias_maps =", "alias_database =",
                "virtual_mailbox_domains = to.example", "virtual_mailbox_base = \(folder)/mail",
                "virtual_mailbox_maps = static:box/", "virtual_uid_maps = static:\(user)",
                "virtual_gid_maps = static:\(group)", "virtual_minimum_uid = 1",
                "smtpd_sender_restrictions =",
                "smtpd_recipient_restrictions = reject_unauth_destination",
            ] + settings
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: folder + "/etc/main.cf", atomically: true, encoding: .utf8)
        try Self.services(port).write(
            toFile: folder + "/etc/master.cf", atomically: true, encoding: .utf8)
        try Programs.run(["chown", "postfix:", folder + "/data", folder + "/mail"])
        try Programs.run(["postfix", "-c", folder + "/etc", "start"])
        try Programs.start(
            [
                "setsid", "/bin/sh", "-c",
                """
                while kill -0 \(getpid()) 2>/dev/null; do sleep 0.5; done
                postfix -c \(folder)/etc stop
                sleep 0.5
                rm -rf \(folder)
                """,
            ])
        try await Ports.wait(port)
    }

    func stop() {
        try? Programs.run(["postfix", "-c", folder + "/etc", "stop"])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The mails in the box, when there are so many.
    func mails(_ count: Int) async throws -> [String] {
        let box = folder + "/mail/box/new"
        for _ in 0..<1_500 {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
            if names.count >= count {
                return try names.sorted().map { try Files.text(box + "/" + $0) }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Ports.Unavailable(description: try Files.text(folder + "/log/maillog"))
    }

    /// Debian's services, without chroot, on our port.
    private static func services(_ port: Int) throws -> String {
        let file = ["/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf"].first {
            FileManager.default.fileExists(atPath: $0)
        }
        guard let file else {
            throw Ports.Unavailable(
                description: "These tests need Postfix: apt-get install postfix")
        }
        let lines = try Files.text(file).split(separator: "\n").compactMap { line -> String? in
            guard let first = line.first, !"# \t".contains(first) else { return nil }
            var words = line.split(separator: " ", maxSplits: 7).map(String.init)
            guard words.count == 8 else { return nil }
            words[4] = "n"
            if words[0] == "smtp", words[1] == "inet" { words[0] = "127.0.0.1:\(port)" }
            return words.joined(separator: " ")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
