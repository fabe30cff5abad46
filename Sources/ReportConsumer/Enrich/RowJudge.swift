import DomainAnalysis
import Identities
import MailAuthentication
import MailReports
import Storage
import Synchronization

/// Says of each row who sent it and what it is, and remembers what it judged, since most rows are
/// alike: one judge serves all tasks of an import.
final class RowJudge: Sendable {
    private let brief: SenderIdentifier
    private let explainer: Explainer
    private let classifier: SourceClassifier
    private let suffixes: PublicSuffixList
    private let networks: NetworkLookup?
    private let mostRemembered: Int
    private let judgements = Mutex<[Key: IdentifiedRecord.Judgement]>([:])
    private let organizationalDomains = Mutex<[DomainName: DomainName]>([:])

    init(
        identifier: SenderIdentifier, suffixes: PublicSuffixList, networks: NetworkLookup? = nil,
        mostRemembered: Int
    ) {
        self.brief = identifier.withoutWords
        self.explainer = Explainer(identifier: identifier, suffixes: suffixes)
        self.classifier = SourceClassifier(
            catalogue: identifier.catalogue, ownDomains: identifier.ownDomains)
        self.suffixes = suffixes
        self.networks = networks
        self.mostRemembered = mostRemembered
    }

    /// Says in words what a judgement rests on. Judgements hold it, and not the judge that
    /// remembers them: neither would ever be freed.
    private final class Explainer: Sendable {
        private let identifier: SenderIdentifier
        private let suffixes: PublicSuffixList

        init(identifier: SenderIdentifier, suffixes: PublicSuffixList) {
            self.identifier = identifier
            self.suffixes = suffixes
        }

        func evidence(of observation: SourceObservation) -> [SenderIdentification.Evidence] {
            identifier.identify(observation) { suffixes.organizationalDomain(of: $0) ?? $0 }
                .evidence
        }
    }

    /// Everything of a row that a judgement depends on; the address counts only by what DNS and
    /// the files of networks say.
    private struct Key: Hashable, Sendable {
        var authenticationSet: AuthenticationSetDigest
        var reasons: [AggregateRecord.OverrideReason]
        var isAligned: Bool
        var reverseName: SourceObservation.ReverseName
        var blocklists: [String]
        var aliases: [DomainName]
        var network: SourceObservation.Network?

        /// What most rows do not have is left out of the hash only where they do not have it.
        func hash(into hasher: inout Hasher) {
            hasher.combine(authenticationSet)
            if !reasons.isEmpty { hasher.combine(reasons) }
            if reverseName != .notAsked { hasher.combine(reverseName) }
            if !blocklists.isEmpty { hasher.combine(blocklists) }
            if !aliases.isEmpty { hasher.combine(aliases) }
            if let network { hasher.combine(network) }
        }
    }

    /// - Parameter aliasTargets: where signing names point to, as far as they were looked up.
    func judge(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact,
        aliasTargets: [DomainName: DomainName] = [:]
    ) -> IdentifiedRecord.Judgement {
        let key = Key(
            authenticationSet: AuthenticationSetDigest(record), reasons: record.reasons,
            isAligned: record.dkimEvaluated == "pass" || record.spfEvaluated == "pass",
            reverseName: fact.reverseName, blocklists: fact.blocklists,
            aliases: aliasTargets.isEmpty
                ? []
                : record.dkim.compactMap { Self.signingName($0).flatMap { aliasTargets[$0] } },
            network: networks.flatMap { networks in
                record.source.flatMap(networks.network(of:))
            })
        if let known = judgements.withLock({ $0[key] }) { return known }
        let fresh = decide(record, fact, key, aliasTargets: aliasTargets)
        return judgements.withLock { known in
            // Another task may have been quicker: one judgement for all of them.
            if let first = known[key] { return first }
            if known.count >= mostRemembered { known.removeAll(keepingCapacity: true) }
            known[key] = fresh
            return fresh
        }
    }

    private func decide(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact, _ key: Key,
        aliasTargets: [DomainName: DomainName]
    ) -> IdentifiedRecord.Judgement {
        let observation = Self.observation(record, fact, key.network, aliasTargets)
        let identification = brief.identify(observation) { organizationalDomain(of: $0) }
        let classification = classifier.classify(
            observation, identification, isAligned: key.isAligned)
        return IdentifiedRecord.Judgement(
            identification: identification, sourceClass: classification.sourceClass,
            reason: classification.sentence, authenticationSet: key.authenticationSet,
            explanation: { [explainer] in explainer.evidence(of: observation) })
    }

    private func organizationalDomain(of name: DomainName) -> DomainName {
        if let known = organizationalDomains.withLock({ $0[name] }) { return known }
        let domain = suffixes.organizationalDomain(of: name) ?? name
        organizationalDomains.withLock { known in
            if known.count >= mostRemembered { known.removeAll(keepingCapacity: true) }
            known[name] = domain
        }
        return domain
    }

    /// The name at which a signature's key is published (RFC 6376 §3.6.2.1).
    static func signingName(
        _ signature: AggregateRecord.DKIMAuthenticationResult
    ) -> DomainName? {
        guard let selector = signature.selector, !selector.isEmpty else { return nil }
        return DomainName("\(selector)._domainkey.\(signature.domain)")
    }

    private static func observation(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact,
        _ network: SourceObservation.Network?, _ aliasTargets: [DomainName: DomainName]
    ) -> SourceObservation {
        // A HELO name is what the client chose to say: it never tells who sends.
        let spf = record.spf.first { $0.scope != "helo" }
        let mailFrom = spf.flatMap { DomainName($0.domain) }
        return SourceObservation(
            address: record.source, reverseName: fact.reverseName,
            headerFrom: DomainName(record.headerFrom),
            mailFrom: mailFrom ?? record.envelopeFrom.flatMap { DomainName($0) },
            spfResult: spf?.result ?? "none",
            dkim: record.dkim.compactMap { result in
                DomainName(result.domain).map {
                    .init(
                        domain: $0, selector: result.selector, result: result.result,
                        aliasTarget: aliasTargets.isEmpty
                            ? nil : signingName(result).flatMap { aliasTargets[$0] })
                }
            },
            overrides: record.reasons.map { .init(type: $0.type, comment: $0.comment) },
            network: network, blocklists: fact.blocklists)
    }
}
