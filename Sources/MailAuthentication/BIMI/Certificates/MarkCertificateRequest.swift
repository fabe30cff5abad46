public import Identities

/// What a mark certificate is to vouch for.
public struct MarkCertificateRequest: Hashable, Sendable {
    /// The domain of the From field.
    public var author: DomainName
    /// Its Organizational Domain.
    public var organizationalDomain: DomainName
    /// The selector of the BIMI record that named the certificate.
    public var selector: String
    /// The logo at the record's `l=` as it was fetched; nil when it was not.
    public var publishedLogo: [UInt8]?

    public init(
        author: DomainName, organizationalDomain: DomainName? = nil, selector: String = "default",
        publishedLogo: [UInt8]? = nil
    ) {
        self.author = author
        self.organizationalDomain = organizationalDomain ?? author
        self.selector = selector
        self.publishedLogo = publishedLogo
    }

    /// Whether a name in a certificate stands for the record: the domain itself covers all of its
    /// selectors, `selector._bimi.domain` that one (draft-fetch-validation-vmc-wchuang §5.2).
    func isCovered(by name: String) -> Bool {
        guard let name = DomainName(name) else { return false }
        return [author, organizationalDomain].contains {
            name == $0 || name == DomainName(selector + "._bimi." + $0.text)
        }
    }
}
