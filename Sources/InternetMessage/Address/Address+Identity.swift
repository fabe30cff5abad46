public import Identities

extension Address {
    /// The address as the value the rest of the product speaks of; nil when it is not one that
    /// mail could be sent to.
    public var emailAddress: EmailAddress? {
        DomainName(domain).flatMap { EmailAddress(localPart: localPart, domain: $0) }
    }
}
