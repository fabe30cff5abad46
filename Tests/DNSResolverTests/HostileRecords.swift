import DNS
import DNSResolver
import Identities
import Testing

// Short ways to names, records and settings for tests among hostile servers.

func name(_ text: String) throws -> DomainName {
    try #require(DomainName(text))
}

func address(_ query: DNSMessage, _ last: UInt8 = 1, seconds: UInt32 = 300)
    -> ResourceRecord
{
    ResourceRecord(
        name: query.questions[0].name, type: .a, timeToLive: seconds,
        data: .a(IPAddress(ipv4: 0xC000_0200 + UInt32(last))))
}

func soa(_ zone: String, minimum: UInt32) throws -> ResourceRecord {
    let zone = try #require(DNSName(zone))
    return ResourceRecord(
        name: zone, type: .soa, timeToLive: 3_600,
        data: .soa(
            StartOfAuthority(
                primaryServer: zone, responsibleMailbox: zone, serial: 1, refresh: 1, retry: 1,
                expire: 1, minimum: minimum)))
}

func configuration(_ servers: HostileServer...) -> ResolverConfiguration {
    var configuration = ResolverConfiguration(
        servers: servers.compactMap { ResolverAddress("127.0.0.1:\($0.port)") })
    configuration.timeout = .seconds(1)
    configuration.attempts = 1
    configuration.totalTimeout = .seconds(30)
    return configuration
}

func isFailure(_ answer: DNSAnswer) -> Bool {
    if case .failure = answer.outcome { return true }
    return false
}
