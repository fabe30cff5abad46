import DomainAnalysis
import Identities
import MailAuthentication
import MailReports
import Storage
import Synchronization

/// Says of each row who sent it and what it is. One judge serves one task: it remembers what it
/// judged, since most rows of a report are alike.
struct RowJudge: Sendable {
    let identifier: SenderIdentifier
    let classifier: SourceClassifier
    let suffixes: PublicSuffixList
    let mostRemembered: Int
    private var judgements: [Key: IdentifiedRecord.Judgement] = [:]
    private var organizationalDomains: [DomainName: DomainName] = [:]

    init(identifier: SenderIdentifier, suffixes: PublicSuffixList, mostRemembered: Int) {
        self.identifier = identifier
        self.classifier = SourceClassifier(
            catalogue: identifier.catalogue, ownDomains: identifier.ownDomains)
        self.suffixes = suffixes
        self.mostRemembered = mostRemembered
    }

    /// Everything of a row that a judgement depends on; the address counts only by what DNS says.
    private struct Key: Hashable, Sendable {
        var headerFrom: String
        var envelopeFrom: String?
        var dkim: [AggregateRecord.DKIMAuthenticationResult]
        var spf: [AggregateRecord.SPFAuthenticationResult]
        var reasons: [AggregateRecord.OverrideReason]
        var isAligned: Bool
        var reverseName: SourceObservation.ReverseName
        var blocklists: [String]
    }

    /// - Parameter aliasTargets: where signing names point to, as far as they were looked up.
    mutating func judge(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact,
        aliasTargets: [DomainName: DomainName] = [:]
    ) -> IdentifiedRecord {
        let key = Key(
            headerFrom: record.headerFrom, envelopeFrom: record.envelopeFrom, dkim: record.dkim,
            spf: record.spf, reasons: record.reasons,
            isAligned: record.dkimEvaluated == "pass" || record.spfEvaluated == "pass",
            reverseName: fact.reverseName, blocklists: fact.blocklists)
        let judgement: IdentifiedRecord.Judgement
        if let known = judgements[key] {
            judgement = known
        } else {
            judgement = decide(
                record, fact, isAligned: key.isAligned, aliasTargets: aliasTargets)
            if judgements.count >= mostRemembered { judgements.removeAll(keepingCapacity: true) }
            judgements[key] = judgement
        }
        return IdentifiedRecord(record: record, judgement: judgement)
    }

    private mutating func decide(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact, isAligned: Bool,
        aliasTargets: [DomainName: DomainName]
    ) -> IdentifiedRecord.Judgement {
        let observation = Self.observation(record, fact, aliasTargets)
        let suffixes = suffixes
        // Taken out, not shared: a second reference would copy all of it at each new name.
        var known = organizationalDomains
        organizationalDomains = [:]
        let identification = identifier.identify(observation) { name in
            if let domain = known[name] { return domain }
            let domain = suffixes.organizationalDomain(of: name) ?? name
            known[name] = domain
            return domain
        }
        if known.count > mostRemembered { known.removeAll(keepingCapacity: true) }
        organizationalDomains = known
        let classification = classifier.classify(
            observation, identification, isAligned: isAligned)
        return IdentifiedRecord.Judgement(
            identification: identification, sourceClass: classification.sourceClass,
            reason: classification.sentence)
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
        _ aliasTargets: [DomainName: DomainName]
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
                        aliasTarget: signingName(result).flatMap { aliasTargets[$0] })
                }
            },
            overrides: record.reasons.map { .init(type: $0.type, comment: $0.comment) },
            blocklists: fact.blocklists)
    }
}

/// Judges that wait for work, with what they remember.
final class JudgePool: Sendable {
    private let waiting = Mutex<[RowJudge]>([])

    func take() -> RowJudge? { waiting.withLock { $0.popLast() } }

    func putBack(_ judge: RowJudge) { waiting.withLock { $0.append(judge) } }
}
