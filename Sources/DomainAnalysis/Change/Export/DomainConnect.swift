public import DNS
import Identities

/// A change as a template of Domain Connect and the link that applies it at the domain's DNS
/// provider.
///
/// The provider must know the template: its file goes into the common collection once. Values
/// travel in the link, as variables of the template, so that one template serves every domain.
public struct DomainConnect: Hashable, Sendable, Codable {
    /// What a link is made with.
    public struct Service: Hashable, Sendable {
        /// `providerId`: a domain of whoever offers the template.
        public var provider: String
        /// `serviceId`.
        public var service: String
        /// `urlSyncUX` of the DNS provider, from `https://HOST/v2/DOMAIN/settings`, where HOST is
        /// the TXT record of `_domainconnect` at the domain.
        public var address: String

        public init(provider: String, service: String, address: String) {
            self.provider = provider
            self.service = service
            self.address = address
        }
    }

    /// The template's file, as it goes into the collection.
    public var template: Template
    /// Where the owner's browser is sent.
    public var link: String
    /// What the template cannot do, as sentences.
    public var leftOut: [String]

    public struct Template: Hashable, Sendable, Codable {
        public var providerId: String
        public var providerName: String
        public var serviceId: String
        public var serviceName: String
        public var version: Int
        public var description: String
        public var warnPhishing: Bool
        public var records: [Record]
    }

    public struct Record: Hashable, Sendable, Codable {
        public var type: String
        public var host: String
        public var data: String?
        public var pointsTo: String?
        public var priority: Int?
        public var ttl: Int
        public var txtConflictMatchingMode: String?
        public var txtConflictMatchingPrefix: String?
    }

    /// - Parameter zone: the zone's apex, where it is not the domain itself.
    public init(_ change: ZoneChange, service: Service, zone: DNSName? = nil) {
        let zone = zone ?? DNSName(change.domain)
        var records: [Record] = []
        var variables: [(String, String)] = []
        var leftOut: [String] = []
        func variable(_ value: String) -> String {
            let name = "value\(variables.count + 1)"
            variables.append((name, value))
            return "%\(name)%"
        }
        for set in change.sets {
            let host = Self.host(set.name, in: zone)
            if set.added.isEmpty, !set.removed.isEmpty {
                leftOut.append(
                    "Take out by hand: \(set.type) \(set.name) "
                        + set.removed.map { $0.presentation(as: set.type) }.joined(separator: ", "))
            }
            for data in set.added {
                let seconds = Int(set.after?.timeToLive ?? ChangeLimits.newTimeToLive)
                guard let host,
                    let record = Self.record(data, set.type, host, seconds, variable)
                else {
                    leftOut.append(
                        "Put in by hand: \(set.type) \(set.name) "
                            + data.presentation(as: set.type))
                    continue
                }
                records.append(record)
            }
        }
        template = Template(
            providerId: service.provider, providerName: service.provider,
            serviceId: service.service, serviceName: service.service, version: 1,
            description: "Records that protect a domain against forged mail.",
            // Values come with the link, so the person has to look where it came from.
            warnPhishing: true, records: records)
        let pairs = [("domain", String(zone.description.dropLast()))] + variables
        link =
            Self.base(service.address) + "/v2/domainTemplates/providers/"
            + Self.coded(service.provider) + "/services/" + Self.coded(service.service) + "/apply?"
            + pairs.map { "\($0)=\(Self.coded($1))" }.joined(separator: "&")
        self.leftOut = leftOut
    }

    private static func record(
        _ data: RecordData, _ type: RecordType, _ host: String, _ seconds: Int,
        _ variable: (String) -> String
    ) -> Record? {
        var record = Record(type: type.description, host: host, ttl: seconds)
        switch data {
        case .txt(let strings):
            // Octets beyond UTF-8 cannot travel in a link's text.
            guard let text = String(validating: Array(strings.joined()), as: UTF8.self) else {
                return nil
            }
            record.data = variable(text)
            guard let version = conflictPrefix(text) else {
                record.txtConflictMatchingMode = "None"
                return record
            }
            record.txtConflictMatchingMode = "Prefix"
            record.txtConflictMatchingPrefix = version
        case .mx(let preference, let exchange):
            record.pointsTo = variable(name(exchange))
            record.priority = Int(preference)
        case .cname(let target): record.pointsTo = variable(name(target))
        case .a(let address), .aaaa(let address): record.pointsTo = variable(address.description)
        default: return nil
        }
        return record
    }

    /// Records of the same kind at the same name are replaced.
    private static func conflictPrefix(_ text: String) -> String? {
        ["v=spf1", "v=DMARC1", "v=DKIM1", "v=STSv1", "v=TLSRPTv1", "v=BIMI1"].first {
            text.lowercased().hasPrefix($0.lowercased())
        }
    }

    private static func name(_ name: DNSName) -> String {
        name.isRoot ? "." : String(name.description.dropLast())
    }

    /// `@` for the zone itself; nil for a name outside.
    private static func host(_ name: DNSName, in zone: DNSName) -> String? {
        guard name.isEqualOrBelow(zone) else { return nil }
        let labels = Array(name.labels.dropLast(zone.labelCount))
        guard !labels.isEmpty else { return "@" }
        guard let text = DNSName(labels: labels)?.description.dropLast() else { return nil }
        // A percent sign would begin a variable.
        return text.contains("%") ? nil : String(text)
    }

    private static func base(_ address: String) -> String {
        var rest = Substring(address)
        while rest.last == "/" { rest = rest.dropLast() }
        return String(rest)
    }

    /// RFC 3986 §2.1: everything but the unreserved letters.
    static func coded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
                || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~")]
                    .contains(byte)
            if isPlain { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
