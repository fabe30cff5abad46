public import Identities

/// What one row of a report lets us see of a sending source; DNS facts are handed in.
public struct SourceObservation: Hashable, Sendable {
    public var address: IPAddress?
    /// The name of the address, and whether that name leads back to it.
    public var reverseName: ReverseName
    public var headerFrom: DomainName?
    public var mailFrom: DomainName?
    public var spfResult: String
    public var dkim: [Signature]
    /// Override reasons of the receiver: type and comment.
    public var overrides: [Override]
    /// Network and country, where the user gave a file of networks.
    public var network: Network?
    /// Names of the blocklists that list the address, where they were asked.
    public var blocklists: [String]

    public enum ReverseName: Hashable, Sendable {
        case notAsked
        case none
        /// The name's own addresses hold this address (forward-confirmed).
        case confirmed(DomainName)
        /// The name exists and does not lead back: anyone may claim it.
        case unconfirmed(DomainName)
    }

    public struct Signature: Hashable, Sendable {
        public var domain: DomainName
        public var selector: String?
        public var result: String
        /// Where `selector._domainkey.domain` points to, when it is an alias.
        public var aliasTarget: DomainName?
        public init(
            domain: DomainName, selector: String?, result: String, aliasTarget: DomainName? = nil
        ) {
            self.domain = domain
            self.selector = selector
            self.result = result
            self.aliasTarget = aliasTarget
        }
    }

    public struct Override: Hashable, Sendable {
        public var type: String
        public var comment: String?
        public init(type: String, comment: String?) {
            self.type = type
            self.comment = comment
        }
    }

    public struct Network: Hashable, Sendable {
        /// Number of the autonomous system.
        public var number: Int?
        /// Who runs it, as the file says.
        public var organisation: String?
        /// ISO 3166-1 alpha-2.
        public var country: String?
        public init(number: Int?, organisation: String?, country: String?) {
            self.number = number
            self.organisation = organisation
            self.country = country
        }
    }

    public init(
        address: IPAddress?, reverseName: ReverseName = .notAsked, headerFrom: DomainName?,
        mailFrom: DomainName?, spfResult: String, dkim: [Signature], overrides: [Override] = [],
        network: Network? = nil, blocklists: [String] = []
    ) {
        self.address = address
        self.reverseName = reverseName
        self.headerFrom = headerFrom
        self.mailFrom = mailFrom
        self.spfResult = spfResult
        self.dkim = dkim
        self.overrides = overrides
        self.network = network
        self.blocklists = blocklists
    }
}
