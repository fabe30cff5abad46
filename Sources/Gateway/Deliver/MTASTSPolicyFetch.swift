public import Identities
public import SMTPClient

/// What came of fetching a domain's MTA-STS policy (RFC 8461 §3.3).
public enum MTASTSPolicyFetch: Sendable {
    /// The body of a 200 answer of type `text/plain`, over HTTPS with a certificate that held.
    case body([UInt8])
    /// `word` is `stsPolicyFetchError` or `stsWebPKIInvalid`; the text is one plain sentence.
    case failure(TLSFailure, text: String)

    /// Fetches `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`, without following redirects, in a
    /// minute at most, and not more than `MailAuthentication.Limits.mtaSTSPolicyOctets` and one.
    public typealias Closure =
        @Sendable (_ domain: DomainName, _ url: String) async -> MTASTSPolicyFetch
}
