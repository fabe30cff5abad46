public import DomainAnalysis
public import Identities
public import MailReports

import SQLDatabase

/// What the last plan of a domain said.
public struct PlanNote: Hashable, Sendable, Codable {
    /// Seconds since 1970.
    public var madeAt: Int64
    public var stage: EnforcementPlan.Stage
    /// Steps that have to be taken before p=reject, and the first of them.
    public var blocking: Int
    public var firstBlock: String
    /// The first day for the next stage.
    public var earliest: UTCDay?

    public init(_ plan: EnforcementPlan, madeAt: Int64) {
        self.madeAt = madeAt
        stage = plan.stage
        blocking = plan.milestone.blockingSteps
        firstBlock = plan.steps.first { $0.blocksReject }?.title ?? ""
        earliest = plan.milestone.earliestDay.flatMap { UTCDay($0) }
    }

    init(madeAt: Int64, stage: EnforcementPlan.Stage, blocking: Int, firstBlock: String) {
        self.madeAt = madeAt
        self.stage = stage
        self.blocking = blocking
        self.firstBlock = firstBlock
    }
}

/// How far the domains have come.
public struct ProgrammeProgress: Hashable, Sendable {
    public var plans: [DomainName: PlanNote] = [:]
    /// Why the plans of domains could not be made when that was tried last.
    public var failures: [DomainName: String] = [:]
    /// The day since which each domain is at its stage; absent where it was there before anybody
    /// looked.
    public var since: [DomainName: UTCDay] = [:]
    /// Domains that were seen to reach p=reject, by the day.
    public var reached: [UTCDay] = []

    public init() {}
}

extension ProgrammeStore {
    /// Keeps what a plan says about a domain, so that the board can show it.
    public func note(_ plan: EnforcementPlan, of domain: DomainName, now: Int64) async throws {
        let note = PlanNote(plan, madeAt: now)
        let values: [SQLValue] = [
            owner, .text(domain.text), .integer(now), .text(note.stage.rawValue),
            .integer(note.blocking), .text(String(note.firstBlock.prefix(300))),
            .optional(note.earliest.map { Int64($0.number) }),
        ]
        let organisation = organisation
        try await database.write { transaction in
            try RecordFaultStore.keep(nil, of: .plan, domain, organisation, now: now, transaction)
            try transaction.execute(
                """
                INSERT INTO programme_plan (organisation_id, domain, made_at, stage, blocking,
                    first_block, earliest_day) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (organisation_id, domain) DO UPDATE SET made_at = excluded.made_at,
                    stage = excluded.stage, blocking = excluded.blocking,
                    first_block = excluded.first_block, earliest_day = excluded.earliest_day
                """, values)
        }
    }

    /// Keeps why a domain's plan could not be made, so that the board can say it; the plan that is
    /// there stays, and the next one takes the reason away.
    public func note(
        failure reason: String, of domain: DomainName, now: Int64
    ) async throws {
        let organisation = organisation
        _ = try await database.write { transaction in
            try RecordFaultStore.keep(
                reason, of: .plan, domain, organisation, now: now, transaction)
        }
    }

    public func progress() async throws -> ProgrammeProgress {
        let owner = owner
        return try await database.read { transaction in
            var progress = ProgrammeProgress()
            try transaction.forEachRow(
                """
                SELECT domain, made_at, stage, blocking, first_block, earliest_day
                FROM programme_plan WHERE organisation_id = ?
                """, [owner]
            ) { row in
                guard let domain = DomainName(row.text(0)),
                    let stage = EnforcementPlan.Stage(rawValue: row.text(2))
                else { return true }
                var note = PlanNote(
                    madeAt: row.integer(1), stage: stage, blocking: Int(row.integer(3)),
                    firstBlock: row.text(4))
                note.earliest = row.optionalInteger(5).map { UTCDay(number: Int($0)) }
                progress.plans[domain] = note
                return true
            }
            try transaction.forEachRow(
                "SELECT domain, reason FROM record_fault WHERE organisation_id = ? AND what = ?",
                [owner, .text(RecordFaultStore.Kind.plan.rawValue)]
            ) { row in
                if let domain = DomainName(row.text(0)) {
                    progress.failures[domain] = row.text(1)
                }
                return true
            }
            try transaction.forEachRow(
                """
                SELECT domain, stage, since_day FROM programme_stage
                WHERE organisation_id = ? AND since_day > 0 ORDER BY since_day
                """, [owner]
            ) { row in
                guard let domain = DomainName(row.text(0)) else { return true }
                let day = UTCDay(number: Int(row.integer(2)))
                progress.since[domain] = day
                if row.text(1) == ProgrammeStage.reject.rawValue { progress.reached.append(day) }
                return true
            }
            return progress
        }
    }

    /// Notes the stages at which domains are seen. A domain seen for the first time was there
    /// before anybody looked; one that comes to another stage comes to it on this day.
    public func see(_ stages: [DomainName: ProgrammeStage], on day: UTCDay) async throws {
        let owner = owner
        let known = try await database.read { transaction in
            var known: [String: [String: Int64]] = [:]
            try transaction.forEachRow(
                "SELECT domain, stage, since_day FROM programme_stage WHERE organisation_id = ?",
                [owner]
            ) { row in
                known[row.text(0), default: [:]][row.text(1)] = row.integer(2)
                return true
            }
            return known
        }
        let news = stages.filter { domain, stage in
            guard let seen = known[domain.text], let newest = seen.values.max() else { return true }
            return seen[stage.rawValue] != newest
        }
        guard !news.isEmpty else { return }
        try await database.write { transaction in
            for (domain, stage) in news {
                let since = known[domain.text] == nil ? 0 : Int64(day.number)
                try transaction.execute(
                    """
                    INSERT INTO programme_stage (organisation_id, domain, stage, since_day)
                    VALUES (?, ?, ?, ?) ON CONFLICT (organisation_id, domain, stage)
                        DO UPDATE SET since_day = excluded.since_day
                    """,
                    [owner, .text(domain.text), .text(stage.rawValue), .integer(since)])
            }
        }
    }
}
