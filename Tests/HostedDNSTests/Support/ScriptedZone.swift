import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Synchronization

/// A zone with several servers whose records a test sets; no network.
final class ScriptedZone: ZoneAsking {
    struct State {
        var servers: [String: RecordSet?] = [:]
        var silent: Set<String> = []
        var isLost = false
    }

    let state = Mutex(State())

    /// Each server has an address of its own, by the order of names.
    init(_ servers: [String], _ set: RecordSet?) {
        state.withLock { for name in servers { $0.servers[name] = .some(set) } }
    }

    func show(_ set: RecordSet?, on names: String...) {
        state.withLock { for name in names { $0.servers[name] = .some(set) } }
    }

    func silence(_ names: String...) { state.withLock { $0.silent = Set(names) } }
    func lose(_ isLost: Bool) { state.withLock { $0.isLost = isLost } }

    func zone(of name: DNSName) async throws -> ZonePlace {
        guard !state.withLock(\.isLost) else {
            throw ZoneFault("The zone cannot be found.", isTemporary: true)
        }
        let apex = DNSName("example.com") ?? .root
        return ZonePlace(apex: apex, primary: apex)
    }

    func servers(of zone: DNSName) async throws -> [ZoneServer] {
        state.withLock { state in
            state.servers.keys.sorted().enumerated().map { index, name in
                ZoneServer(name: name, addresses: Self.addresses(index))
            }
        }
    }

    private static func addresses(_ index: Int) -> [ResolverAddress] {
        ResolverAddress("127.0.0.1:\(1_000 + index)").map { [$0] } ?? []
    }

    func addresses(of host: DNSName) async throws -> [ResolverAddress] { Self.addresses(0) }

    func recordSet(
        _ name: DNSName, _ type: RecordType, at server: ResolverAddress
    ) async throws -> RecordSet? {
        try state.withLock { state in
            let names = state.servers.keys.sorted()
            let host = names[Int(server.port) - 1_000]
            guard !state.silent.contains(host) else {
                throw ZoneFault("It does not answer.", isTemporary: true)
            }
            return state.servers[host] ?? nil
        }
    }
}
