import DNS
import Identities
import Synchronization

/// A table of TXT records by name, which counts what it is asked.
final class DKIMTestDNS: DNSLookup {
    private let texts: [String: [String]]
    private let failures: Set<String>
    private let isAuthenticated: Bool
    private let count = Mutex(0)

    init(
        _ texts: [String: [String]] = [:], failures: Set<String> = [],
        isAuthenticated: Bool = false
    ) {
        self.texts = texts
        self.failures = failures
        self.isAuthenticated = isAuthenticated
    }

    /// Look-ups so far.
    var asked: Int { count.withLock { $0 } }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        count.withLock { $0 += 1 }
        if failures.contains(name.text) { return DNSAnswer(.failure("The server timed out.")) }
        guard type == .txt, let found = texts[name.text] else { return DNSAnswer(.nameError) }
        let records = found.map { text in
            // As a zone file would: strings of at most 255 octets.
            var strings: [[UInt8]] = []
            var rest = Array(text.utf8)[...]
            repeat {
                strings.append(Array(rest.prefix(255)))
                rest = rest.dropFirst(255)
            } while !rest.isEmpty
            return ResourceRecord(
                name: DNSName(name), type: .txt, timeToLive: 300, data: .txt(strings))
        }
        return DNSAnswer(.records, records: records, isAuthenticated: isAuthenticated)
    }
}
