public import DNS
import FoundationEssentials

/// Every form in which a change leaves the house.
public enum ChangeExport: String, CaseIterable, Sendable {
    case text, json, zone, terraform
    case terraformCloudflare = "terraform-cloudflare"
    case terraformRoute53 = "terraform-route53"
    case domainConnect = "domain-connect"

    /// - Parameters:
    ///   - zone: the zone's apex, where it is known and is not the domain.
    ///   - service: for Domain Connect.
    public func render(
        _ change: ZoneChange, zone: DNSName? = nil, service: DomainConnect.Service = .example
    ) throws -> String {
        switch self {
        case .text: ChangeText.render(change)
        case .json: try Self.json(change)
        case .zone: ChangeZoneLines.render(change)
        case .terraform: ChangeTerraform.render(change, provider: .dns, zone: zone)
        case .terraformCloudflare:
            ChangeTerraform.render(change, provider: .cloudflare, zone: zone)
        case .terraformRoute53: ChangeTerraform.render(change, provider: .route53, zone: zone)
        case .domainConnect:
            try Self.json(DomainConnect(change, service: service, zone: zone))
        }
    }

    /// The same with the zone's apex as a text, as it is kept.
    public func render(_ change: ZoneChange, zoneName: String?) throws -> String {
        try render(change, zone: zoneName.flatMap { DNSName($0) })
    }

    /// Letters that nobody sees, or that turn the direction of others, by their numbers: outside
    /// ASCII there is nothing in JSON but the insides of texts.
    private static func steady(_ json: String) -> String {
        var result = ""
        for scalar in json.unicodeScalars {
            guard scalar.value >= 0x7F, ChangeText.isUnseen(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return steady(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
    }
}

extension DomainConnect.Service {
    /// Stands for the provider until somebody names the real one.
    public static let example = DomainConnect.Service(
        provider: "sealgate.example", service: "mail-protection",
        address: "https://PROVIDER.example")
}
