import DomainAnalysis
import Identities
import MailAuthentication
import MailReports
import Storage

/// Says of each row who sent it and what it is. One judge serves one task: it remembers what it
/// judged, since most rows of a report are alike.
struct RowJudge {
    let identifier: SenderIdentifier
    let classifier: SourceClassifier
    let suffixes: PublicSuffixList
    let mostRemembered: Int
    private var judgements: [Key: Judgement] = [:]

    init(identifier: SenderIdentifier, suffixes: PublicSuffixList, mostRemembered: Int) {
        self.identifier = identifier
        self.classifier = SourceClassifier(
            catalogue: identifier.catalogue, ownDomains: identifier.ownDomains)
        self.suffixes = suffixes
        self.mostRemembered = mostRemembered
    }

    /// Everything of a row that a judgement depends on; the address counts only by what DNS says.
    private struct Key: Hashable {
        var headerFrom: String
        var envelopeFrom: String?
        var dkim: [AggregateRecord.DKIMAuthenticationResult]
        var spf: [AggregateRecord.SPFAuthenticationResult]
        var reasons: [AggregateRecord.OverrideReason]
        var isAligned: Bool
        var reverseName: SourceObservation.ReverseName
        var blocklists: [String]
    }

    private struct Judgement {
        var identification: SenderIdentification
        var classification: Classification
    }

    mutating func judge(_ record: AggregateRecord, _ fact: SourceFacts.Fact) -> IdentifiedRecord {
        let key = Key(
            headerFrom: record.headerFrom, envelopeFrom: record.envelopeFrom, dkim: record.dkim,
            spf: record.spf, reasons: record.reasons,
            isAligned: record.dkimEvaluated == "pass" || record.spfEvaluated == "pass",
            reverseName: fact.reverseName, blocklists: fact.blocklists)
        let judgement: Judgement
        if let known = judgements[key] {
            judgement = known
        } else {
            judgement = decide(record, fact, isAligned: key.isAligned)
            if judgements.count >= mostRemembered { judgements.removeAll(keepingCapacity: true) }
            judgements[key] = judgement
        }
        return IdentifiedRecord(
            record: record, identification: judgement.identification,
            sourceClass: judgement.classification.sourceClass,
            reason: judgement.classification.sentence)
    }

    private func decide(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact, isAligned: Bool
    ) -> Judgement {
        let observation = Self.observation(record, fact)
        let identification = identifier.identify(observation) { organizationalDomain(of: $0) }
        let classification = classifier.classify(
            observation, identification, isAligned: isAligned)
        return Judgement(identification: identification, classification: classification)
    }

    private static func observation(
        _ record: AggregateRecord, _ fact: SourceFacts.Fact
    ) -> SourceObservation {
        let spf = record.spf.first { $0.scope != "helo" } ?? record.spf.first
        let mailFrom = spf.flatMap { DomainName($0.domain) }
        return SourceObservation(
            address: record.source, reverseName: fact.reverseName,
            headerFrom: DomainName(record.headerFrom),
            mailFrom: mailFrom ?? record.envelopeFrom.flatMap { DomainName($0) },
            spfResult: spf?.result ?? "none",
            dkim: record.dkim.compactMap { result in
                DomainName(result.domain).map {
                    .init(domain: $0, selector: result.selector, result: result.result)
                }
            },
            overrides: record.reasons.map { .init(type: $0.type, comment: $0.comment) },
            blocklists: fact.blocklists)
    }

    private func organizationalDomain(of name: DomainName) -> DomainName {
        suffixes.organizationalDomain(of: name) ?? name
    }
}
