public import Identities

/// The words for what our own checks found.
extension MethodResult {
    /// SPF (RFC 8601 §2.7.2). `mailFrom` and `helo` are what the client said; the domain that was
    /// checked stands in where they are missing.
    public init(_ spf: SPFEvaluation, mailFrom: String? = nil, helo: String? = nil) {
        self.init("spf", spf.result.rawValue, comment: Self.comment(spf.reason))
        let checked = spf.domain?.text
        switch spf.identity {
        case .mailFrom:
            let sender = mailFrom.flatMap { $0.isEmpty ? nil : $0 } ?? checked
            add(.smtpMailFrom, sender)
            add(.smtpHELO, helo)
        case .helo: add(.smtpHELO, helo ?? checked)
        }
    }

    /// One DKIM signature (RFC 8601 §2.7.1), or that there is none.
    public init(_ dkim: DKIMVerification) {
        self.init("dkim", dkim.result.rawValue, comment: Self.comment(dkim.reason))
        guard dkim.result != .none else { return }
        add(.headerDomain, dkim.domain?.text)
        add(.headerIdentity, dkim.identity)
        add(.headerSelector, dkim.selector)
        add(.headerAlgorithm, dkim.algorithm)
        add(.headerSignature, dkim.signaturePrefix)
    }

    /// The ARC chain (RFC 8617 §5.2 and §10.2), from the client that handed the message over.
    public init(_ arc: ARCValidation, client: IPAddress? = nil) {
        self.init("arc", arc.result.rawValue, comment: Self.comment(arc.reason))
        add(.smtpRemoteIP, client?.description)
        if arc.result == .pass { add(.headerOldestPass, arc.oldestPass.map(String.init)) }
    }

    /// Adds a property that has a value.
    public mutating func add(_ name: PropertyName, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        properties.append(ResultProperty(name, value))
    }

    /// A reason as a comment. Naive readers cut fields at every semicolon, so it has none.
    public static func comment(_ reason: String) -> String? {
        let text = reason.map { $0 == ";" ? "," : $0 }
        return text.isEmpty ? nil : String(text)
    }
}
