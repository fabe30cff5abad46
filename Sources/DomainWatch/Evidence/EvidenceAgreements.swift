public import Identities
public import MailReports

/// What people agreed about domains and senders: who owns a domain, and until when a sender may
/// stay as it is.
public struct EvidenceAgreements: Sendable {
    /// A sender of a domain.
    public struct Sender: Hashable, Sendable {
        public var domain: DomainName
        /// As `SenderIdentification.key`.
        public var key: String

        public init(domain: DomainName, key: String) {
            self.domain = domain
            self.key = key
        }
    }

    public var owners: [DomainName: String]
    public var expiries: [Sender: UTCDay]

    public init(owners: [DomainName: String] = [:], expiries: [Sender: UTCDay] = [:]) {
        self.owners = owners
        self.expiries = expiries
    }
}
