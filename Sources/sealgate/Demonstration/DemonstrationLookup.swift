import DNS
import DNSResolver
import Identities

/// The demonstration's DNS: its own zones as the primary server answers them now, everything else
/// from the zone file.
struct DemonstrationLookup: DNSLookup {
    let world: ZoneLookup
    let primary: DemonstrationPrimary
    private let exchange = DirectExchange()

    private static let timeout: Duration = .seconds(5)
    private static let aliasLimit = 8

    init(world: ZoneLookup, primary: DemonstrationPrimary) {
        self.world = world
        self.primary = primary
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        await lookUp(DNSName(name), type)
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        var name = name
        var aliases: [DomainName] = []
        while aliases.count < Self.aliasLimit {
            guard primary.zones.contains(where: { name.isEqualOrBelow($0) }) else {
                var answer = await world.lookUp(name, type)
                answer.aliases = aliases + answer.aliases
                return answer
            }
            let message: DNSMessage
            do {
                message = try await exchange.ask(
                    name, type, primary.server, timeout: Self.timeout)
            } catch {
                return DNSAnswer(.failure("The demonstration's primary server \(error)."))
            }
            let records = message.answers.filter { $0.name == name }
            let found = records.filter { $0.type == type }
            guard found.isEmpty else {
                return DNSAnswer(
                    .records, records: found, aliases: aliases,
                    timeToLive: found.map(\.timeToLive).min() ?? 0)
            }
            guard case .cname(let target)? = records.first(where: { $0.type == .cname })?.data,
                let alias = target.domainName
            else {
                let code = message.responseCode
                return code == .noError || code == .nameError
                    ? DNSAnswer(code == .noError ? .noData : .nameError, aliases: aliases)
                    : DNSAnswer(
                        .failure("The demonstration's primary server answered \(code)."))
            }
            aliases.append(alias)
            name = target
        }
        return DNSAnswer(.failure("The chain of aliases is too long."), aliases: aliases)
    }
}
