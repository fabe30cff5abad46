public import Identities

/// The outcome for the chain of ARC sets (RFC 8617 §5.2).
public struct ARCValidation: Sendable {
    /// The three results, in the words of `cv=` and Authentication-Results.
    public enum Result: String, Sendable, Codable, CaseIterable {
        case none, pass, fail
    }

    public var result: Result
    /// The highest instance, 0 without a chain.
    public var instances: Int
    /// The domains that sealed, from the first hop to the last, as far as they can be read.
    public var sealers: [DomainName]
    /// The lowest instance whose ARC-Message-Signature still holds (§5.2, step 5); 0 when every
    /// one does, nil when it was not worked out.
    public var oldestPass: Int?
    /// Why, for a person: one plain sentence.
    public var reason: String

    public init(
        _ result: Result, instances: Int = 0, sealers: [DomainName] = [], oldestPass: Int? = nil,
        reason: String
    ) {
        self.result = result
        self.instances = instances
        self.sealers = sealers
        self.oldestPass = oldestPass
        self.reason = reason
    }
}
