public import Identities

/// The outcome of an SPF check, with everything that led to it.
public struct SPFEvaluation: Sendable {
    /// Which identity was checked.
    public enum Identity: String, Sendable, Codable {
        case mailFrom = "mailfrom"
        case helo
    }

    public var result: SPFResult
    public var identity: Identity
    /// The domain whose record was asked for; nil when the identity names none.
    public var domain: DomainName?
    private var statement: SPFReason
    /// The domain's own words for a fail (`exp=`, RFC 7208 §6.2), made safe: visible ASCII only.
    public var explanation: String?
    /// Terms that cost a look-up, of the 10 that RFC 7208 §4.6.4 allows.
    public var lookups: Int
    /// Look-ups without an answer, of the 2 that are allowed.
    public var voidLookups: Int
    /// The record that was read and all that it led to; nil without a record.
    public var trace: SPFTrace?

    public init(
        _ result: SPFResult, identity: Identity = .mailFrom, domain: DomainName?, reason: String,
        explanation: String? = nil, lookups: Int = 0, voidLookups: Int = 0,
        trace: SPFTrace? = nil
    ) {
        self.init(
            result, identity: identity, domain: domain, statement: .text(reason),
            explanation: explanation, lookups: lookups, voidLookups: voidLookups, trace: trace)
    }

    init(
        _ result: SPFResult, identity: Identity, domain: DomainName?, statement: SPFReason,
        explanation: String?, lookups: Int, voidLookups: Int, trace: SPFTrace?
    ) {
        self.result = result
        self.identity = identity
        self.domain = domain
        self.statement = statement
        self.explanation = explanation
        self.lookups = lookups
        self.voidLookups = voidLookups
        self.trace = trace
    }
    /// Why, for a person: one plain sentence.
    public var reason: String {
        get { statement.text }
        set { statement = .text(newValue) }
    }
}
