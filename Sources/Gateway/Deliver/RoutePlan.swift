public import Identities
public import SMTP
public import SMTPClient

/// The servers to try for a destination, or why there are none.
public enum RoutePlan: Sendable {
    case servers(PlannedServers)
    /// Mail waits or goes back, by `isTemporary`.
    case none(RouteFailure)

    /// Seconds for which the plan may be used again.
    public var validSeconds: Int64 {
        switch self {
        case .servers(let servers): servers.validSeconds
        case .none(let failure): failure.isTemporary ? Limits.planSecondsAtLeast : 60
        }
    }
}

/// Why there is no server to try.
public struct RouteFailure: Error, Hashable, Sendable {
    public var isTemporary: Bool
    public var status: EnhancedStatusCode
    /// One plain sentence, for the sender too.
    public var text: String
    /// What TLS reports should know of it.
    public var observations: [TLSObservation]

    public init(
        isTemporary: Bool, _ status: EnhancedStatusCode, _ text: String,
        observations: [TLSObservation] = []
    ) {
        self.isTemporary = isTemporary
        self.status = status
        self.text = text
        self.observations = observations
    }
}

/// Servers in groups of the same preference.
public struct PlannedServers: Sendable {
    /// One host: its addresses, IPv6 and IPv4 in turns.
    public struct Host: Hashable, Sendable {
        public var weight: Int
        public var addresses: [PlannedTarget]

        public init(weight: Int = 1, addresses: [PlannedTarget]) {
            self.weight = weight
            self.addresses = addresses
        }
    }

    public var groups: [[Host]]
    /// What was found wrong on the way, for every attempt (RFC 8460 §4.3).
    public var observations: [TLSObservation]
    public var validSeconds: Int64

    public init(
        groups: [[Host]], observations: [TLSObservation] = [],
        validSeconds: Int64 = Limits.planSeconds
    ) {
        self.groups = groups
        self.observations = observations
        self.validSeconds = min(
            max(validSeconds, Limits.planSecondsAtLeast), Limits.planSeconds)
    }

    /// The servers in the order of one attempt: groups by preference, and within a group by chance
    /// and weight, so that the load is spread (RFC 5321 §5.1).
    public func targets(using random: inout some RandomNumberGenerator) -> [PlannedTarget] {
        if groups.count == 1, groups[0].count == 1, groups[0][0].addresses.count == 1 {
            return groups[0][0].addresses
        }
        var targets: [PlannedTarget] = []
        for group in groups where targets.count < Limits.serversTried {
            var left = group
            while !left.isEmpty, targets.count < Limits.serversTried {
                let host = left.remove(at: Self.pick(left, using: &random))
                targets += Self.tried(host.addresses, using: &random)
            }
        }
        return Array(targets.prefix(Limits.serversTried))
    }

    private static func pick(
        _ hosts: [Host], using random: inout some RandomNumberGenerator
    ) -> Int {
        guard hosts.count > 1 else { return 0 }
        var left = Int.random(in: 0..<hosts.reduce(0) { $0 + $1.weight }, using: &random)
        for (index, host) in hosts.enumerated() {
            left -= host.weight
            if left < 0 { return index }
        }
        return hosts.count - 1
    }

    /// One address of each family first, so that a machine without one of them loses no time.
    private static func tried(
        _ addresses: [PlannedTarget], using random: inout some RandomNumberGenerator
    ) -> [PlannedTarget] {
        guard addresses.count > 1 else { return addresses }
        let shuffled = addresses.shuffled(using: &random)
        let first = shuffled[0]
        let other = shuffled.dropFirst().first {
            $0.target.address.isIPv4 != first.target.address.isIPv4
        }
        return Array(
            ([first] + (other.map { [$0] } ?? Array(shuffled.dropFirst())))
                .prefix(Limits.addressesTried))
    }
}

/// One server of a plan, and the policy that a TLS report counts it under.
public struct PlannedTarget: Hashable, Sendable {
    public var target: DeliveryTarget
    /// The recipients' domain; nil for servers of the operator's choice.
    public var domain: DomainName?
    /// Nil where nobody published anything, or what TLS does is reported already.
    public var policy: TLSObservation.Policy?
    /// Whether a certificate that does not hold is reported although the mail goes there
    /// (MTA-STS in testing mode, RFC 8461 §5).
    public var isTesting: Bool

    public init(
        _ target: DeliveryTarget, domain: DomainName? = nil,
        policy: TLSObservation.Policy? = nil, isTesting: Bool = false
    ) {
        self.target = target
        self.domain = domain
        self.policy = policy
        self.isTesting = isTesting
    }
}
