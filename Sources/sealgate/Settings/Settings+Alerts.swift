import DomainWatch
import Identities

extension Settings {
    /// Whom alerts are sent to; nobody until somebody is named.
    struct Alerts: Sendable {
        var recipients: [EmailAddress] = []
        var sender: EmailAddress?
        var server: SocketAddress?
        var webhook: String?
        /// A file with the secret.
        var webhookSecret: String?
        var syslog: SyslogDestination?
    }
}
