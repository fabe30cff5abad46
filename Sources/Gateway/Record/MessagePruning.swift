public import Logging
public import Storage

import SQLDatabase

/// Forgets, once a day, the records of messages that are older than the operator keeps them. What
/// still waits or is held stays, however old it is.
public struct MessagePruning: Sendable {
    private let store: MessageStore
    private let days: Int
    private let now: @Sendable () -> Int64
    private let sleep: @Sendable (Duration) async throws -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - days: for which records are kept.
    ///   - now: milliseconds since 1970.
    public init(
        store: MessageStore, days: Int, now: @escaping @Sendable () -> Int64, logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.store = store
        self.days = days
        self.now = now
        self.logger = logger
        self.sleep = sleep
    }

    /// A start has better things to do at first.
    private static let firstWait: Duration = .seconds(120)
    private static let wait: Duration = .seconds(86_400)
    private static let waitAfterFailure: Duration = .seconds(3_600)

    /// Prunes daily until the task is cancelled. What fails is told and tried again.
    public func run() async {
        var wait = Self.firstWait
        while true {
            do {
                try await sleep(wait)
                let count = try await prune()
                wait = Self.wait
                if count > 0 {
                    logger.notice(
                        "Records of old messages were forgotten",
                        metadata: ["messages": "\(count)", "older than days": "\(days)"])
                }
            } catch is CancellationError {
                return
            } catch {
                wait = Self.waitAfterFailure
                logger.error(
                    "Records of old messages cannot be forgotten", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Forgets what is too old now: records, and of who wrote to whom and of the sums what no page
    /// looks back to.
    ///
    /// - Returns: how many messages were forgotten.
    @discardableResult
    public func prune() async throws -> Int {
        let now = now()
        let history = now - Int64(max(days, Limits.historyDays)) * 86_400_000
        try await store.pruneRelationships(before: history)
        try await store.pruneCounts(before: history)
        return try await store.prune(before: now - Int64(days) * 86_400_000)
    }
}
