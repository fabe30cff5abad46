import Glibc
import Synchronization

/// Passes octets on between a client and a server, and cuts connections at random octets.
final class CuttingProxy: Sendable {
    private struct State {
        var random: UInt64
        var cutsLeft: Int
        var cuts = 0
    }

    private let state: Mutex<State>
    private let mostOctets: Int
    private let target: Int
    private let server: Mutex<LocalServer?>
    let port: Int

    /// - Parameter mostOctets: octets after which a connection is cut at the latest.
    init(to target: Int, seed: UInt64, cuts: Int, mostOctets: Int) throws {
        self.target = target
        self.mostOctets = mostOctets
        let state = Mutex(State(random: seed, cutsLeft: cuts))
        self.state = state
        server = Mutex(nil)
        final class Reference: Sendable {
            let proxy = Mutex<CuttingProxy?>(nil)
        }
        let reference = Reference()
        let made = try LocalServer { wire in
            let proxy = reference.proxy.withLock { $0 }
            proxy?.pass(wire)
        }
        port = made.port
        server.withLock { $0 = made }
        reference.proxy.withLock { $0 = self }
    }

    var cuts: Int { state.withLock { $0.cuts } }

    func stop() { server.withLock { $0 }?.stop() }

    /// Octets that a connection lives; nil for one that is never cut.
    private func budget() -> Int? {
        state.withLock { state in
            guard state.cutsLeft > 0 else { return nil }
            state.cutsLeft -= 1
            state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state.random >> 33) % mostOctets
        }
    }

    private func pass(_ client: Wire) {
        guard let server = LocalServer.connect(target) else { return }
        let left = Mutex(budget() ?? .max)
        final class Lane: Sendable {
            let left: Mutex<Int>
            let isDone = Atomic<Bool>(false)
            init(_ left: consuming Mutex<Int>) { self.left = left }
        }
        let lane = Lane(left)
        @Sendable func copy(_ from: Wire, _ to: Wire) {
            while true {
                let octets = from.receive()
                guard !octets.isEmpty else { break }
                let allowed = lane.left.withLock { left in
                    let count = min(left, octets.count)
                    if left != .max { left -= count }
                    return count
                }
                guard to.send(octets.prefix(allowed)), allowed == octets.count else {
                    if allowed < octets.count { state.withLock { $0.cuts += 1 } }
                    break
                }
            }
            from.cut()
            to.cut()
        }
        LocalServer.detach {
            copy(server, client)
            lane.isDone.store(true, ordering: .releasing)
        }
        copy(client, server)
        while !lane.isDone.load(ordering: .acquiring) { usleep(1_000) }
        close(server.descriptor)
    }
}
