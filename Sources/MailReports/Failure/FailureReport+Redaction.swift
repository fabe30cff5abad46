extension FailureReport {
    /// The report without what tells of persons: local parts, subject, message and envelope ids, and
    /// fields that nobody knows.
    public func redacted() -> FailureReport {
        var report = self
        report.originalMailFrom = originalMailFrom.map(Redaction.hideLocalParts)
        report.originalRecipient = originalRecipient.map(Redaction.hideLocalParts)
        report.originalEnvelopeID = nil
        report.authenticationResults = authenticationResults.map(Redaction.hideLocalParts)
        report.dkimIdentity = dkimIdentity.map(Redaction.hideLocalParts)
        report.headerFrom = headerFrom.map(Redaction.hideLocalParts)
        report.messageID = nil
        report.subject = nil
        report.otherFields = []
        return report
    }
}
