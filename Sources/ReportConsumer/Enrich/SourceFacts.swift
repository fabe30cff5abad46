public import DNS
public import Identities

import DomainAnalysis

/// What DNS says of source addresses today: their confirmed names, and the blocklists they are on.
///
/// Today's DNS is no proof of what it said when the mail was sent; it is kept with the day on which
/// it was asked, and a resolver that does not answer only makes senders harder to name.
public actor SourceFacts {
    /// Look-ups that may be under way at once.
    static let concurrency = 64
    /// Failures in a row after which DNS is left alone for the rest of the run.
    static let patience = 8
    /// Names of one address that are checked.
    static let namesChecked = 3
    /// Addresses remembered.
    static let mostAddresses = 100_000

    /// What was found out about one address.
    struct Fact: Sendable {
        var reverseName: SourceObservation.ReverseName
        var blocklists: [String]
        static let notAsked = Fact(reverseName: .notAsked, blocklists: [])
    }

    private let lookup: (any DNSLookup)?
    private nonisolated let blocklists: [DomainName]
    /// Files of networks on this machine: asked without waiting, and for every row.
    nonisolated let networks: NetworkLookup?
    private var known: [IPAddress: Fact] = [:]
    private var knownTargets: [DomainName: DomainName?] = [:]
    private var failuresInARow = 0
    /// True once the resolver was given up: it failed too often in a row.
    public private(set) var gaveUp = false

    /// - Parameters:
    ///   - lookup: nil leaves every address unnamed.
    ///   - blocklists: zones in which a reversed address is looked up (RFC 5782).
    ///   - networks: which network and country an address belongs to.
    public init(
        lookup: (any DNSLookup)?, blocklists: [DomainName] = [], networks: NetworkLookup? = nil
    ) {
        self.lookup = lookup
        self.blocklists = blocklists
        self.networks = networks
    }

    nonisolated var isIdle: Bool { lookup == nil }

    /// Where facts come from, in a line that tells one set of sources from another.
    nonisolated var basis: String {
        let files = networks?.editions.joined(separator: ", ") ?? "none"
        return "DNS \(isIdle ? "off" : "on"); "
            + "blocklists \(blocklists.map(\.text).joined(separator: ", ")); networks \(files)"
    }

    /// Files of networks of which some entries could not be read.
    public nonisolated var damagedNetworks: [String] { networks?.damaged ?? [] }

    /// Finds out about addresses; every one asked for is in the result.
    func facts(for addresses: some Sequence<IPAddress> & Sendable) async -> [IPAddress: Fact] {
        guard let lookup else { return [:] }
        var found: [IPAddress: Fact] = [:]
        var missing: [IPAddress] = []
        for address in addresses {
            if let fact = known[address] { found[address] = fact } else { missing.append(address) }
        }
        let blocklists = blocklists
        var next = 0
        await withTaskGroup(of: (IPAddress, Fact?).self) { group in
            func add() {
                guard next < missing.count, !gaveUp else { return }
                let address = missing[next]
                next += 1
                group.addTask {
                    (address, await Self.ask(lookup, address, blocklists: blocklists))
                }
            }
            for _ in 0..<min(Self.concurrency, missing.count) { add() }
            while let (address, fact) = await group.next() {
                if let fact {
                    failuresInARow = 0
                    found[address] = fact
                    remember(address, fact)
                } else {
                    failuresInARow += 1
                    if failuresInARow >= Self.patience { gaveUp = true }
                }
                add()
            }
        }
        return found
    }

    /// Where signing names (`selector._domainkey.domain`) point to, for those that are aliases: a
    /// service's customers publish its keys by CNAME.
    func aliasTargets(
        of names: some Sequence<DomainName> & Sendable
    ) async -> [DomainName: DomainName] {
        guard let lookup else { return [:] }
        var found: [DomainName: DomainName] = [:]
        var missing: [DomainName] = []
        for name in names {
            switch knownTargets[name] {
            case .some(.some(let target)): found[name] = target
            case .some(.none): continue
            case .none: missing.append(name)
            }
        }
        var next = 0
        await withTaskGroup(of: (DomainName, DNSAnswer).self) { group in
            func add() {
                guard next < missing.count, !gaveUp else { return }
                let name = missing[next]
                next += 1
                group.addTask { (name, await lookup.lookUp(name, .txt)) }
            }
            for _ in 0..<min(Self.concurrency, missing.count) { add() }
            while let (name, answer) = await group.next() {
                if case .failure = answer.outcome {
                    failuresInARow += 1
                    if failuresInARow >= Self.patience { gaveUp = true }
                } else {
                    failuresInARow = 0
                    if knownTargets.count >= Self.mostAddresses { knownTargets.removeAll() }
                    // Nil for a name that is no alias: known, and not asked again.
                    knownTargets[name] = .some(answer.aliases.first)
                    if let target = answer.aliases.first { found[name] = target }
                }
                add()
            }
        }
        return found
    }

    private func remember(_ address: IPAddress, _ fact: Fact) {
        if known.count >= Self.mostAddresses { known.removeAll() }
        known[address] = fact
    }

    /// Nil when the resolver failed.
    private static func ask(
        _ lookup: any DNSLookup, _ address: IPAddress, blocklists: [DomainName]
    ) async -> Fact? {
        let answer = await lookup.lookUp(address.reverseName, .ptr)
        if case .failure = answer.outcome { return nil }
        var reverseName = SourceObservation.ReverseName.none
        for name in answer.pointers.prefix(namesChecked) {
            let forward = await lookup.lookUp(name, address.isIPv4 ? .a : .aaaa)
            if forward.addresses.contains(address) {
                reverseName = .confirmed(name)
                break
            }
            if reverseName == .none { reverseName = .unconfirmed(name) }
        }
        var listed: [String] = []
        for zone in blocklists {
            guard let name = listName(address, zone) else { continue }
            let entry = await lookup.lookUp(name, .a)
            // RFC 5782 §2.1: only addresses in 127.0.0.0/8 are listings; 127.255.255.0/24 is
            // used by lists to say "you may not ask".
            if entry.addresses.contains(where: {
                $0.isIPv4 && $0.bytes[0] == 127 && $0.bytes.prefix(3) != [127, 255, 255]
            }) {
                listed.append(zone.text)
            }
        }
        return Fact(reverseName: reverseName, blocklists: listed)
    }

    /// `2.0.0.127.zone`: the reversed address without its `in-addr.arpa` or `ip6.arpa`.
    private static func listName(_ address: IPAddress, _ zone: DomainName) -> DomainName? {
        let labels = address.reverseName.labels.dropLast(2)
        return DomainName(labels.joined(separator: ".") + "." + zone.text)
    }
}
