/// What a checking host allows one SPF check to cost (RFC 7208 §4.6.4). The defaults are those of
/// the RFC.
public struct SPFPolicy: Hashable, Sendable {
    /// Terms that may lead to look-ups; one more is a permerror.
    public var terms: Int
    /// Terms whose look-ups may find nothing; one more is a permerror.
    public var voidTerms: Int
    /// Mail exchangers of one `mx` whose addresses are asked for; one more is a permerror.
    public var exchanges: Int
    /// Names of the client whose addresses are asked for; more are passed over.
    public var pointers: Int
    /// DNS questions of the whole check; one more is a temperror.
    public var queries: Int
    /// Whether the result carries `SPFEvaluation.trace`.
    public var keepsTrace: Bool

    public init(
        terms: Int = Limits.spfTerms, voidTerms: Int = Limits.spfVoidTerms,
        exchanges: Int = Limits.spfExchanges, pointers: Int = Limits.spfPointers,
        queries: Int = Limits.spfQueries, keepsTrace: Bool = true
    ) {
        self.terms = terms
        self.voidTerms = voidTerms
        self.exchanges = exchanges
        self.pointers = pointers
        self.queries = queries
        self.keepsTrace = keepsTrace
    }
}
