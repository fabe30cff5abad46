import Identities

extension MethodResult {
    /// DMARC (RFC 9989 §9.2): the Author Domain, and what its policy asks to be done with mail that
    /// fails, in test mode one level lower.
    public init(_ dmarc: DMARCEvaluation) {
        self.init("dmarc", dmarc.result.rawValue, comment: Self.comment(dmarc.reason))
        add(.headerFrom, dmarc.author?.text)
        add(.policyDMARC, dmarc.policy?.policy.rawValue)
    }
}
