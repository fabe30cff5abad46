import DNS
import Identities

/// What lists in the DNS say about a client (RFC 5782), added up by weight.
struct DNSLists: Sendable {
    /// The outcome for one client.
    struct Finding: Sendable {
        var score = 0
        /// The lists that name the client.
        var zones: [DomainName] = []
    }

    let lists: [GatewayOptions.DNSList]
    let lookup: any DNSLookup

    init(_ lists: [GatewayOptions.DNSList], lookup: any DNSLookup) {
        self.lists = Array(lists.prefix(Limits.lists))
        self.lookup = lookup
    }

    /// Asks all lists at once. A list that does not answer says nothing.
    func find(_ client: IPAddress) async -> Finding {
        guard !lists.isEmpty else { return Finding() }
        return await withTaskGroup(of: GatewayOptions.DNSList?.self) { group in
            for list in lists {
                group.addTask { await names(client, list) ? list : nil }
            }
            var finding = Finding()
            for await case let list? in group {
                finding.score += list.weight
                finding.zones.append(list.zone)
            }
            finding.zones.sort()
            return finding
        }
    }

    /// RFC 5782 §2.1: an entry is an address in 127.0.0.0/8. Answers in 127.255.255.0/24 are
    /// errors of the asker's account with some lists, and everything else is a domain for sale.
    private func names(_ client: IPAddress, _ list: GatewayOptions.DNSList) async -> Bool {
        guard let name = Self.name(client, in: list.zone) else { return false }
        let answer = await lookup.lookUp(name, .a)
        return answer.addresses.contains { address in
            let bytes = address.bytes
            return bytes.count == 4 && bytes[0] == 127 && !(bytes[1] == 255 && bytes[2] == 255)
        }
    }

    static func name(_ client: IPAddress, in zone: DomainName) -> DomainName? {
        let reversed = client.reverseName.text
        let suffix = client.isIPv4 ? ".in-addr.arpa" : ".ip6.arpa"
        return DomainName(String(reversed.dropLast(suffix.count)) + "." + zone.text)
    }
}
