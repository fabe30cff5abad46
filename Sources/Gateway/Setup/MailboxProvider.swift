public import Identities

/// Whose servers keep the mailboxes behind the gateway.
public enum MailboxProvider: String, Hashable, Sendable, CaseIterable {
    case microsoft365 = "microsoft-365"
    case google = "google"

    /// The provider that a host belongs to; nil for everybody's own servers.
    public init?(host: DomainName) {
        let microsoft = ["mail.protection.outlook.com", "mx.microsoft"]
        let google = ["google.com", "googlemail.com"]
        if microsoft.contains(where: { host.isEqualOrBelow($0) }) {
            self = .microsoft365
        } else if google.contains(where: { host.isEqualOrBelow($0) }) {
            self = .google
        } else {
            return nil
        }
    }

    public var name: String {
        switch self {
        case .microsoft365: "Microsoft 365"
        case .google: "Google Workspace"
        }
    }

    /// The door that a provider keeps open for a domain whatever its MX records say; nil where it
    /// cannot be told from the domain.
    public func door(of domain: DomainName) -> DomainName? {
        switch self {
        case .microsoft365:
            DomainName(
                domain.text.split(separator: ".").joined(separator: "-")
                    + ".mail.protection.outlook.com")
        case .google: DomainName("aspmx.l.google.com")
        }
    }
}

extension DomainName {
    fileprivate func isEqualOrBelow(_ text: String) -> Bool {
        DomainName(text).map { isEqualOrBelow($0) } ?? false
    }
}
