import Foundation

/// A real Dovecot of one's own: its configuration, its certificates, and one Maildir.
public struct DovecotFolder: Sendable {
    /// Dovecot is not installed, or does not do what it should; the sentence says what to do.
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    public static let user = "reports@example.com"
    public static let password = "correct-horse"

    public let path: String
    /// IMAP with STARTTLS, and IMAP over TLS, on 127.0.0.1.
    public let port: Int
    public let securePort: Int
    private let certificates: CertificateFolder
    private let owner: (user: uid_t, group: gid_t)

    public init() throws {
        path = "/tmp/sealgate-dovecot-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let files = FileManager.default
        for name in ["", "/mail/cur", "/mail/new", "/mail/tmp", "/home"] {
            try files.createDirectory(
                atPath: path + name, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
        }
        certificates = try CertificateFolder(path)
        try certificates.make("server", for: ["localhost"])
        port = try LoopbackPort.free()
        securePort = try LoopbackPort.free()
        // Mail is not root's, even where the test is.
        let nobody = getuid() == 0 ? getpwnam("nobody")?.pointee : nil
        owner = (nobody?.pw_uid ?? getuid(), nobody?.pw_gid ?? getgid())
        try Data(configuration().utf8).write(to: URL(filePath: path + "/dovecot.conf"))
        try Data((Self.password + "\n").utf8).write(to: URL(filePath: passwordFile))
        for name in ["/mail", "/mail/cur", "/mail/new", "/mail/tmp", "/home"] { own(path + name) }
    }

    public var authority: String { certificates.authority }
    public var passwordFile: String { path + "/password" }

    /// Starts it; `ChildProgram.end` ends it.
    public func start() throws -> Int32 {
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/dovecot") else {
            throw Unavailable(
                description: "These tests need Dovecot: apt-get install dovecot-imapd")
        }
        return try Command.start(
            ["/usr/sbin/dovecot", "-F", "-c", path + "/dovecot.conf"], log: path + "/output")
    }

    /// Puts a mail into the inbox, as a deliverer does.
    public func deliver(_ mail: [UInt8], _ name: String) throws {
        let file = path + "/mail/new/" + name
        try Data(mail).write(to: URL(filePath: file))
        own(file)
    }

    /// The mails of a folder, by their files; the inbox without a name.
    public func mails(in folder: String? = nil) -> [String] {
        let base = path + "/mail" + (folder.map { "/." + $0 } ?? "")
        return ["/new/", "/cur/"].flatMap { part in
            ((try? FileManager.default.contentsOfDirectory(atPath: base + part)) ?? [])
                .map { base + part + $0 }
        }
    }

    public var log: String {
        let octets = (try? Data(contentsOf: URL(filePath: path + "/log"))) ?? Data()
        return String(decoding: octets, as: UTF8.self)
    }

    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    private func own(_ file: String) { chown(file, owner.user, owner.group) }

    private func configuration() -> String {
        let isRoot = getuid() == 0
        let name = String(cString: getpwuid(getuid()).pointee.pw_name)
        let inner = isRoot ? "dovecot" : name
        let login = isRoot ? "dovenull" : name
        return """
            base_dir = \(path)/run
            state_dir = \(path)/state
            log_path = \(path)/log
            protocols = imap
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <\(certificates.certificate("server"))
            ssl_key = <\(certificates.key("server"))
            auth_mechanisms = plain login
            disable_plaintext_auth = yes
            default_internal_user = \(inner)
            default_internal_group = \(isRoot ? "dovecot" : name)
            default_login_user = \(login)
            first_valid_uid = 1
            mail_location = maildir:\(path)/mail
            mail_fsync = never
            namespace inbox {
              inbox = yes
              separator = /
            }
            passdb {
              driver = static
              args = password=\(Self.password)
            }
            userdb {
              driver = static
              args = uid=\(owner.user) gid=\(owner.group) home=\(path)/home
            }
            service imap-login {
              chroot =
              inet_listener imap {
                port = \(port)
              }
              inet_listener imaps {
                port = \(securePort)
                ssl = yes
              }
            }
            service anvil {
              chroot =
            }

            """
    }
}
