public import Identities

/// A place that reports are fetched from.
public enum ReportPlace: Hashable, Sendable {
    case mailbox(MailboxPlace)
    case folder(FolderPlace)

    /// Its name for people and in the store; never with a secret.
    public var name: String {
        switch self {
        case .mailbox(let place): place.name
        case .folder(let place): place.name
        }
    }
}

/// A folder on a mail server (IMAP).
public struct MailboxPlace: Hashable, Sendable {
    /// How the connection is protected.
    public enum Security: String, Hashable, Sendable {
        /// TLS from the first octet.
        case tls = "imaps"
        /// TLS before anybody signs in (STARTTLS); without it nothing is said.
        case startTLS = "imap"
        /// Only to a server on this machine.
        case none
    }

    /// Where the secret lies; it is read anew for each connection.
    public enum Secret: Hashable, Sendable {
        case passwordFile(String)
        case passwordVariable(String)
        /// A file with a token (OAuth 2.0) that another program keeps fresh.
        case tokenFile(String)
    }

    /// What happens to a mail once its reports are durable.
    public enum Afterwards: Hashable, Sendable {
        case archive(String)
        /// It stays, marked as read and with a flag.
        case mark
        case delete
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var user: String
    public var secret: Secret
    public var folder: String
    public var afterwards: Afterwards
    /// Certificate authorities to believe instead of the system's (PEM).
    public var authorities: String?
    /// Servers whose Authentication-Results are believed.
    public var receivers: [String] = []
    /// Domains whose reports are taken in here; nil for those of the configuration.
    public var domains: [DomainName]?

    public init(
        host: String, port: Int, security: Security, user: String, secret: Secret, folder: String,
        afterwards: Afterwards
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.secret = secret
        self.folder = folder
        self.afterwards = afterwards
    }

    public var name: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(user) at \(host):\(port), \(folder)"
    }
}

/// A folder of this machine.
public struct FolderPlace: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// Files are taken in once they no longer change.
        case folder
        /// Mails in `new` are taken in.
        case maildir
    }

    /// What happens to a file once its reports are durable.
    public enum Afterwards: Hashable, Sendable {
        /// It goes to `done` below the folder; in a Maildir to `cur`, marked as read.
        case move
        /// It stays and is remembered.
        case keep
    }

    public var path: String
    public var kind: Kind
    public var afterwards: Afterwards
    public var receivers: [String] = []
    public var domains: [DomainName]?

    public init(path: String, kind: Kind, afterwards: Afterwards = .move) {
        self.path = path
        self.kind = kind
        self.afterwards = afterwards
    }

    public var name: String { "\(kind == .maildir ? "Maildir" : "folder") \(path)" }
}
