import Identities

public import SQLDatabase
import DomainAnalysis
public import Storage

/// Makes evidence packs of the organisations in one database.
public struct EvidenceMaker: Sendable {
    private let database: any SQLDatabase
    private let agreements: @Sendable (OrganisationID) async throws -> EvidenceAgreements

    /// - Parameter agreements: what people agreed in an organisation; without it, a domain's owners
    ///   are whom the programme names, else the people who have it as their own.
    public init(
        database: any SQLDatabase,
        agreements: (@Sendable (OrganisationID) async throws -> EvidenceAgreements)? = nil
    ) {
        self.database = database
        self.agreements =
            agreements ?? { try await Self.people(of: $0, in: database) }
    }

    /// - Parameter now: seconds since 1970.
    /// - Throws: `EvidenceError` for a question that has no answer.
    public func pack(
        _ question: EvidenceQuestion, of organisation: OrganisationID, now: Int64
    ) async throws -> EvidencePack {
        let store = EvidenceStore(database: database, organisation: organisation)
        let facts = try await store.facts(question, now: now)
        return EvidencePack(facts, agreements: try await agreements(organisation), madeAt: now)
    }

    /// The alerts of an organisation.
    public func alerts(of organisation: OrganisationID) -> AlertStore {
        AlertStore(database: database, organisation: organisation)
    }

    /// A week of an organisation in sentences.
    public func digest(
        of organisation: OrganisationID, week: DayRange
    ) async throws -> WeeklyDigest {
        try await WeeklyDigest.make(database, organisation, week: week)
    }

    /// Who answers for each domain.
    private static func people(
        of organisation: OrganisationID, in database: any SQLDatabase
    ) async throws -> EvidenceAgreements {
        var owners: [DomainName: [String]] = [:]
        for member in try await PeopleStore(database: database, organisation: organisation)
            .members()
        {
            for domain in member.standing.domains {
                owners[domain, default: []].append(member.account.name)
            }
        }
        // Whom the programme names answers for the domain, whoever may look at it.
        for domain in try await ProgrammeStore(database: database, organisation: organisation)
            .domains() where !domain.owner.isEmpty
        {
            owners[domain.domain] = [domain.owner]
        }
        return EvidenceAgreements(owners: owners.mapValues { $0.joined(separator: ", ") })
    }
}

extension EvidencePack {
    init(_ facts: EvidenceFacts, agreements: EvidenceAgreements, madeAt: Int64) {
        organisation = EvidenceText.clean(facts.organisation.name)
        self.madeAt = madeAt
        before = facts.before.map { days in
            Period(
                days, facts.domains, \.before, \.policyBefore, reported: facts.reportedBefore)
        }
        now = Period(facts.now, facts.domains, \.now, \.policyNow, reported: facts.reportedNow)
        domains = facts.domains.map { domain in
            Domain(
                domain: EvidenceText.domain(domain.domain),
                owner: Self.owner(of: domain.domain, in: agreements),
                policyBefore: facts.before == nil
                    ? nil : EvidenceText.policy(domain.policyBefore),
                policyNow: EvidenceText.policy(domain.policyNow),
                policySeen: domain.policyNow?.seen,
                before: facts.before == nil ? nil : Mail(counts: domain.before),
                now: Mail(counts: domain.now))
        }
        steps = facts.steps.map { Step(days: $0.days, mail: Mail(counts: $0.counts)) }
        exceptions = facts.openSenders.map { sender in
            Exception(
                domain: EvidenceText.domain(sender.domain),
                sender: EvidenceText.clean(sender.name), what: EvidenceText.what(sender),
                messages: sender.counts.total, unproved: sender.counts[.undecided],
                since: sender.firstDay,
                acceptedUntil: agreements.expiries[
                    EvidenceAgreements.Sender(domain: sender.domain, key: sender.key)])
        }
        otherExceptions = facts.otherOpenSenders
        changes = facts.changes.map { entry in
            Change(
                number: entry.sequence, at: entry.at,
                who: EvidenceText.clean(entry.change.actor.name),
                act: EvidenceText.clean(entry.change.act),
                subject: EvidenceText.clean(entry.change.subject),
                before: entry.change.before.map { EvidenceText.clean($0) },
                after: entry.change.after.map { EvidenceText.clean($0) })
        }
        otherChanges = facts.otherChanges
        chainHead = facts.head.description
        summary = ""
        summary = EvidenceText.summary(self)
    }

    /// Whoever owns the domain, or the nearest one above it.
    private static func owner(
        of domain: DomainName, in agreements: EvidenceAgreements
    ) -> String? {
        var name: DomainName? = domain
        while let current = name {
            if let owner = agreements.owners[current] { return EvidenceText.clean(owner) }
            name = current.parent
        }
        return nil
    }
}

extension EvidencePack.Period {
    fileprivate init(
        _ days: DayRange, _ domains: [EvidenceFacts.DomainFacts],
        _ counts: KeyPath<EvidenceFacts.DomainFacts, EvidenceCounts>,
        _ policy: KeyPath<EvidenceFacts.DomainFacts, ObservedPolicy?>,
        reported: EvidenceFacts.Reported
    ) {
        self.days = days
        mail = EvidencePack.Mail(
            counts: domains.reduce(into: EvidenceCounts()) { $0 += $1[keyPath: counts] })
        reports = reported.reports
        reporters = reported.reporters
        rejectingDomains = domains.count { EvidenceText.rejects($0[keyPath: policy]) }
    }
}
