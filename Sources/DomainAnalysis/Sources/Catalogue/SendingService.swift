public import MailReports

/// One row of the sender catalogue: how a service that sends mail for others can be recognised,
/// and what its customers have to do there so that their mail passes DMARC.
public struct SendingService: Hashable, Sendable {
    /// What kind of mail such a service carries.
    public enum Category: String, CaseIterable, Sendable, Codable {
        case mailbox, hosting, gateway, transactional, relay, marketing, crm, support, commerce
        case website, saas, survey, education, government, hr, nonprofit, encryption, events
        case finance, payments
        case appPlatform = "app platform"
        case consumerMailbox = "consumer mailbox"
        case forwarder
        case mailingList = "mailing list"
        case hostedSPF = "hosted spf"
    }

    /// What a source says about a capability.
    public enum Capability: String, CaseIterable, Sendable, Codable {
        case yes, no, unknown
    }

    public var id: String
    public var name: String
    public var category: Category
    /// Systems of many customers send from the same addresses and names.
    public var isShared: Bool
    /// What customers were told to put into their SPF record.
    public var spfIncludes: [String]
    /// Domains in which the service itself signs.
    public var dkimDomains: [DomainPattern]
    /// Where the aliases of its customers' selectors point to.
    public var dkimTargets: [DomainPattern]
    /// It can sign with the customer's own domain.
    public var signsAsCustomer: Bool
    /// Selector names it gives its customers; weak evidence, for anybody may use the same name.
    public var dkimSelectors: [String]
    /// The same without their counters.
    var selectorStems: Set<String>
    public var mailFromSuffixes: [DomainPattern]
    /// Labels below the customer's domain that the service uses as MAIL FROM (`pm-bounces`).
    public var mailFromLabels: [String]
    /// MAIL FROM is the customer's domain itself, so that the service's include in the SPF record
    /// of that domain counts.
    public var mailFromIsCustomer: Bool
    public var reverseNameSuffixes: [DomainPattern]
    /// Can SPF be aligned there?
    public var alignsSPF: Capability
    /// Can DKIM be aligned there?
    public var alignsDKIM: Capability
    /// What to do at the service, in plain words; empty where only the general advice applies.
    public var advice: String
    /// Names that circulate as SPF includes of this service and publish no SPF record.
    public var deadIncludes: [String]
    /// Where the facts of this row come from.
    public var source: String
    /// The newest day for which a source vouches for the row.
    public var verified: UTCDay
}

/// A domain in the catalogue: itself and everything below it, or (`*.`) only what is below it.
public struct DomainPattern: Hashable, Sendable, CustomStringConvertible {
    public var domain: String
    public var isOnlyBelow: Bool

    public var description: String { (isOnlyBelow ? "*." : "") + domain }
}
