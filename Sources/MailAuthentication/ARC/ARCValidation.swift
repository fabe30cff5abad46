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
    /// Nil for a pass that the other facts explain: most are never read by anybody.
    private var statement: String?

    public init(
        _ result: Result, instances: Int = 0, sealers: [DomainName] = [], oldestPass: Int? = nil,
        reason: String
    ) {
        self.result = result
        self.instances = instances
        self.sealers = sealers
        self.oldestPass = oldestPass
        statement = reason
    }

    /// Why, for a person, in plain sentences.
    public var reason: String {
        get { statement ?? confirmation }
        set { statement = newValue }
    }

    /// Makes this a pass that is explained by what was found.
    mutating func confirm(oldestPass: Int?) {
        result = .pass
        self.oldestPass = oldestPass
        statement = nil
    }

    private var confirmation: String {
        let names = sealers.map(\.text).joined(separator: ", ")
        let holds =
            instances == 1
            ? "The only ARC set holds; it was sealed by \(names)."
            : "All \(instances) ARC sets hold; they were sealed by \(names)."
        switch oldestPass {
        case .some(0) where instances > 1:
            return holds + " Nothing that is signed has changed since the first."
        case .some(let oldest) where oldest > 0:
            return holds + " The message is unchanged since set \(oldest)."
        default: return holds
        }
    }
}
