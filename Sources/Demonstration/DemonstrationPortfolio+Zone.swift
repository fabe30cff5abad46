import Identities

extension DemonstrationPortfolio {
    /// A zone file with all names of the demonstration, and nothing else in the world.
    public var zone: String {
        var lines = ["; The demonstration's DNS: everything else does not exist.", "$TTL 3600"]
        for domain in DemonstrationDomain.all {
            lines.append("\(domain.name). IN A 192.0.2.1")
            if let record = domain.records.first?.text {
                lines.append("_dmarc.\(domain.name). IN TXT \"\(record)\"")
            }
            if let spf = domain.spf { lines.append("\(domain.name). IN TXT \"\(spf)\"") }
            for (index, exchange) in domain.mx.enumerated() {
                lines.append("\(domain.name). IN MX \(10 * (index + 1)) \(exchange).")
            }
            if !domain.zone.isEmpty { lines.append(domain.zone) }
            for sender in domain.senders { lines += reverse(of: sender) }
        }
        // Who writes to the bank in the gateway's demonstration: a supplier that proves itself from
        // this machine, and a shop that proves nothing.
        lines.append("supplier.example. IN A 192.0.2.2")
        lines.append("supplier.example. IN TXT \"v=spf1 ip4:127.0.0.1 ip6:::1 -all\"")
        lines.append("_dmarc.supplier.example. IN TXT \"v=DMARC1; p=reject\"")
        lines.append("small-shop.example. IN A 192.0.2.3")
        // The botnets' addresses are customers' lines: a name that leads nowhere.
        lines.append("*.18.198.in-addr.arpa. IN PTR dynamic.broadband.example.")
        lines.append("*.19.198.in-addr.arpa. IN PTR pool.mobile.example.")
        // Half of the second network is on a blocklist.
        for third in stride(from: 0, to: 60, by: 2) {
            lines.append("*.\(third).19.198.bl.example. IN A 127.0.0.2")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func reverse(of sender: DemonstrationSender) -> [String] {
        guard let pattern = sender.reverseName else { return [] }
        var lines: [String] = []
        for host in sender.firstHost..<(sender.firstHost + sender.hosts) {
            let text = Self.address(sender.network, host)
            guard let address = IPAddress(text) else { continue }
            let name = pattern.replacing("#", with: String(host))
            lines.append("\(address.reverseName). IN PTR \(name).")
            if sender.isConfirmed { lines.append("\(name). IN A \(text)") }
        }
        return lines
    }
}
