import DNS
import Identities
import Synchronization

/// One text for every name, which may change.
final class DKIMChangingDNS: DNSLookup {
    private let text: Mutex<String>

    init(_ text: String) {
        self.text = Mutex(text)
    }

    func set(_ new: String) { text.withLock { $0 = new } }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        let octets = Array(text.withLock { $0 }.utf8)
        let strings = [Array(octets.prefix(255)), Array(octets.dropFirst(255))]
        let record = ResourceRecord(
            name: DNSName(name), type: .txt, timeToLive: 300, data: .txt(strings))
        return DNSAnswer(.records, records: [record])
    }
}
