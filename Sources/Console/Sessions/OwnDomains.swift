import DomainAnalysis
import Identities
import MailReports
import ReportConsumer
import Storage

extension OrganisationServices {
    /// The same for somebody who sees some domains and nothing else.
    func bounded(to standing: Standing) -> OrganisationServices {
        let own = OwnDomains(standing: standing, rooms: self)
        return OrganisationServices(
            domains: own, reports: own, intake: own, door: own, adviser: own)
    }
}

/// An organisation as the owner of some of its domains sees it: no page has to think of it.
struct OwnDomains {
    let standing: Standing
    let rooms: OrganisationServices
}

extension OwnDomains: DomainReading {
    func portfolio(days: Int, until: UTCDay?, now: Int64) async throws -> Portfolio {
        let whole = try await rooms.domains.portfolio(days: days, until: until, now: now)
        let domains = whole.domains.filter { standing.covers($0.domain) }
        var all = whole.days.map { DayVolume(day: $0.day) }
        for summary in domains {
            for (index, day) in summary.days.enumerated() where index < all.count {
                all[index].counts += day.counts
                all[index].estimated = ClassCounts.sum(all[index].estimated, day.estimated)
            }
        }
        return Portfolio(
            window: whole.window, endsWithNewestData: whole.endsWithNewestData, domains: domains,
            days: all)
    }

    func overview(
        of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> DomainOverview? {
        guard standing.covers(domain) else { return nil }
        return try await rooms.domains.overview(of: domain, days: days, until: until, now: now)
    }

    func sender(
        _ key: String, of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderDetail? {
        guard standing.covers(domain) else { return nil }
        return try await rooms.domains.sender(key, of: domain, days: days, until: until, now: now)
    }
}

extension OwnDomains: ReportReading {
    func statistics() async throws -> ReportStatistics { ReportStatistics() }
    func recent(limit: Int, before: Int64?) async throws -> [ReportSummary] { [] }

    func report(_ id: Int64, rows: Int) async throws -> StoredReport? {
        guard let report = try await rooms.reports.report(id, rows: rows),
            let domain = DomainName(report.summary.policyDomain), standing.covers(domain)
        else { return nil }
        return report
    }
}

extension OwnDomains: QuarantineKeeping {
    func quarantined(limit: Int, before: Int64?) async throws -> [QuarantinedItem] { [] }
    func item(_ id: Int64) async throws -> QuarantinedItem? { nil }
    func bytes(of id: Int64, limit: Int) async throws -> [UInt8]? { nil }
    func discard(_ id: Int64, by actor: AuditActor, now: Int64) async throws { throw Self.refusal }
}

extension OwnDomains: ReportDoor {
    func accept(
        _ bytes: [UInt8], name: String, door: String, origin: ReportOrigin?, by actor: AuditActor?
    ) async throws -> IntakeOutcome { throw Self.refusal }

    func takeIn(_ quarantinedID: Int64, by actor: AuditActor?) async throws -> IntakeOutcome {
        throw Self.refusal
    }

    func retry(_ quarantinedID: Int64, by actor: AuditActor?) async throws -> IntakeOutcome {
        throw Self.refusal
    }

    private static let refusal = ConsoleError.forbidden("A domain owner brings no reports in.")
}

extension OwnDomains: DomainAdvising {
    func plan(
        for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> EnforcementPlan? {
        guard standing.covers(domain) else { return nil }
        return try await rooms.adviser.plan(for: domain, days: days, until: until, now: now)
    }

    func replay(
        domain: DomainName, record: String, days: Int, until: UTCDay?, now: Int64
    ) async throws -> ReplayResult {
        guard standing.covers(domain) else { throw DomainPages.unknown(domain) }
        return try await rooms.adviser.replay(
            domain: domain, record: record, days: days, until: until, now: now)
    }

    func authorisation(
        of sender: String, for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderAuthorisation? {
        guard standing.covers(domain) else { return nil }
        return try await rooms.adviser.authorisation(
            of: sender, for: domain, days: days, until: until, now: now)
    }
}
