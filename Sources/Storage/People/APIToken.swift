/// What a program may do with a token, within what its role allows.
public enum TokenScope: String, Sendable, CaseIterable {
    /// Reads what pages show.
    case read
    /// Brings reports in.
    case bringReports = "reports.bring"
    /// Reads and exports the audit log.
    case readAudit = "audit.read"
    /// Makes the changes that its role may make.
    case change
    /// Takes out what happened, to keep it elsewhere: the audit log, alerts and messages.
    case exportEvents = "events.export"
    /// Approves policies and has changes of the DNS made: what a program with `change` may ask for
    /// only.
    case approve

    public var meaning: String {
        switch self {
        case .read: "read domains, senders and reports"
        case .bringReports: "bring reports in"
        case .readAudit: "read and export the audit log"
        case .change: "change what its role may change"
        case .exportEvents: "export the audit log, alerts and what became of mail"
        case .approve: "approve policies, agree on rules and make changes of the DNS"
        }
    }
}

/// A program's key to one organisation. The text that the program shows is seen once, when the
/// token is made.
public struct APIToken: Hashable, Sendable {
    public var id: Int64
    public var organisation: OrganisationID
    public var name: String
    public var scopes: Set<TokenScope>
    public var role: Role
    public var madeBy: String
    /// Seconds since 1970-01-01T00:00:00Z, as all instants here.
    public var madeAt: Int64
    public var expiresAt: Int64
    public var usedAt: Int64?
    public var revokedAt: Int64?

    public func isInUse(at now: Int64) -> Bool { revokedAt == nil && expiresAt > now }

    /// What a program sends behind `Authorization: Bearer `. The word before the digits lets
    /// searches for leaked secrets recognise it.
    public static func text(of secret: SecretToken) -> String { prefix + secret.text }

    /// The secret in such a text; nil when it is none.
    static func secret(in text: String) -> SecretToken? {
        text.hasPrefix(prefix) ? SecretToken(String(text.dropFirst(prefix.count))) : nil
    }

    private static let prefix = "sealgate_"
}
