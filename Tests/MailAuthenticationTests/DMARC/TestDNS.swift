import DNS
import Identities
import Testing

/// A DNS made of a zone file, in which some names fail, and which remembers what it was asked.
actor TestDNS: DNSLookup {
    private let zones: ZoneLookup
    private let failing: Set<String>
    private(set) var questions: [String] = []

    init(_ zone: String, failing: Set<String> = []) throws {
        zones = ZoneLookup(records: try ZoneFile.parse("$TTL 300\n" + zone))
        self.failing = failing
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        questions.append(name.text)
        if failing.contains(name.text) { return DNSAnswer(.failure("SERVFAIL")) }
        return await zones.lookUp(name, type)
    }
}

func domain(_ text: String) throws -> DomainName { try #require(DomainName(text)) }
