/// The former instances of a message, restored with the recipes that its hops wrote
/// (draft-ietf-dkim-dkim2-spec-04 §5): for showing what was changed, or for a bounce to the hop
/// before. Whether they are what was signed, only `DKIM2Verifier` says.
public struct DKIM2History: Sendable {
    private let message: RawMessage
    private let chain: DKIM2Chain

    /// Nil when the message has no DKIM2 signature or a malformed one.
    public init?(_ message: RawMessage, policy: DKIM2Policy = DKIM2Policy()) {
        guard case .chain(let chain) = DKIM2Chain.read(message, policy) else { return nil }
        self.message = message
        self.chain = chain
    }

    /// How many instances there are; the last is the message at hand.
    public var count: Int { chain.instances.count }

    /// The numbers (`m=`) of the instances whose fields and body are as their hashes say, going back
    /// from the message at hand.
    public var confirmed: [Int] {
        InstanceHistory(message: message, chain: chain, policy: DKIM2Policy()).check().instances
            .filter { $0.result == .pass }.map(\.number)
    }

    /// Restores an instance, without its DKIM2 fields, its body in memory.
    public func instance(_ number: Int) -> Restored {
        guard number >= 1, number <= count else {
            return .impossible("The message has no instance \(number).")
        }
        let history = InstanceHistory(message: message, chain: chain, policy: DKIM2Policy())
        do throws(DKIM2Fault) {
            return .message(
                try history.restore(number, limit: Limits.dkim2RestoredBodyOctets))
        } catch {
            return .impossible(error.reason)
        }
    }

    /// A former instance, or why there is none.
    public enum Restored: Sendable {
        case message(RawMessage)
        /// One plain sentence for a person.
        case impossible(String)
    }
}
