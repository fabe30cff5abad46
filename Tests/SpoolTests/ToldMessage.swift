import Spool

/// What a caller of the simulated spool was told about a message, and the way that is planned for
/// it.
struct ToldMessage {
    /// How many ways a draw may take in `change`.
    static let draws = 8

    /// How its recipients end: delivered, failed and bounced, or deleted.
    var plan: Int
    var hold: String?
    var statuses: [RecipientState.Status]

    var isFinal: Bool { !statuses.isEmpty && statuses.allSatisfy { $0.isFinal } }

    /// The next change on the planned way, or one that leads nowhere.
    func change(of id: QueueIdentifier, at position: Int, draw: Int, now: Int64) -> QueueChange {
        switch draw {
        case 0: return .held(id: id, at: now, reason: "again")
        case 1: return .released(id: id, at: now, by: "somebody")
        case 2:
            return .attempted(
                id: id, recipients: [position], at: now, host: nil, reply: "450 later",
                nextAttempt: now + 1)
        case 3: return .started(id: id, recipients: [position], at: now, host: "mx")
        default: break
        }
        switch plan {
        case 0:
            return .delivered(
                id: id, recipients: [position], at: now, host: "mx", reply: "250 ok", tls: nil)
        case 1:
            return statuses[position] == .queued
                ? .failed(id: id, recipients: [position], at: now, host: nil, reason: "550 no")
                : .bounced(id: id, recipients: [position], at: now, report: nil)
        default:
            return .deleted(id: id, at: now, by: "somebody", reason: "unwanted")
        }
    }

    /// What it is after a change.
    mutating func take(_ change: QueueChange) {
        switch change {
        case .delivered(_, let positions, _, _, _, _):
            for position in positions { statuses[position] = .delivered }
        case .failed(_, let positions, _, _, _):
            for position in positions where statuses[position] == .queued {
                statuses[position] = .failed
            }
        case .bounced(_, let positions, _, _):
            for position in positions { statuses[position] = .bounced }
        case .held(_, _, let reason): hold = reason
        case .released: hold = nil
        case .deleted: statuses = statuses.map { $0.isFinal ? $0 : .deleted }
        default: break
        }
    }

    /// Its recipients, and how many of them are delivered, failed, deleted, held and queued.
    var balance: [Int] {
        var sums = [statuses.count, 0, 0, 0, 0, 0]
        for status in statuses {
            switch status {
            case .delivered: sums[1] += 1
            case .failed, .bounced: sums[2] += 1
            case .deleted: sums[3] += 1
            default: sums[hold == nil ? 5 : 4] += 1
            }
        }
        return sums
    }
}
