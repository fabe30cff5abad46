import DomainAnalysis
import Synchronization

/// Ids of rows that are known to be committed, so that they need not be asked for again.
struct IngestCaches {
    /// Most authentication sets remembered: some 2 MB.
    static let mostSets = 60_000
    static let mostSenders = 20_000

    var sets: [AuthenticationSetDigest: Int64] = [:]
    var senders: [String: Int64] = [:]
    var domains: [String: Int64] = [:]
    /// An empty buffer, for its memory.
    var rows = RowBuffer()
    /// How often the sums had been replaced when this was remembered.
    var timesReplaced: Int64 = 0
    /// Confidence known to be stored for a domain's sender.
    var domainSenders: [DomainSender: SenderIdentification.Confidence] = [:]

    struct DomainSender: Hashable {
        var domain: Int64
        var sender: Int64
    }

    /// Keeps memory bounded: what is forgotten is asked for again.
    mutating func trim() {
        if sets.count > Self.mostSets { sets.removeAll(keepingCapacity: true) }
        if senders.count > Self.mostSenders { senders.removeAll(keepingCapacity: true) }
        if domains.count > Self.mostSenders { domains.removeAll(keepingCapacity: true) }
        if domainSenders.count > Self.mostSets { domainSenders.removeAll(keepingCapacity: true) }
    }
}

/// The caches between two transactions. A transaction takes them out, and they are put back
/// once it is committed; after a failure they start empty.
public final class IngestMemory: Sendable {
    private let caches = Mutex<IngestCaches>(IngestCaches())

    public init() {}

    func take() -> IngestCaches {
        caches.withLock { held in
            defer { held = IngestCaches() }
            return held
        }
    }

    func putBack(_ used: IngestCaches) {
        caches.withLock { held in
            held = used
            held.trim()
        }
    }
}
