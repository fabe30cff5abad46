import Identities
import MailReports
public import Storage
import Synchronization

/// Adds up what the messages of the last moments tell, until it is stored: one entry of a table for
/// each message, whatever the flood.
public final class DMARCTally: Sendable {
    private struct Place: Hashable {
        let domain: DomainName
        let begin: Int64
    }

    private struct Entry {
        var batch: ReportObservationBatch
        /// The count of each row is kept beside it.
        var rows: [AggregateRecord: Int64] = [:]
    }

    private struct State {
        var entries: [Place: Entry] = [:]
        var rows = 0
        var refused: Int64 = 0
    }

    private let interval: Int64
    private let rowLimit: Int
    private let domainLimit: Int
    private let state = Mutex(State())

    /// - Parameter interval: the time that one report covers, in seconds.
    public init(
        interval: Int64 = 86_400, rows: Int = Limits.observedRows,
        domains: Int = Limits.observedDomains
    ) {
        self.interval = max(1, interval)
        rowLimit = rows
        domainLimit = domains
    }

    /// Counts a message that came at `now`, in seconds since 1970.
    public func add(_ observation: DMARCObservation, at now: Int64) {
        let begin = now - now % interval
        let place = Place(domain: observation.domain, begin: begin)
        var row = observation.row
        row.count = 0
        state.withLock { state in
            if state.entries[place] == nil {
                guard state.entries.count < domainLimit else {
                    state.refused += 1
                    return
                }
                state.entries[place] = Entry(
                    batch: ReportObservationBatch(
                        domain: observation.domain, organization: observation.organization,
                        begin: begin, seconds: interval, record: observation.record,
                        method: observation.method, seenAt: now))
            }
            let room = state.rows < rowLimit
            let isNew = Self.count(observation, row, now, room, &state.entries[place])
            if isNew { state.rows += 1 }
        }
    }

    /// What has come together, and begins anew; with it the messages of domains for which there was
    /// no room.
    public func drain() -> (batches: [ReportObservationBatch], refused: Int64) {
        let full = state.withLock { state in
            let full = state
            state = State()
            return full
        }
        let batches = full.entries.values.map { entry in
            var batch = entry.batch
            batch.rows.reserveCapacity(entry.rows.count)
            for (row, count) in entry.rows {
                var row = row
                row.count = count
                batch.rows.append(row)
            }
            return batch
        }
        return (batches, full.refused)
    }

    /// Takes back what could not be stored.
    public func restore(_ batches: [ReportObservationBatch]) {
        state.withLock { state in
            for batch in batches {
                let place = Place(domain: batch.domain, begin: batch.begin)
                var entry = state.entries[place] ?? Entry(batch: batch.empty)
                entry.batch.aboutReports &+= batch.aboutReports
                entry.batch.leftOut &+= batch.leftOut
                for row in batch.rows {
                    var key = row
                    key.count = 0
                    if entry.rows[key] == nil {
                        guard state.rows < rowLimit else {
                            entry.batch.leftOut &+= row.count
                            continue
                        }
                        state.rows += 1
                    }
                    entry.rows[key, default: 0] &+= row.count
                }
                state.entries[place] = entry
            }
        }
    }

    /// Counts in place; true when the row is a new one.
    private static func count(
        _ observation: DMARCObservation, _ row: AggregateRecord, _ now: Int64, _ hasRoom: Bool,
        _ entry: inout Entry?
    ) -> Bool {
        guard entry != nil else { return false }
        if observation.isAboutReport { entry?.batch.aboutReports &+= 1 }
        if entry?.batch.record != observation.record {
            entry?.batch.record = observation.record
            entry?.batch.method = observation.method
        }
        entry?.batch.seenAt = now
        guard hasRoom else {
            // Known rows still count.
            if entry?.rows[row] != nil {
                entry?.rows[row]? &+= 1
            } else {
                entry?.batch.leftOut &+= 1
            }
            return false
        }
        let before = entry?.rows.count ?? 0
        entry?.rows[row, default: 0] &+= 1
        return (entry?.rows.count ?? 0) > before
    }
}

extension ReportObservationBatch {
    fileprivate var empty: ReportObservationBatch {
        var batch = self
        batch.rows = []
        batch.aboutReports = 0
        batch.leftOut = 0
        return batch
    }
}
