import DomainWatch

extension Settings {
    /// Who is told what happens; nobody until somebody is named.
    struct Export: Sendable {
        var syslog: SyslogDestination?
        /// A file with certificates.
        var authority: String?
    }
}

/// The options of what is told elsewhere.
extension SettingsOption {
    static let export: [SettingsOption] = [
        SettingsOption(
            key: "export.syslog", shape: .text, flag: "--export-syslog",
            meaning: "A log server (RFC 5424) that is told of changes and of verdicts on mail, as "
                + "JSON: udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT.",
            reason: "Nothing is sent until a server is named. Over a connection each event arrives "
                + "at least once; a datagram may be lost.",
            wants: "udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT",
            example: .text("tls://siem.example.com:6514"),
            read: { $0.export.syslog.map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0, let place = SyslogDestination(text) else {
                    return false
                }
                $1.export.syslog = place
                return true
            }),
        SettingsOption(
            key: "export.authority", shape: .text, flag: "--export-authority",
            meaning: "A file with the certificates (PEM) that the log server's is signed by.",
            reason: "Without it, those count that this machine trusts.",
            wants: "the path of a file", example: .text("/etc/sealgate/siem-ca.pem"),
            read: { $0.export.authority.map { .text($0) } },
            write: {
                guard case .text(let path) = $0, !path.isEmpty else { return false }
                $1.export.authority = path
                return true
            }),
    ]
}
