import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Synchronization

/// A zone with one server on this machine that shows what a test set.
final class SampleZone: ZoneAsking {
    private let records = Mutex<[String: RecordSet]>([:])
    /// Nothing listens at the first: what is sent is refused at once.
    private let server = Mutex("127.0.0.1:1")

    subscript(name: String) -> RecordSet? {
        get { records.withLock { $0[name] } }
        set { records.withLock { $0[name] = newValue } }
    }

    func zone(of name: DNSName) async throws -> ZonePlace {
        let labels = Array(name.labels.suffix(2))
        guard let apex = DNSName(labels: labels) else { throw ZoneFault("There is no zone.") }
        return ZonePlace(apex: apex, primary: apex)
    }

    func servers(of zone: DNSName) async throws -> [ZoneServer] {
        [ZoneServer(name: "ns.\(zone)", addresses: try await addresses(of: zone))]
    }

    func addresses(of host: DNSName) async throws -> [ResolverAddress] {
        ResolverAddress(server.withLock { $0 }).map { [$0] } ?? []
    }

    /// From now on the zone's server is asked here.
    func move(to address: String) { server.withLock { $0 = address } }

    func recordSet(
        _ name: DNSName, _ type: RecordType, at server: ResolverAddress
    ) async throws -> RecordSet? {
        self["\(type) \(name)"]
    }
}
