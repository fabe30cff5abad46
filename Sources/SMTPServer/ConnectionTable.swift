internal import Identities
internal import NIOCore
internal import Synchronization

/// Who is connected, and how often each came in the last minute.
///
/// An IPv6 client has a whole /64 to itself, so that counts as its address.
final class ConnectionTable: Sendable {
    /// What one connection is counted under; given back when it ends.
    struct Place: Sendable {
        fileprivate let address: IPNetwork
        fileprivate let network: IPNetwork
    }

    private struct Entry {
        var open = 0
        var windowStart = NIODeadline.uptimeNanoseconds(0)
        var connections = 0
        var messages = 0

        mutating func renew(_ now: NIODeadline) {
            guard now - windowStart >= .minutes(1) else { return }
            windowStart = now
            connections = 0
            messages = 0
        }
    }

    private struct State {
        var entries: [IPNetwork: Entry] = [:]
        var networks: [IPNetwork: Int] = [:]
        var lastSweep = NIODeadline.uptimeNanoseconds(0)

        /// Forgets who is not here and was not here for a minute.
        mutating func sweep(_ now: NIODeadline) {
            let isFull = entries.count > Limits.trackedAddresses
            guard isFull || now - lastSweep >= .minutes(1) else { return }
            lastSweep = now
            entries = entries.filter {
                $1.open > 0 || !isFull && now - $1.windowStart < .minutes(1)
            }
        }
    }

    private let limits: ServerLimits
    private let state = Mutex(State())

    init(_ limits: ServerLimits) { self.limits = limits }

    /// A place for a connection; nil when its address or network has too many already.
    func enter(_ address: IPAddress, now: NIODeadline) -> Place? {
        guard
            let own = IPNetwork(address: address, prefixLength: address.isIPv4 ? 32 : 64),
            let network = IPNetwork(address: address, prefixLength: address.isIPv4 ? 24 : 48)
        else { return nil }
        return state.withLock { state in
            state.sweep(now)
            var entry = state.entries[own] ?? Entry()
            entry.renew(now)
            entry.connections += 1
            let isOver =
                entry.open >= limits.connectionsPerAddress
                || state.networks[network] ?? 0 >= limits.connectionsPerNetwork
                || limits.connectionsPerMinute > 0
                    && entry.connections > limits.connectionsPerMinute
            if !isOver {
                entry.open += 1
                state.networks[network, default: 0] += 1
            }
            state.entries[own] = entry
            return isOver ? nil : Place(address: own, network: network)
        }
    }

    func leave(_ place: Place) {
        state.withLock { state in
            state.entries[place.address]?.open -= 1
            let left = (state.networks[place.network] ?? 1) - 1
            state.networks[place.network] = left > 0 ? left : nil
        }
    }

    /// Whether one more message of this address fits into the minute.
    func takesMessage(_ place: Place, now: NIODeadline) -> Bool {
        guard limits.messagesPerMinute > 0 else { return true }
        return state.withLock { state in
            guard var entry = state.entries[place.address] else { return true }
            entry.renew(now)
            entry.messages += 1
            state.entries[place.address] = entry
            return entry.messages <= limits.messagesPerMinute
        }
    }
}
