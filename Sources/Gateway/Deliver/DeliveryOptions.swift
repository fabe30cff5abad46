public import Identities

/// How mail is delivered. The defaults are right for a server.
public struct DeliveryOptions: Sendable {
    /// Our own name, in reports.
    public var hostName: DomainName
    /// The domain of `<postmaster>` (RFC 5321 §4.5.1).
    public var localDomain: DomainName
    /// Deliveries at one time, at most `Limits.deliveries`.
    public var deliveries: Int
    /// Deliveries that have taken longer than `Limits.slowSeconds`, beside those.
    public var slowDeliveries: Int
    /// Deliveries at one time to one destination.
    public var destinationDeliveries = Limits.destinationDeliveries
    /// Where a destination begins after its first success.
    public var firstDestinationDeliveries = Limits.firstDestinationDeliveries
    public var backoff = Backoff()
    /// Milliseconds after which a message that cannot be delivered goes back; reports too.
    public var lifetime = Limits.lifetimeSeconds * 1_000
    /// Milliseconds after which a delay is told to those who asked for it.
    public var delayWarning = Limits.delayWarningSeconds * 1_000
    /// Whether senders who asked for nothing hear of delays too.
    public var warnsOfDelay = false

    public init(
        hostName: DomainName, localDomain: DomainName? = nil, deliveries: Int = 500
    ) {
        self.hostName = hostName
        self.localDomain = localDomain ?? hostName
        self.deliveries = min(max(1, deliveries), Limits.deliveries)
        slowDeliveries = min(self.deliveries * 4, Limits.slowDeliveries)
    }
}
