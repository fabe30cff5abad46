public import DNS

/// A change as Terraform: the records as they shall be, one resource for each set.
///
/// Sets that shall be empty have no resource; a comment says what to take out.
public enum ChangeTerraform {
    /// Whose resources are written; each has its own words and its own way to quote.
    public enum Provider: String, CaseIterable, Sendable {
        /// hashicorp/dns, which speaks RFC 2136 itself: `dns_txt_record_set` and others.
        case dns
        /// cloudflare/cloudflare from version 5: `cloudflare_dns_record`.
        case cloudflare
        /// hashicorp/aws: `aws_route53_record`.
        case route53
    }

    /// - Parameter zone: the zone's apex; records are named relative to it where the provider
    ///   wants that.
    public static func render(
        _ change: ZoneChange, provider: Provider = .dns, zone: DNSName? = nil
    ) -> String {
        let zone = zone ?? DNSName(change.domain)
        var text = "# Change of the DNS of \(change.domain): \(ChangeText.plain(change.reason))\n"
        text += head(provider)
        for (index, set) in change.sets.enumerated() {
            text += "\n"
            let label = label(set, index: index)
            for data in set.removed {
                text += "# goes: \(set.type) \(set.name) \(data.presentation(as: set.type))\n"
            }
            guard let after = set.after else {
                text += "# Nothing is left: delete the resource of \(set.type) \(set.name).\n"
                continue
            }
            let resources: [Block]? =
                switch provider {
                case .dns: TerraformDNS.block(set, after, label: label, zone: zone).map { [$0] }
                case .cloudflare: TerraformCloudflare.blocks(set, after, label: label)
                case .route53: TerraformRoute53.block(set, after, label: label).map { [$0] }
                }
            guard let resources else {
                text += "# This provider has no resource for \(set.type) \(set.name):\n"
                for data in after.data { text += "#   \(data.presentation(as: set.type))\n" }
                continue
            }
            text += resources.map { $0.render() }.joined(separator: "\n")
        }
        return text
    }

    private static func head(_ provider: Provider) -> String {
        switch provider {
        case .dns:
            "# Provider hashicorp/dns. Sets that exist already are imported first: terraform import"
                + " RESOURCE NAME\n"
        case .cloudflare:
            "# Provider cloudflare/cloudflare, version 5 or later.\n"
                + "variable \"cloudflare_zone_id\" {\n  type = string\n}\n"
        case .route53:
            "# Provider hashicorp/aws.\n"
                + "variable \"route53_zone_id\" {\n  type = string\n}\n"
        }
    }

    /// A name for the resource that nothing foreign can break: letters, digits and low lines.
    private static func label(_ set: RecordSetChange, index: Int) -> String {
        let name = set.name.labels.map { label in
            label.map { byte -> String in
                let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
                return isPlain ? String(Unicode.Scalar(byte | (byte > 0x39 ? 0x20 : 0))) : "_"
            }.joined()
        }.joined(separator: "_")
        return "r\(index + 1)_\(set.type.description.lowercased())_\(name.prefix(60))"
    }

    /// One resource, before it is written.
    struct Block {
        var type: String
        var label: String
        var lines: [String]

        func render() -> String {
            "resource \"\(type)\" \"\(label)\" {\n"
                + lines.map { "  \($0)\n" }.joined() + "}\n"
        }
    }

    /// A text as a literal of Terraform's language. Templates (`${`, `%{`) are written so that
    /// nothing is put in their place.
    static func quoted(_ text: String) -> String {
        var result = "\""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let opensTemplate = index + 1 < scalars.count && scalars[index + 1] == "{"
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "$" where opensTemplate: result += "\\u0024"
            case "%" where opensTemplate: result += "\\u0025"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    static func list(_ texts: [String]) -> String {
        "[" + texts.map(quoted).joined(separator: ", ") + "]"
    }
}
