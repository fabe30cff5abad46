import DNS

/// Resources of the provider cloudflare/cloudflare: one for each record.
enum TerraformCloudflare {
    static func blocks(
        _ set: RecordSetChange, _ after: RecordSet, label: String
    ) -> [ChangeTerraform.Block]? {
        var blocks: [ChangeTerraform.Block] = []
        for (index, data) in after.data.enumerated() {
            guard let content = content(data, set.type) else { return nil }
            var lines = [
                "zone_id = var.cloudflare_zone_id",
                "name = \(ChangeTerraform.quoted(withoutDot(set.name)))",
                "type = \(ChangeTerraform.quoted(set.type.description))",
                "content = \(ChangeTerraform.quoted(content))",
            ]
            if case .mx(let preference, _) = data { lines.append("priority = \(preference)") }
            // 60 to 86,400; 1 would mean that Cloudflare chooses.
            lines.append("ttl = \(min(max(after.timeToLive, 60), 86_400))")
            blocks.append(
                ChangeTerraform.Block(
                    type: "cloudflare_dns_record", label: "\(label)_\(index + 1)", lines: lines))
        }
        return blocks
    }

    private static func content(_ data: RecordData, _ type: RecordType) -> String? {
        switch data {
        case .txt, .a, .aaaa: data.presentation(as: type)
        case .mx(_, let name), .cname(let name), .ns(let name), .ptr(let name): withoutDot(name)
        default: nil
        }
    }

    /// The root stays a dot: it is what a null MX names.
    private static func withoutDot(_ name: DNSName) -> String {
        name.isRoot ? "." : String(name.description.dropLast())
    }
}
