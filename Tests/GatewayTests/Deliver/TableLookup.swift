import DNS
import Identities
import Synchronization
import Testing

/// DNS from a table, which a test fills and counts.
final class TableLookup: DNSLookup {
    private struct Key: Hashable {
        var name: String
        var type: RecordType
    }

    private struct State {
        var answers: [Key: DNSAnswer] = [:]
        var missing: Set<String> = []
        var isGone = false
        var asked: [String] = []
    }

    private let state = Mutex(State())

    /// The resolver answers nothing any more.
    func setGone(_ isGone: Bool) { state.withLock { $0.isGone = isGone } }

    /// Questions so far, `name type`.
    var asked: [String] { state.withLock { $0.asked } }

    func set(
        _ name: String, _ type: RecordType, _ data: [RecordData], isAuthenticated: Bool = false,
        aliases: [String] = []
    ) {
        let records = data.compactMap { data in
            DNSName(name).map {
                ResourceRecord(name: $0, type: type, timeToLive: 300, data: data)
            }
        }
        state.withLock {
            $0.answers[Key(name: name, type: type)] = DNSAnswer(
                records.isEmpty ? .noData : .records, records: records,
                aliases: aliases.compactMap { DomainName($0) }, isAuthenticated: isAuthenticated,
                timeToLive: 300)
        }
    }

    func fail(_ name: String, _ type: RecordType) {
        state.withLock {
            $0.answers[Key(name: name, type: type)] = DNSAnswer(.failure("no answer"))
        }
    }

    /// The domain does not exist.
    func remove(_ name: String) { state.withLock { _ = $0.missing.insert(name) } }

    /// MX records `preference host`, or `.` for a null MX.
    func setExchanges(
        _ name: String, _ hosts: [(UInt16, String)], isAuthenticated: Bool = false
    ) throws {
        set(
            name, .mx,
            try hosts.map { preference, host in
                .mx(
                    preference: preference,
                    exchange: host == "." ? .root : try #require(DNSName(host)))
            }, isAuthenticated: isAuthenticated)
    }

    func setAddresses(
        _ name: String, _ addresses: [String], isAuthenticated: Bool = false,
        aliases: [String] = []
    ) throws {
        let parsed = try addresses.map { try #require(IPAddress($0)) }
        set(
            name, .a, parsed.filter(\.isIPv4).map { .a($0) }, isAuthenticated: isAuthenticated,
            aliases: aliases)
        set(
            name, .aaaa, parsed.filter { !$0.isIPv4 }.map { .aaaa($0) },
            isAuthenticated: isAuthenticated, aliases: aliases)
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        state.withLock { state in
            state.asked.append("\(name) \(type)")
            if state.isGone { return DNSAnswer(.failure("The resolver does not answer.")) }
            if state.missing.contains(name.text) { return DNSAnswer(.nameError) }
            return state.answers[Key(name: name.text, type: type)] ?? DNSAnswer(.noData)
        }
    }
}

func domain(_ text: String) throws -> DomainName { try #require(DomainName(text)) }
