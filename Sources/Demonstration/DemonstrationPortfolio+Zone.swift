import Identities

extension DemonstrationPortfolio {
    /// A zone file with all names of the demonstration, and nothing else in the world.
    public var zone: String {
        let head = ["; The demonstration's DNS: everything else does not exist.", "$TTL 3600"]
        return (head + lines).joined(separator: "\n") + "\n"
    }

    /// The five domains as zones of a primary server at 127.0.0.1, by name.
    public var primaryZones: [(name: String, text: String)] {
        DemonstrationDomain.all.map { domain in
            let own = lines.filter { line in
                let owner = line.prefix { $0 != " " }
                return owner == "\(domain.name)." || owner.hasSuffix(".\(domain.name).")
            }
            let head = [
                "$TTL 3600",
                "\(domain.name). IN SOA ns1.\(domain.name). hostmaster.\(domain.name). "
                    + "1 3600 600 86400 60",
                "\(domain.name). IN NS ns1.\(domain.name).",
                "ns1.\(domain.name). IN A 127.0.0.1",
            ]
            return (domain.name, (head + own).joined(separator: "\n") + "\n")
        }
    }

    private var lines: [String] {
        var lines: [String] = []
        for domain in DemonstrationDomain.all {
            lines.append("\(domain.name). IN A 192.0.2.1")
            if let record = domain.records.first?.text {
                lines.append("_dmarc.\(domain.name). IN TXT \"\(record)\"")
            }
            if let spf = domain.spf { lines.append("\(domain.name). IN TXT \"\(spf)\"") }
            for (index, exchange) in domain.mx.enumerated() {
                lines.append("\(domain.name). IN MX \(10 * (index + 1)) \(exchange).")
            }
            lines += domain.zone.split(separator: "\n").map(String.init)
            for sender in domain.senders { lines += reverse(of: sender) }
        }
        // Where the keys of services lie that domains name by aliases.
        for name in [
            "s1.domainkey.u1234.wl.sendgrid.net", "zendesk1._domainkey.zendesk.com",
            "zendesk2._domainkey.zendesk.com", "dkim2.mcsv.net", "dkim3.mcsv.net",
            "litesrv._domainkey.mlsend.com",
        ] {
            lines.append(
                "\(name). IN TXT \"v=DKIM1; k=ed25519; "
                    + "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"")
        }
        // What SPF records include: a name without a record would make them an error.
        for name in [
            "spf.protection.outlook.com", "_spf.google.com", "amazonses.com", "mail.zendesk.com",
            "sendgrid.net", "servers.mcsv.net",
        ] {
            lines.append("\(name). IN TXT \"v=spf1 ip4:203.0.113.0/24 ip4:192.0.2.0/24 -all\"")
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
        return lines
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
