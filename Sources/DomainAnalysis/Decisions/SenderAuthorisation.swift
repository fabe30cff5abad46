public import Identities

/// What has to change in the DNS so that a sender's mail passes as the domain, and what is left to
/// do at the sender: worked out before a person authorises it.
public struct SenderAuthorisation: Hashable, Sendable, Codable {
    /// The records that go and come; empty where nothing has to change.
    public var changes: [DNSChange]
    /// What the changes do, or why there are none.
    public var sentence: String
    /// What remains to be done elsewhere, in the words of the catalogue.
    public var instructions: [String]

    /// - Parameters:
    ///   - spf: the domain's SPF record; nil where it has none.
    ///   - isSPFKnown: false where the DNS did not say; then no change of it is proposed.
    ///   - publishedKeys: names, in lower case, at which the DNS has a key or an alias already.
    public init(
        of sender: PlanSender, domain: DomainName, spf: String?, isSPFKnown: Bool = true,
        publishedKeys: Set<String> = [], catalogue: SenderCatalogue = .embedded
    ) {
        let service = sender.serviceID.flatMap(catalogue.service)
        let failing = PlanNumbers.sum(
            SourceClass.allCases.filter { $0 != .compliant && $0 != .forwarded }.map(sender.count))
        guard failing > 0 else {
            changes = []
            sentence =
                "Nothing has to change in your DNS: all of its mail already proves itself as "
                + "\(domain.text)."
            instructions = []
            return
        }
        let aliases = KnownKeyAlias.of(service?.id ?? "").filter {
            !publishedKeys.contains($0.name(for: domain).lowercased())
        }
        changes = aliases.map {
            DNSChange(
                name: $0.name(for: domain), type: "CNAME", add: [$0.target(for: domain)])
        }
        let include =
            isSPFKnown ? service?.recordWithInclude(spf, spfAligned: sender.spfAligned) : nil
        if let include {
            changes.append(
                DNSChange(
                    name: domain.text, type: "TXT", remove: [spf].compactMap(\.self),
                    add: [include]))
        }
        sentence = Self.sentence(
            sender, service, domain: domain, hasAliases: !aliases.isEmpty,
            hasInclude: include != nil)
        if !isSPFKnown {
            sentence += " Your SPF record could not be looked up, so no change of it is proposed."
        }
        instructions = [PlanWords.advice(service, domain: domain.text)]
    }

    private static func sentence(
        _ sender: PlanSender, _ service: SendingService?, domain: DomainName, hasAliases: Bool,
        hasInclude: Bool
    ) -> String {
        let name = service?.name ?? sender.name
        switch (hasAliases, hasInclude) {
        case (true, true):
            return "Your DNS will let \(name) sign with DKIM as \(domain.text), and your SPF "
                + "record will name its servers."
        case (true, false):
            return "Your DNS will let \(name) sign with DKIM as \(domain.text)."
        case (false, true):
            return "Your SPF record will name the servers of \(name)."
        case (false, false) where service == nil:
            return "Nothing can be proposed for your DNS: the catalogue does not know this "
                + "sender, so the key has to come from whoever runs it."
        case (false, false) where KnownKeyAlias.of(service?.id ?? "").isEmpty:
            return "Nothing can be proposed for your DNS: \(name) makes the records for each "
                + "customer, so copy those that it shows you."
        case (false, false):
            return "Nothing has to change in your DNS: the keys of \(name) are published. What is "
                + "missing has to be switched on there."
        }
    }
}

extension SendingService {
    /// The SPF record with this service's include, where that helps: the service sends with the
    /// domain itself as MAIL FROM, and the record has room for another look-up. Nil where nothing
    /// is to be changed.
    func recordWithInclude(_ spf: String?, spfAligned: Int64) -> String? {
        guard mailFromIsCustomer, category != .transactional, spfAligned == 0,
            let include = spfIncludes.first
        else { return nil }
        guard let spf else { return "v=spf1 include:\(include) ~all" }
        guard var text = SPFText(spf), !text.includes(include), !text.sendsNothing,
            text.lookups < PlanLimits.spfLookups
        else { return nil }
        text.add(include: include)
        return text.render()
    }

    /// The SPF record without this service's includes; nil where it names none of them.
    func recordWithoutIncludes(_ spf: String?) -> String? {
        guard var text = spf.flatMap(SPFText.init) else { return nil }
        let named = spfIncludes.filter { text.includes($0) }
        guard !named.isEmpty else { return nil }
        for include in named { text.remove(include: include) }
        return text.render()
    }
}

/// Advice about a service, for pages that have no plan.
public enum ServiceAdvice {
    /// What the domain's owner has to do so that mail of a service passes.
    ///
    /// - Parameter serviceID: a row of the catalogue; nil for the owner's own servers.
    public static func text(
        serviceID: String?, domain: DomainName, catalogue: SenderCatalogue = .embedded
    ) -> String {
        PlanWords.advice(serviceID.flatMap(catalogue.service), domain: domain.text)
    }

    /// Names at which a service's keys would lie below a domain, to be asked for.
    public static func keyNames(serviceID: String?, domain: DomainName) -> [DomainName] {
        KnownKeyAlias.of(serviceID ?? "").compactMap { DomainName($0.name(for: domain)) }
    }
}
