public import Identities

/// The ARC sets of a message, collected and checked for their structure (RFC 8617 §5.2, steps 1 to
/// 3); nothing is verified yet.
///
/// ARC is a bilateral option: useful between hosts that know each other, on its way to the status
/// Historic, and replaced by DKIM2.
public struct ARCChain: Sendable {
    /// From instance 1 up, without gaps; empty when `defect` tells why.
    public let sets: [ARCSet]
    /// The highest instance that any ARC field of the message carries, 0 without one.
    public let highestInstance: Int
    /// The domains of all seals that can be read, by instance.
    public let sealers: [DomainName]
    /// Whether the newest seal says itself that the chain has failed. Nothing is added to such a
    /// chain (§5.1).
    public let isMarkedFailed: Bool
    /// Whether the fields are too many or too large to be read at all.
    let isTooLarge: Bool
    /// Why the chain has failed before any signature is looked at; nil when it may hold.
    public let defect: String?

    /// Reads the ARC fields of a message, in whatever order they stand.
    public init(_ message: RawMessage) {
        var collector = ARCFieldCollector()
        do throws(ARCDefect) {
            sets = try collector.collect(message)
            defect = nil
        } catch {
            sets = []
            defect = error.reason
        }
        highestInstance = collector.highestInstance
        sealers = sets.isEmpty ? collector.sealers : sets.map(\.sealer)
        isMarkedFailed = collector.isMarkedFailed
        isTooLarge = collector.isTooLarge
    }
}
