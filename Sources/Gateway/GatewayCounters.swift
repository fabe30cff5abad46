import Synchronization

/// What went through the gateway since it started, for metrics.
public final class GatewayCounters: Sendable {
    private let delivered = Atomic<Int>(0)
    private let held = Atomic<Int>(0)
    private let rejected = Atomic<Int>(0)
    private let deferred = Atomic<Int>(0)
    private let reports = Atomic<Int>(0)

    public init() {}

    func count(_ disposition: Decision.Disposition) {
        switch disposition {
        case .deliver: delivered.add(1, ordering: .relaxed)
        case .hold: held.add(1, ordering: .relaxed)
        case .reject: rejected.add(1, ordering: .relaxed)
        case .defer: deferred.add(1, ordering: .relaxed)
        }
    }

    func countReport() { reports.add(1, ordering: .relaxed) }

    /// Messages by what was decided.
    public func count(of disposition: Decision.Disposition) -> Int {
        switch disposition {
        case .deliver: delivered.load(ordering: .relaxed)
        case .hold: held.load(ordering: .relaxed)
        case .reject: rejected.load(ordering: .relaxed)
        case .defer: deferred.load(ordering: .relaxed)
        }
    }

    /// Mails with reports that were taken in.
    public var reportMails: Int { reports.load(ordering: .relaxed) }
}
