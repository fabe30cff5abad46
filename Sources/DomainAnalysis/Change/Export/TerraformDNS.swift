import DNS

/// Resources of the provider hashicorp/dns.
enum TerraformDNS {
    static func block(
        _ set: RecordSetChange, _ after: RecordSet, label: String, zone: DNSName
    ) -> ChangeTerraform.Block? {
        guard set.name.isEqualOrBelow(zone), let (type, records) = resource(set.type, after) else {
            return nil
        }
        var lines = ["zone = \(ChangeTerraform.quoted(zone.description))"]
        if set.name != zone {
            lines.append("name = \(ChangeTerraform.quoted(relative(set.name, to: zone)))")
        }
        lines += records
        lines.append("ttl = \(after.timeToLive)")
        return ChangeTerraform.Block(type: type, label: label, lines: lines)
    }

    /// The name without the zone's and without its last dot.
    private static func relative(_ name: DNSName, to zone: DNSName) -> String {
        let labels = name.labels.dropLast(zone.labelCount)
        return (DNSName(labels: Array(labels))?.description.dropLast()).map(String.init) ?? ""
    }

    private static func resource(
        _ type: RecordType, _ after: RecordSet
    ) -> (type: String, lines: [String])? {
        let texts = after.presentations(as: type)
        switch type {
        case .txt:
            return ("dns_txt_record_set", ["txt = \(ChangeTerraform.list(after.data.map(text)))"])
        case .mx:
            return (
                "dns_mx_record_set",
                after.data.flatMap { data -> [String] in
                    guard case .mx(let preference, let exchange) = data else { return [] }
                    return nested(
                        "mx",
                        [
                            "preference = \(preference)",
                            "exchange = \(ChangeTerraform.quoted(exchange.description))",
                        ])
                }
            )
        case .srv:
            return (
                "dns_srv_record_set",
                after.data.flatMap { data -> [String] in
                    guard case .srv(let priority, let weight, let port, let target) = data else {
                        return []
                    }
                    return nested(
                        "srv",
                        [
                            "priority = \(priority)", "weight = \(weight)", "port = \(port)",
                            "target = \(ChangeTerraform.quoted(target.description))",
                        ])
                }
            )
        case .a: return ("dns_a_record_set", ["addresses = \(ChangeTerraform.list(texts))"])
        case .aaaa: return ("dns_aaaa_record_set", ["addresses = \(ChangeTerraform.list(texts))"])
        case .ns: return ("dns_ns_record_set", ["nameservers = \(ChangeTerraform.list(texts))"])
        case .cname:
            return ("dns_cname_record", ["cname = \(ChangeTerraform.quoted(texts[0]))"])
        case .ptr: return ("dns_ptr_record", ["ptr = \(ChangeTerraform.quoted(texts[0]))"])
        default: return nil
        }
    }

    private static func nested(_ name: String, _ lines: [String]) -> [String] {
        ["\(name) {"] + lines.map { "  \($0)" } + ["}"]
    }

    /// The provider puts the text between the quotation marks of a zone file, so it has to be
    /// escaped as one; strings are joined, for it cuts them itself.
    private static func text(_ data: RecordData) -> String {
        guard case .txt(let strings) = data else { return "" }
        return TerraformQuoting.zoneText(strings.joined())
    }
}

/// How records are escaped inside Terraform's literals.
enum TerraformQuoting {
    /// As between the quotation marks of a zone file (RFC 1035 §5.1), numbers in decimal digits.
    static func zoneText(_ octets: some Sequence<UInt8>) -> String {
        escaped(octets) { number in String(number) }
    }

    /// Route 53 wants numbers in octal digits.
    static func octalText(_ octets: some Sequence<UInt8>) -> String {
        escaped(octets) { number in String(number, radix: 8) }
    }

    private static func escaped(
        _ octets: some Sequence<UInt8>, number: (UInt8) -> String
    ) -> String {
        var text = ""
        for byte in octets {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                text += "\\" + String(Unicode.Scalar(byte))
            } else if byte < 0x20 || byte >= 0x7F {
                let digits = number(byte)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            } else {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text
    }
}
