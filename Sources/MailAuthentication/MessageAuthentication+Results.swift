import Identities

extension MessageAuthentication {
    /// What was found, as our hosts tell one another: the content of an Authentication-Results
    /// field (RFC 8601 §2.2).
    ///
    /// `authservID` is the name under which our hosts believe each other; fields of others under
    /// this name are removed by `AuthenticationResultsFilter` first.
    public func authenticationResults(authservID: String) -> AuthenticationResults {
        var methods: [MethodResult] = []
        if let spf {
            methods.append(MethodResult(spf, mailFrom: mailFrom, helo: heloName))
        }
        // For the null reverse path both are the same check.
        if let helo, spf == nil || !mailFrom.isEmpty {
            methods.append(MethodResult(helo, helo: heloName))
        }
        methods += dkim.map { MethodResult($0) }
        if let dkim2 { methods.append(Self.result(dkim2)) }
        if let arc { methods.append(MethodResult(arc, client: client)) }
        if let dmarc { methods.append(MethodResult(dmarc)) }
        if let bimi { methods.append(Self.result(bimi)) }
        return AuthenticationResults(authservID: authservID, methods: methods)
    }

    /// Not registered with IANA; the property is that of DKIM.
    private static func result(_ dkim2: DKIM2Verification) -> MethodResult {
        var result = MethodResult(
            "dkim2", dkim2.result.rawValue, comment: MethodResult.comment(dkim2.reason))
        result.add(.headerDomain, dkim2.domain?.text)
        return result
    }

    /// draft-brand-indicators-for-message-identification §7.7.
    private static func result(_ bimi: BIMIEvaluation) -> MethodResult {
        var result = MethodResult(
            "bimi", bimi.result.rawValue, comment: MethodResult.comment(bimi.reason))
        result.add(.headerDomain, bimi.domain?.text)
        result.add(.headerBIMISelector, bimi.selector)
        result.add(.policyAuthority, bimi.authority.rawValue)
        return result
    }
}
