public import Identities

extension BIMIRequest {
    /// Takes the author and the selector from a message. A selector counts only where one of the
    /// signatures that passed covers it.
    public init(
        _ message: RawMessage, organizationalDomain: DomainName?, dmarcResult: DMARCResult,
        dmarcRecord: DMARCRecord?, dmarcRecordDomain: DomainName? = nil,
        dkim verifications: [DKIMVerification]
    ) {
        let author = BIMIAuthor(message)
        var selector = BIMISelector(message)
        if selector != nil, let domain = organizationalDomain ?? author.domain,
            !BIMISelector.isSigned(
                in: message, by: verifications, organizationalDomain: domain)
        {
            selector = nil
        }
        self.init(
            author: author, organizationalDomain: organizationalDomain, dmarcResult: dmarcResult,
            dmarcRecord: dmarcRecord, dmarcRecordDomain: dmarcRecordDomain, selector: selector)
    }
}
