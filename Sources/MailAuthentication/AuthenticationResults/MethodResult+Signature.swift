public import Identities

/// Which signature a `dkim` result is about.
extension MethodResult {
    /// Whether the result is about a signature of this domain whose `b=` begins like that (RFC 6008
    /// §4: `header.b` holds eight characters at least, or all there are).
    ///
    /// A result without `header.b` is about any signature of its domain, unless `isStrict`.
    public func isAbout(
        _ domain: DomainName, signature: String? = nil, isStrict: Bool = false
    ) -> Bool {
        guard let named = self[.headerDomain], DomainName(named) == domain else { return false }
        guard let prefix = self[.headerSignature] else { return !isStrict }
        guard let signature else { return false }
        return prefix.utf8.count >= 8
            ? signature.utf8.starts(with: prefix.utf8) : signature == prefix
    }

    /// Whether the result is about a signature of this domain made with this algorithm.
    public func isAbout(_ domain: DomainName, algorithm: String) -> Bool {
        guard let named = self[.headerDomain], DomainName(named) == domain else { return false }
        return self[.headerAlgorithm] == algorithm
    }
}
