public import Identities
public import MailReports

/// Sessions with the mail hosts of one domain that went alike, for a TLS report (RFC 8460 §4).
public struct SessionObservation: Hashable, Sendable {
    /// The recipients' domain.
    public var domain: DomainName
    /// First second of the day that is reported about.
    public var begin: Int64
    /// The policy under which the sessions stood; its counts and failures are not looked at.
    public var policy: TLSReport.PolicyResult
    /// What went wrong; nil for sessions that went well. Its count is not looked at.
    public var failure: TLSReport.FailureDetail?
    public var count: Int64

    public init(
        domain: DomainName, begin: Int64, policy: TLSReport.PolicyResult,
        failure: TLSReport.FailureDetail? = nil, count: Int64
    ) {
        self.domain = domain
        self.begin = begin
        self.policy = policy
        self.failure = failure
        self.count = count
    }
}

extension TLSReport.PolicyResult {
    /// As `Codable` reads it, without counts and failures.
    var storedText: String {
        var text = JSONText()
        text.object { text in
            text.member("type", type)
            text.list("strings", strings) { $0.member(nil, $1) }
            text.member("domain", domain)
            text.list("mxHosts", mxHosts) { $0.member(nil, $1) }
            text.member("successfulSessions", 0)
            text.member("failedSessions", 0)
            text.list("failures", [Int]()) { _, _ in }
        }
        return text.text
    }
}

extension TLSReport.FailureDetail {
    /// As `Codable` reads it, without the count.
    var storedText: String {
        var text = JSONText()
        text.object { text in
            text.member("resultType", resultType)
            text.member("sendingMTA", sendingMTA)
            text.member("receivingMXHost", receivingMXHost)
            text.member("receivingMXHelo", receivingMXHelo)
            text.member("receivingAddress", receivingAddress)
            text.member("failedSessions", 0)
            text.member("additionalInformation", additionalInformation)
            text.member("reasonCode", reasonCode)
        }
        return text.text
    }
}
