import Synchronization

/// Answers that were given before, each for its time, in bounded memory.
final class AnswerMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let expires: Int64
    }

    private let entries = Mutex([Key: Entry]())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// - Parameter now: seconds since 1970.
    func value(for key: Key, now: Int64) -> Value? {
        entries.withLock { entries in
            guard let entry = entries[key], entry.expires > now else { return nil }
            return entry.value
        }
    }

    /// - Parameter lifetime: seconds.
    func keep(_ value: Value, for key: Key, lifetime: Int64, now: Int64) {
        entries.withLock { entries in
            if entries.count >= limit {
                entries = entries.filter { $0.value.expires > now }
                if entries.count >= limit { entries.removeAll(keepingCapacity: true) }
            }
            entries[key] = Entry(value: value, expires: now &+ lifetime)
        }
    }
}
