import Identities
import Synchronization

/// Counts what each client does within a minute, in bounded memory.
///
/// Two minutes are kept; the older one counts by the share of it that still lies within the last
/// sixty seconds, so that nobody gains by waiting for the full minute.
final class RateLimiter: Sendable {
    private struct State {
        var minute: Int64 = 0
        var current: [IPAddress: Int] = [:]
        var previous: [IPAddress: Int] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    init(perMinute limit: Int) {
        self.limit = limit
    }

    /// Counts one event; false when the client has had its share.
    ///
    /// - Parameter now: seconds since 1970.
    func take(_ client: IPAddress, now: Int64) -> Bool {
        let key = Self.key(client)
        return state.withLock { state in
            turn(&state, now)
            let used = state.current[key, default: 0]
            guard Self.weighed(used, state.previous[key] ?? 0, now) < limit else { return false }
            // A flood from too many addresses empties the memory, not the machine.
            if state.current.count >= Limits.rememberedClients { state.current.removeAll() }
            state.current[key] = used + 1
            return true
        }
    }

    /// Whether the client has had its share, without counting.
    func isExhausted(_ client: IPAddress, now: Int64) -> Bool {
        let key = Self.key(client)
        return state.withLock { state in
            turn(&state, now)
            return Self.weighed(state.current[key] ?? 0, state.previous[key] ?? 0, now) >= limit
        }
    }

    private func turn(_ state: inout State, _ now: Int64) {
        let minute = now / 60
        guard minute != state.minute else { return }
        state.previous = minute == state.minute + 1 ? state.current : [:]
        state.current = [:]
        state.minute = minute
    }

    private static func weighed(_ current: Int, _ previous: Int, _ now: Int64) -> Int {
        current + previous * Int(60 - now % 60) / 60
    }

    /// A holder of IPv6 has a /64 and more to choose from.
    private static func key(_ address: IPAddress) -> IPAddress {
        guard !address.isIPv4 else { return address }
        let bytes = Array(address.bytes.prefix(8)) + [UInt8](repeating: 0, count: 8)
        return IPAddress(bytes: bytes) ?? address
    }
}
