/// The services we can recognise, each with the source of what we say about it.
///
/// To recognise a service never authorises it: the catalogue says who carries a message, not
/// whether the domain's owner asked for it.
public struct SenderCatalogue: Sendable {
    public let services: [SendingService]
    /// Tells one state of the catalogue from another (FNV-1a over its octets; no security rests
    /// on it).
    public let digest: String

    private let tables: Tables

    /// Shared by all copies of the catalogue, which are many.
    private final class Tables: Sendable {
        let dkimDomains: SuffixIndex
        let dkimTargets: SuffixIndex
        let mailFromSuffixes: SuffixIndex
        let reverseNames: SuffixIndex
        let mailFromLabels: [String: Int]
        let selectors: [String: Int]
        let positions: [String: Int]
        let deadIncludeOwners: [String: Int]
        let includeOwners: [String: Int]

        init(
            dkimDomains: SuffixIndex, dkimTargets: SuffixIndex, mailFromSuffixes: SuffixIndex,
            reverseNames: SuffixIndex, mailFromLabels: [String: Int], selectors: [String: Int],
            positions: [String: Int], deadIncludeOwners: [String: Int],
            includeOwners: [String: Int]
        ) {
            self.dkimDomains = dkimDomains
            self.dkimTargets = dkimTargets
            self.mailFromSuffixes = mailFromSuffixes
            self.reverseNames = reverseNames
            self.mailFromLabels = mailFromLabels
            self.selectors = selectors
            self.positions = positions
            self.deadIncludeOwners = deadIncludeOwners
            self.includeOwners = includeOwners
        }
    }

    var dkimDomains: SuffixIndex { tables.dkimDomains }
    var dkimTargets: SuffixIndex { tables.dkimTargets }
    var mailFromSuffixes: SuffixIndex { tables.mailFromSuffixes }
    var reverseNames: SuffixIndex { tables.reverseNames }
    /// Labels below the customer's domain, and selector names; -1 where several services use one.
    var mailFromLabels: [String: Int] { tables.mailFromLabels }
    var selectors: [String: Int] { tables.selectors }

    /// The catalogue that this product carries.
    public static let embedded: SenderCatalogue = {
        do {
            return try SenderCatalogue(tsv: PackageResources.senders_tsv)
        } catch {
            preconditionFailure("The built-in catalogue is damaged. \(error)")
        }
    }()

    /// Reads a catalogue: a header line, then one row a line, cells separated by tabs and the
    /// entries of a cell by semicolons. A row without source or date is refused.
    public init(tsv: [UInt8]) throws(CatalogueError) {
        let rows = try CatalogueReader.read(tsv)
        var dkimDomains = SuffixIndex()
        var dkimTargets = SuffixIndex()
        var mailFromSuffixes = SuffixIndex()
        var reverseNames = SuffixIndex()
        var labels: [String: Int] = [:]
        var selectors: [String: Int] = [:]
        var positions: [String: Int] = [:]
        var dead: [String: Int] = [:]
        var includes: [String: Int] = [:]
        for (index, row) in rows.enumerated() {
            let service = row.service
            guard positions.updateValue(index, forKey: service.id) == nil else {
                throw CatalogueError(
                    line: row.line, problem: "The id “\(service.id)” is used twice.",
                    cure: "Give each service an id of its own.")
            }
            try Self.insert(service.dkimDomains, of: index, line: row.line, into: &dkimDomains)
            try Self.insert(service.dkimTargets, of: index, line: row.line, into: &dkimTargets)
            try Self.insert(
                service.mailFromSuffixes, of: index, line: row.line, into: &mailFromSuffixes)
            try Self.insert(
                service.reverseNameSuffixes, of: index, line: row.line, into: &reverseNames)
            for label in service.mailFromLabels {
                labels[label] = labels[label] == nil ? index : -1
            }
            for selector in service.dkimSelectors {
                selectors[selector] = selectors[selector] == nil ? index : -1
            }
            for include in service.deadIncludes { dead[include] = index }
            for include in service.spfIncludes where includes[include] == nil {
                includes[include] = index
            }
        }
        self.services = rows.map(\.service)
        self.digest = Self.digest(of: tsv)
        self.tables = Tables(
            dkimDomains: dkimDomains, dkimTargets: dkimTargets, mailFromSuffixes: mailFromSuffixes,
            reverseNames: reverseNames, mailFromLabels: labels, selectors: selectors,
            positions: positions, deadIncludeOwners: dead, includeOwners: includes)
    }

    /// The service of a `service:` key's id.
    public func service(_ id: String) -> SendingService? {
        tables.positions[id].map { services[$0] }
    }

    /// The service for which a name circulates as an SPF include although it publishes no SPF
    /// record.
    public func serviceOfDeadInclude(_ name: String) -> SendingService? {
        tables.deadIncludeOwners[name.lowercased()].map { services[$0] }
    }

    /// The service that tells its customers to include this name.
    public func serviceOfInclude(_ name: String) -> SendingService? {
        tables.includeOwners[name.lowercased()].map { services[$0] }
    }

    private static func insert(
        _ patterns: [DomainPattern], of index: Int, line: Int, into table: inout SuffixIndex
    ) throws(CatalogueError) {
        for pattern in patterns where !table.insert(pattern, service: index) {
            throw CatalogueError(
                line: line, problem: "“\(pattern)” already belongs to another service.",
                cure: "Leave it with the service that runs it.")
        }
    }

    private static func digest(of bytes: [UInt8]) -> String {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            value ^= UInt64(byte)
            value &*= 0x0000_0100_0000_01b3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
