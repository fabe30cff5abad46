public import DNS
public import DNSResolver
public import DomainAnalysis

/// Finds a zone and its servers through a resolver, and asks those servers themselves.
public struct ZoneAsker: ZoneAsking {
    private let lookup: any DNSLookup
    private let exchange: DirectExchange
    private let port: UInt16
    private let timeout: Duration

    /// - Parameter port: where servers of zones listen; another than 53 in tests only.
    public init(
        lookup: any DNSLookup, exchange: DirectExchange = DirectExchange(), port: UInt16 = 53,
        timeout: Duration = Limits.timeout
    ) {
        self.lookup = lookup
        self.exchange = exchange
        self.port = port
        self.timeout = timeout
    }

    public func zone(of name: DNSName) async throws -> ZonePlace {
        var step: DNSName? = name
        for _ in 0..<Limits.zoneSteps {
            guard let current = step, !current.isRoot else { break }
            let answer = await lookup.lookUp(current, .soa)
            if case .failure(let reason) = answer.outcome {
                throw ZoneFault(
                    "The zone of \(name.spoken) cannot be found: \(reason)", isTemporary: true)
            }
            if answer.outcome == .records, answer.aliases.isEmpty,
                case .soa(let soa)? = answer.records.first(where: { $0.name == current })?.data
            {
                guard current.labelCount > 1 else { break }
                return ZonePlace(apex: current, primary: soa.primaryServer)
            }
            step = current.parent
        }
        throw ZoneFault(
            "\(name.spoken) lies in no zone that the DNS knows: is the domain registered?")
    }

    public func servers(of zone: DNSName) async throws -> [ZoneServer] {
        let answer = await lookup.lookUp(zone, .ns)
        guard answer.outcome == .records else {
            throw ZoneFault(
                "The servers of \(zone.spoken) cannot be found: \(Self.reason(answer))",
                isTemporary: answer.isTemporary)
        }
        var servers: [ZoneServer] = []
        for record in answer.records.prefix(Limits.servers) {
            guard case .ns(let host) = record.data else { continue }
            let found = (try? await addresses(of: host)) ?? []
            servers.append(ZoneServer(name: host.description, addresses: found))
        }
        return servers.sorted { $0.name < $1.name }
    }

    public func addresses(of host: DNSName) async throws -> [ResolverAddress] {
        var found: [ResolverAddress] = []
        var reason = ""
        for type in [RecordType.a, .aaaa] {
            let answer = await lookup.lookUp(host, type)
            found += answer.addresses.map { ResolverAddress(address: $0, port: port) }
            if answer.outcome != .records { reason = Self.reason(answer) }
        }
        guard !found.isEmpty else {
            throw ZoneFault(
                "The server \(host.spoken) has no address: \(reason)", isTemporary: true)
        }
        return Array(found.prefix(Limits.addresses))
    }

    public func recordSet(
        _ name: DNSName, _ type: RecordType, at server: ResolverAddress
    ) async throws -> RecordSet? {
        let message: DNSMessage
        do {
            message = try await exchange.ask(name, type, server, timeout: timeout)
        } catch {
            throw ZoneFault("The server \(server) \(error).", isTemporary: true)
        }
        guard message.responseCode == .noError || message.responseCode == .nameError else {
            throw ZoneFault(
                "The server \(server) answered \(message.responseCode).", isTemporary: true)
        }
        guard message.isAuthoritative, !message.isTruncated else {
            throw ZoneFault("The server \(server) does not speak for the zone of \(name.spoken).")
        }
        let records = message.answers.filter {
            $0.name == name && $0.recordClass == .internet
        }
        if type != .cname, let alias = records.first(where: { $0.type == .cname }) {
            throw ZoneFault(
                "\(name.spoken) is an alias (\(alias.data.presentation(as: .cname))): its records are "
                    + "changed there, or the alias is taken out first.")
        }
        let matching = records.filter { $0.type == type }
        guard matching.count <= ChangeLimits.records else {
            throw ZoneFault(
                "\(name.spoken) has more than \(ChangeLimits.records) records of one type.")
        }
        return RecordSet(
            timeToLive: matching.map(\.timeToLive).min() ?? 0, data: matching.map(\.data.canonical))
    }

    private static func reason(_ answer: DNSAnswer) -> String {
        switch answer.outcome {
        case .records: ""
        case .noData: "nothing of the kind is in the DNS."
        case .nameError: "the name does not exist."
        case .failure(let reason): reason
        }
    }
}
