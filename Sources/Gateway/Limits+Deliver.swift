/// What delivery takes and waits at most. Each value has a test that hits it.
extension Limits {
    /// Mail hosts of one domain that are looked at, the preferred ones first.
    public static let mailHosts = 16
    /// Addresses of one mail host that are kept.
    public static let hostAddresses = 8
    /// Addresses of one host that one attempt tries before it goes to the next host.
    public static let addressesTried = 2
    /// Servers that one attempt tries; Postfix stops at two sessions (smtp_mx_session_limit).
    public static let serversTried = 5
    /// TLSA records of one host that are kept.
    public static let associations = 32
    /// Seconds for which a plan serves at most, however long its records may be kept.
    public static let planSeconds: Int64 = 300
    /// Seconds for which a plan serves at least, so that a zero TTL does not mean a look-up a mail.
    public static let planSecondsAtLeast: Int64 = 5
    /// MTA-STS policies that are remembered.
    public static let rememberedPolicies = 10_000
    /// Seconds between two attempts to fetch a domain's policy (RFC 8461 §3.3: not too often).
    public static let policyRetrySeconds: Int64 = 300
    /// Seconds after which a policy in use is fetched again (RFC 8461 §10.2: well before its end).
    public static let policyRefreshSeconds: Int64 = 86_400

    /// Recipients of one transaction: what every server must take (RFC 5321 §4.5.3.1.8).
    public static let transactionRecipients = 100
    /// Deliveries at one time, all destinations together.
    public static let deliveries = 1_000
    /// Deliveries at one time that have taken longer than `slowSeconds`, beside the others: each
    /// costs a connection that says nothing.
    public static let slowDeliveries = 4_000
    /// Seconds after which a delivery no longer keeps others waiting.
    public static let slowSeconds: Int64 = 5
    /// Deliveries at one time to one destination.
    public static let destinationDeliveries = 20
    /// Where a destination begins after its first success (Postfix:
    /// initial_destination_concurrency); before, it is one.
    public static let firstDestinationDeliveries = 5
    /// Seconds before the second attempt (Postfix: minimal_backoff_time).
    public static let firstBackoffSeconds: Int64 = 300
    /// Seconds between two attempts at most (Postfix: maximal_backoff_time).
    public static let lastBackoffSeconds: Int64 = 4_000
    /// Seconds for which a destination is left alone after its last delivery failed.
    public static let destinationRestSeconds: Int64 = 60
    /// Seconds for which a dead destination is left alone at most.
    public static let destinationRestSecondsAtMost: Int64 = 600
    /// Days after which mail goes back to its sender (RFC 5321 §4.5.4.1: at least 4 to 5).
    public static let lifetimeSeconds: Int64 = 5 * 86_400
    /// Seconds after which a sender who asked for it hears of a delay.
    public static let delayWarningSeconds: Int64 = 4 * 3_600
    /// Envelopes of waiting messages that are kept in memory; others are read from the spool.
    public static let envelopesInMemory = 20_000
    /// Octets of a message that are read at once for delivery; longer ones go piece by piece.
    public static let contentInMemory = 64 << 10
    /// Octets of such a piece.
    public static let pieceOctets = 64 << 10
    /// Milliseconds within which a first attempt is fresh: the spool counts mail that was accepted
    /// this shortly before a crash as possibly delivered twice anyway
    /// (`SpoolOptions.acknowledgementWindow`, which leaves time to write the start), so that its
    /// start need not be durable first.
    public static let freshMilliseconds: Int64 = 300
    /// Seconds for which a server that did not answer is tried after its fellows.
    public static let serverRestSeconds: Int64 = 60
    /// Destinations without waiting mail of which what was learned is kept.
    public static let rememberedDestinations = 10_000
    /// Changes that a person asks for, recorded in one write.
    public static let changedAtOnce = 500
    /// Milliseconds between two looks at what has become due.
    public static let tickMilliseconds: Int64 = 1_000

    /// Octets of a message's header that a report returns.
    public static let returnedHeaderOctets = 65_536
    /// Octets of a message that a report returns whole; of longer ones it returns the header.
    public static let returnedContentOctets = 1 << 20
    /// Octets of one field of a report's text: what servers say may be long.
    public static let reportFieldOctets = 900
    /// Recipients that one report names.
    public static let reportRecipients = transactionRecipients
}
