public import Identities

/// The outcome of BIMI for one message, with everything that led to it.
public struct BIMIEvaluation: Sendable {
    /// What became of the mark certificate (`policy.authority`, §7.7).
    public enum Authority: String, Sendable, Codable, CaseIterable {
        case pass, fail
        /// There was none, or it was not looked at.
        case none
    }

    public var result: BIMIResult
    /// Why, for a person: one plain sentence.
    public var reason: String
    /// The domain of the record (`header.d`); nil when none was looked for.
    public var domain: DomainName?
    /// The selector of the record (`header.selector`).
    public var selector: String?
    public var record: BIMIRecord?
    /// The names that were asked for.
    public var asked: [DomainName] = []
    public var authority: Authority = .none
    /// What the examination of the published logo found.
    public var logoValidation: SVGValidation?
    /// What the examination of the mark certificate found.
    public var certificate: MarkCertificateValidation?
    /// The logo that may be shown, decompressed; only with `pass`.
    public var logo: [UInt8]?

    public init(
        _ result: BIMIResult, reason: String, domain: DomainName? = nil, selector: String? = nil
    ) {
        self.result = result
        self.reason = reason
        self.domain = domain
        self.selector = selector
    }
}
