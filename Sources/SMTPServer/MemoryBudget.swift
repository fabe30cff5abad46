internal import Synchronization

/// Octets that all messages in memory may take together; shared by the listeners of a process.
public final class MemoryBudget: Sendable {
    /// Octets at most.
    public let limit: Int
    private let taken = Atomic<Int>(0)

    public init(octets limit: Int = 128 << 20) { self.limit = limit }

    /// Octets in use.
    public var used: Int { taken.load(ordering: .relaxed) }

    /// Takes octets; false when they are not there, and then nothing is taken.
    public func take(_ octets: Int) -> Bool {
        let (_, after) = taken.add(octets, ordering: .relaxed)
        guard after <= limit else {
            taken.subtract(octets, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives back octets that were taken.
    public func giveBack(_ octets: Int) {
        taken.subtract(octets, ordering: .relaxed)
    }
}
