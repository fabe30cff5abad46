import DomainWatch
import Identities

/// The options of what people are alerted to.
extension SettingsOption {
    static let alerts: [SettingsOption] = [
        SettingsOption(
            key: "alerts.mail", shape: .list, flag: "--alert-mail",
            meaning: "Whom alerts and the weekly digest are mailed to.",
            reason: "Nothing is sent until somebody is named. The page Alerts tells all the same.",
            wants: "a list of mail addresses", example: .list(["security@example.com"]),
            read: {
                $0.alerts.recipients.isEmpty
                    ? nil : .list($0.alerts.recipients.map(\.description))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let addresses = texts.compactMap { EmailAddress($0) }
                $1.alerts.recipients = addresses
                return addresses.count == texts.count
            }),
        SettingsOption(
            key: "alerts.sender", shape: .text, flag: "--alert-sender",
            meaning: "The address that these mails come from.",
            reason: "It must be one that your server may send for.",
            wants: "a mail address", example: .text("sealgate@example.com"),
            read: { $0.alerts.sender.map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0, let address = EmailAddress(text) else {
                    return false
                }
                $1.alerts.sender = address
                return true
            }),
        SettingsOption(
            key: "alerts.server", shape: .text, flag: "--alert-server",
            meaning:
                "The server that takes these mails (SMTP), as ADDRESS:PORT: your mail server, or "
                + "the gateway's own outbound door.",
            reason: "Sealgate keeps mail until this server takes it.",
            wants: "ADDRESS:PORT", example: .text("192.0.2.25:25"),
            read: { $0.alerts.server.map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0,
                    let server = SocketAddress(text, standardPort: 25),
                    IPAddress(server.host) != nil
                else { return false }
                $1.alerts.server = server
                return true
            }),
        SettingsOption(
            key: "alerts.webhook", shape: .text, flag: "--alert-webhook",
            meaning: "An address of yours to which alerts are posted as JSON, signed.",
            reason: "Nothing is posted until an address is named.",
            wants: "an address that begins with https:// or http://",
            example: .text("https://chat.example.com/hooks/sealgate"),
            read: { $0.alerts.webhook.map { .text($0) } },
            write: {
                guard case .text(let text) = $0,
                    text.hasPrefix("https://") || text.hasPrefix("http://"), text.utf8.count < 2_000
                else { return false }
                $1.alerts.webhook = text
                return true
            }),
        SettingsOption(
            key: "alerts.webhook-secret", shape: .text, flag: "--alert-webhook-secret",
            meaning: "A file with the secret that what is posted is signed with (HMAC-SHA256).",
            reason: "Whoever takes alerts should be able to tell that they are yours.",
            wants: "the path of a file", example: .text("/etc/sealgate/webhook.secret"),
            read: { $0.alerts.webhookSecret.map { .text($0) } },
            write: {
                guard case .text(let path) = $0, !path.isEmpty else { return false }
                $1.alerts.webhookSecret = path
                return true
            }),
        SettingsOption(
            key: "alerts.syslog", shape: .text, flag: "--alert-syslog",
            meaning: "A log server that is told of alerts (RFC 5424), udp://HOST:PORT, "
                + "tcp://HOST:PORT or tls://HOST:PORT.",
            reason: "Nothing is sent until a server is named.",
            wants: "udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT",
            example: .text("udp://192.0.2.14:514"),
            read: { $0.alerts.syslog.map { .text($0.description) } },
            write: {
                guard case .text(let text) = $0, let place = SyslogDestination(text) else {
                    return false
                }
                $1.alerts.syslog = place
                return true
            }),
    ]
}
