/// The network of an address: the last resort for a name, and a fact beside stronger evidence.
///
/// A network says whose cables a message came over, not who wrote it: it never makes a name surer,
/// and never names a service.
extension SenderIdentifier {
    /// A source of which nothing better than its network is known; nil without a network's number.
    func network(
        _ observation: SourceObservation, before weaker: [SenderIdentification.Evidence]
    ) -> SenderIdentification? {
        guard let network = observation.network, let number = network.number,
            let evidence = Self.evidence(network)
        else { return nil }
        let organisation = network.organisation?.prefix(SourceLimits.quotedLength)
        return SenderIdentification(
            key: "network:AS\(number)", name: organisation.map(String.init) ?? "AS\(number)",
            serviceID: nil, confidence: .weak, evidence: [evidence] + weaker)
    }

    /// The same identification with the network among its evidence, before any selector's name.
    func adding(
        _ network: SourceObservation.Network?, to identification: SenderIdentification
    ) -> SenderIdentification {
        guard let network, let evidence = Self.evidence(network),
            !identification.evidence.contains(where: { $0.kind == .network })
        else { return identification }
        var result = identification
        let place = result.evidence.firstIndex { $0.kind == .selector } ?? result.evidence.endIndex
        result.evidence.insert(evidence, at: place)
        return result
    }

    private static func evidence(
        _ network: SourceObservation.Network
    ) -> SenderIdentification.Evidence? {
        let organisation = network.organisation.map { String($0.prefix(SourceLimits.quotedLength)) }
        var seen: String
        switch (network.number, organisation) {
        case (let number?, let name?): seen = "The address is in AS\(number) (\(name))"
        case (let number?, nil): seen = "The address is in AS\(number)"
        case (nil, let name?): seen = "The address is in a network of \(name)"
        case (nil, nil):
            guard let country = network.country else { return nil }
            return .init(
                kind: .network, observation: "The address is in the country \(country)",
                match: "a country says nothing about who sends")
        }
        if let country = network.country { seen += ", country \(country)" }
        return .init(
            kind: .network, observation: seen,
            match: "a network only says whose cables the message came over")
    }
}
