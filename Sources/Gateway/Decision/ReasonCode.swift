public import SMTP

/// Why a message took the way it took. The words stay the same between versions, since records and
/// rules name them.
public enum ReasonCode: String, Sendable, Codable, CaseIterable {
    /// The author's domain is proved (DMARC passes).
    case authenticated
    /// The author's domain asks nothing of receivers, or has no policy.
    case noPolicy = "no-policy"
    /// DMARC fails, and the author's domain asks that such mail be refused.
    case policyReject = "policy-reject"
    /// DMARC fails, and the author's domain asks that such mail be held.
    case policyQuarantine = "policy-quarantine"
    /// DMARC fails; its domain only watches (`p=none`).
    case policyNone = "policy-none"
    /// DMARC fails, but a forwarder that we trust sealed that it passed before (ARC).
    case trustedForwarder = "trusted-forwarder"
    /// The mail names one of our own domains as author, comes from outside, and proves nothing.
    case ownDomainForged = "own-domain-forged"
    /// The header names no author, or several that differ, or one that is no address.
    case unclearAuthor = "unclear-author"
    /// DNS did not answer, so that nothing can be said yet.
    case dnsUnavailable = "dns-unavailable"
    /// The checks took longer than the client waits.
    case overran
    /// Something inside us failed.
    case internalFailure = "internal-failure"
    /// The spool has no room.
    case spoolFull = "spool-full"
    /// The message went round in a circle.
    case mailLoop = "mail-loop"
    /// Lists of senders of spam know the client.
    case listedClient = "listed-client"
    /// The client talked before it was its turn.
    case earlyTalker = "early-talker"
    /// Mail of this domain comes over TLS or not at all.
    case unencrypted
    /// The client sends more than is allowed at once.
    case rateLimit = "rate-limit"
    /// Nobody here has the recipient's address.
    case unknownRecipient = "unknown-recipient"
    /// We could not ask whether the recipient exists.
    case recipientUnchecked = "recipient-unchecked"
    /// The recipient's domain is none of ours.
    case relayDenied = "relay-denied"
    /// The name given with HELO or the address of MAIL FROM cannot exist.
    case impossibleSender = "impossible-sender"
    /// The client's network may send through us.
    case ownNetwork = "own-network"
    /// A report for `ReportConsumer`.
    case report
    /// It should bear a signature of ours, and could not be signed.
    case unsigned

    /// The enhanced status code that a refusal carries (RFC 3463, RFC 5248, RFC 7372, RFC 7505).
    public var status: EnhancedStatusCode {
        switch self {
        case .policyReject, .policyQuarantine, .policyNone, .ownDomainForged:
            EnhancedStatusCode(5, 7, 26)
        case .mailLoop: EnhancedStatusCode(5, 4, 6)
        case .unknownRecipient: EnhancedStatusCode(5, 1, 1)
        case .recipientUnchecked: EnhancedStatusCode(4, 1, 1)
        case .impossibleSender: EnhancedStatusCode(5, 1, 8)
        case .unclearAuthor: EnhancedStatusCode(5, 6, 0)
        case .dnsUnavailable: EnhancedStatusCode(4, 4, 3)
        case .overran, .internalFailure, .unsigned: EnhancedStatusCode(4, 3, 0)
        case .spoolFull: EnhancedStatusCode(4, 3, 1)
        case .rateLimit: EnhancedStatusCode(4, 7, 1)
        case .unencrypted: EnhancedStatusCode(5, 7, 10)
        default: EnhancedStatusCode(5, 7, 1)
        }
    }
}
