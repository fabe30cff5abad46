internal import Identities

/// A destination as the queue sees it.
struct DestinationState {
    var key: DeliveryDestination
    var window = DestinationWindow()
    /// The list of ready entries.
    var head: Int32 = -1
    var tail: Int32 = -1
    private var ready32: Int32 = 0
    private var running32: Int32 = 0
    private var entry32: Int32 = 0
    /// Whether it stands in a ring, waiting for its turn.
    var isInRing = false
    /// Whether it stands in the list of those without mail.
    var isIdle = false
    var generation: UInt32 = 0
    /// What was learned of it; nil before the first delivery.
    var box: DestinationMemoryBox?

    init(key: DeliveryDestination) { self.key = key }

    var readyCount: Int {
        get { Int(ready32) }
        set { ready32 = Int32(clamping: newValue) }
    }

    var runningCount: Int {
        get { Int(running32) }
        set { running32 = Int32(clamping: newValue) }
    }

    /// Entries in any state.
    var entryCount: Int {
        get { Int(entry32) }
        set { entry32 = Int32(clamping: newValue) }
    }

    var memory: DestinationMemory? { box?.memory }

    /// Whether a delivery may set out.
    var isEligible: Bool {
        readyCount > 0 && runningCount < window.size && window.restsUntil == nil
    }
}

/// What is remembered of a destination between deliveries.
struct DestinationMemory {
    /// With and without REQUIRETLS; until the given monotonic millisecond.
    var plan: (plan: RoutePlan, until: Int64)?
    var protectedPlan: (plan: RoutePlan, until: Int64)?
    var lastFailure: String?
    /// Servers that did not answer lately.
    var resting: [(address: IPAddress, until: Int64)] = []
}

/// A place for it outside of the destination, since most never get one.
final class DestinationMemoryBox: Sendable {
    let memory: DestinationMemory

    init(_ memory: DestinationMemory) { self.memory = memory }
}
