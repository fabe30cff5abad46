public import Logging
public import Storage

import Identities
import Spool
import Synchronization

/// Keeps the records of messages that we refused. They are in no spool, and no mail waits for them:
/// when more come than the database takes, all are counted and only some are kept.
public final class RecordWriter: Sendable {
    /// What became of the records that were handed in.
    public struct Statistics: Hashable, Sendable {
        public var offered = 0
        public var written = 0
        /// Counted with a record like them that stands for them.
        public var represented = 0
        /// Counted only: there was no room even for one of their kind.
        public var counted = 0
        /// Records that wait to be written.
        public var waiting = 0
    }

    /// Records of one client's network that are alike stand for each other.
    private struct Likeness: Hashable {
        var reason: String
        var disposition: Decision.Disposition
        var network: [UInt8]
    }

    /// Messages of which nothing but their number is kept.
    private struct Fate: Hashable {
        var reason: String
        var disposition: Decision.Disposition
        var day: Int64
    }

    private struct Waiting {
        var records: [(record: MessageRecord, standsFor: Int64)] = []
        /// Where the newest record of a kind stands in `records`.
        var newest: [Likeness: Int] = [:]
        var octets = 0
        var fates: [Fate: (messages: Int64, at: Int64)] = [:]
        var statistics = Statistics()
        var isFailing = false
    }

    private let waiting = Mutex(Waiting())
    private let store: MessageStore
    private let logger: Logger
    private let pause: Duration

    /// - Parameter pause: how long to gather before writing.
    public init(store: MessageStore, logger: Logger, pause: Duration = .milliseconds(250)) {
        self.store = store
        self.logger = logger
        self.pause = pause
    }

    /// Hands in the record of a message that was refused or put off. Returns at once.
    public func offer(_ record: MessageRecord) {
        let octets = Self.octets(of: record)
        let likeness = Likeness(
            reason: record.decision.reasons.first?.code.rawValue ?? "",
            disposition: record.decision.disposition,
            network: Self.network(of: record))
        waiting.withLock { waiting in
            waiting.statistics.offered += 1
            // From half full on, what is like a waiting record is counted with it.
            let isBusy =
                waiting.records.count >= Limits.waitingRecords / 2
                || waiting.octets >= Limits.waitingRecordOctets / 2
            let isFull =
                waiting.records.count >= Limits.waitingRecords
                || waiting.octets + octets > Limits.waitingRecordOctets
            if isBusy || isFull, let index = waiting.newest[likeness] {
                waiting.records[index].standsFor += 1
                waiting.statistics.represented += 1
                return
            }
            guard !isFull else {
                let fate = Fate(
                    reason: likeness.reason, disposition: likeness.disposition,
                    day: record.receivedAt / 86_400_000)
                waiting.fates[fate, default: (0, record.receivedAt)].messages += 1
                waiting.statistics.counted += 1
                return
            }
            if waiting.newest.count < Limits.countedRefusals || waiting.newest[likeness] != nil {
                waiting.newest[likeness] = waiting.records.count
            }
            waiting.records.append((record, 1))
            waiting.octets += octets
        }
    }

    public var statistics: Statistics {
        waiting.withLock { waiting in
            var statistics = waiting.statistics
            statistics.waiting = waiting.records.count
            return statistics
        }
    }

    /// Writes what comes in until the task is cancelled, and then what is left.
    public func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            if !Task.isCancelled { await writeWaiting() }
        }
        // A database refuses to work for a task that is cancelled; this one is not.
        await Task { await writeWaiting() }.value
    }

    /// Writes everything that waits; after a failure it waits on.
    public func writeWaiting() async {
        while let taken = take() {
            var batch = MessageBatch()
            for (record, standsFor) in taken.records {
                batch.add(record.entry(standsFor: standsFor))
            }
            for (fate, count) in taken.fates {
                let kind: MessageCount.Kind = fate.disposition == .defer ? .deferred : .refused
                batch.count(kind, reason: fate.reason, at: count.at, messages: count.messages)
            }
            do {
                try await store.write(batch)
                told(isFailing: false, error: nil)
                waiting.withLock { $0.statistics.written += taken.records.count }
            } catch {
                told(isFailing: true, error: error)
                putBack(taken)
                return
            }
        }
    }

    private struct Taken {
        var records: [(record: MessageRecord, standsFor: Int64)]
        var fates: [Fate: (messages: Int64, at: Int64)]
    }

    private func take() -> Taken? {
        waiting.withLock { waiting in
            guard !waiting.records.isEmpty || !waiting.fates.isEmpty else { return nil }
            let count = min(waiting.records.count, Limits.recordsAtOnce)
            let taken = Taken(records: Array(waiting.records[..<count]), fates: waiting.fates)
            waiting.records.removeFirst(count)
            waiting.fates = [:]
            waiting.octets = waiting.records.reduce(0) { $0 + Self.octets(of: $1.record) }
            waiting.newest = waiting.newest.compactMapValues { $0 < count ? nil : $0 - count }
            return taken
        }
    }

    /// The database did not take them: they wait in front of the others.
    private func putBack(_ taken: Taken) {
        waiting.withLock { waiting in
            waiting.records.insert(contentsOf: taken.records, at: 0)
            waiting.octets += taken.records.reduce(0) { $0 + Self.octets(of: $1.record) }
            waiting.newest = waiting.newest.mapValues { $0 + taken.records.count }
            waiting.fates.merge(taken.fates) { ($0.messages + $1.messages, max($0.at, $1.at)) }
        }
    }

    private func told(isFailing: Bool, error: (any Error)?) {
        let isNews = waiting.withLock { waiting in
            defer { waiting.isFailing = isFailing }
            return waiting.isFailing != isFailing
        }
        guard isNews else { return }
        if let error {
            logger.error(
                "Records of refused mail cannot be written", metadata: ["error": "\(error)"])
        } else {
            logger.notice("Records of refused mail are being written again")
        }
    }

    /// What a record takes in memory, roughly.
    private static func octets(of record: MessageRecord) -> Int {
        let checks = record.checks.reduce(0) { $0 + 96 + $1.sentence.utf8.count }
        let reasons = record.decision.reasons.reduce(0) { $0 + 48 + $1.sentence.utf8.count }
        return 768 + checks + reasons + record.recipients.count * 96
            + (record.header.subject?.utf8.count ?? 0)
    }

    /// The client's /24 or /48: a flood comes from many addresses of few networks.
    private static func network(of record: MessageRecord) -> [UInt8] {
        let bytes = record.client?.bytes ?? []
        return Array(bytes.prefix(bytes.count == 4 ? 3 : 6))
    }
}
