import DNS

/// The resource of the provider hashicorp/aws.
enum TerraformRoute53 {
    static func block(
        _ set: RecordSetChange, _ after: RecordSet, label: String
    ) -> ChangeTerraform.Block? {
        let known: [RecordType] = [.txt, .mx, .a, .aaaa, .cname, .ns, .ptr, .srv, .caa]
        guard known.contains(set.type) else { return nil }
        let records = after.data.map { data -> String in
            guard case .txt(let strings) = data else { return data.presentation(as: set.type) }
            // The provider puts the outer quotation marks itself.
            return strings.map { TerraformQuoting.octalText($0) }.joined(separator: "\"\"")
        }
        return ChangeTerraform.Block(
            type: "aws_route53_record", label: label,
            lines: [
                "zone_id = var.route53_zone_id",
                "name = \(ChangeTerraform.quoted(String(set.name.description.dropLast())))",
                "type = \(ChangeTerraform.quoted(set.type.description))",
                "ttl = \(after.timeToLive)",
                "records = \(ChangeTerraform.list(records))",
                "allow_overwrite = true",
            ])
    }
}
