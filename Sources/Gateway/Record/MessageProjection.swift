public import Logging
public import Spool
public import Storage

import SMTP
import SQLDatabase

/// What a projection reads: the spool's log of what it accepted and what became of it.
public protocol ChangeLog: Sendable {
    /// What was recorded after a position, in order. Fewer than `limit` only when there is no more.
    func changes(
        after position: UInt64, limit: Int
    ) throws -> [(position: UInt64, entry: SpoolEntry)]
    /// Says that everything up to a position is kept elsewhere.
    func projected(upTo position: UInt64)
}

extension Spool: ChangeLog {}

/// Carries what the spool's log tells over into the store, each entry exactly once: how far it came
/// is written in the same transaction.
public struct MessageProjection: Sendable {
    private let log: any ChangeLog
    private let store: MessageStore
    private let name: String
    private let logger: Logger
    private let pause: Duration

    /// - Parameters:
    ///   - name: of the log; a store may follow the spools of several nodes.
    ///   - pause: how long to wait when there is nothing new, or when the database does not answer.
    public init(
        log: any ChangeLog, store: MessageStore, name: String = "spool", logger: Logger,
        pause: Duration = .milliseconds(250)
    ) {
        self.log = log
        self.store = store
        self.name = name
        self.logger = logger
        self.pause = pause
    }

    /// Follows the log until the task is cancelled. What fails is told once and tried again, and
    /// what is not carried over by then is at the next start: the log keeps it.
    public func run() async {
        var isFailing = false
        while !Task.isCancelled {
            do {
                let step = try await step()
                if isFailing { logger.notice("The record of messages is being written again") }
                isFailing = false
                if step.isLast { try await Task.sleep(for: pause) }
            } catch is CancellationError {
                return
            } catch {
                if !isFailing {
                    logger.error(
                        "The record of messages cannot be written", metadata: ["error": "\(error)"])
                }
                isFailing = true
                try? await Task.sleep(for: pause * 8)
            }
        }
    }

    /// Carries over everything that is there.
    ///
    /// - Returns: how many entries it was.
    public func catchUp() async throws -> Int {
        var count = 0
        while true {
            let step = try await step()
            count += step.count
            if step.isLast { return count }
        }
    }

    /// Carries over one batch: as much as is there, within its limits.
    private func step() async throws -> (count: Int, isLast: Bool) {
        let before = try await store.position(of: name)
        var position = before.flatMap { UInt64($0) } ?? 0
        var fold = ProjectionFold(store: store)
        var count = 0
        var isLast = false
        // Read piece by piece, since some records are large.
        while !isLast, count < Limits.projectedAtOnce,
            fold.batch.octetCount < Limits.projectedOctets
        {
            let entries = try log.changes(after: position, limit: Limits.projectedPiece)
            for entry in entries {
                try await fold.add(entry.entry, at: entry.position)
                position = entry.position
            }
            count += entries.count
            isLast = entries.count < Limits.projectedPiece
        }
        guard count > 0 else { return (0, true) }
        let isWritten = try await store.write(
            fold.batch, of: name, from: before, to: String(position))
        guard isWritten else {
            throw SQLError(
                .busy, "somebody else writes the record of these messages", isTemporary: true)
        }
        log.projected(upTo: position)
        return (count, isLast)
    }
}
