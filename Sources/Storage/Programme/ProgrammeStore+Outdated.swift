public import Identities

import SQLDatabase

extension ProgrammeStore {
    /// Domains of the programme that have reports and whose plan is older than the newest of them,
    /// or older than a day: those without a plan first, then the oldest plans.
    ///
    /// - Parameters:
    ///   - others: domains that are left out.
    ///   - limit: at most so many.
    public func outdated(
        now: Int64, leavingOut others: Set<DomainName> = [], limit: Int = 200
    ) async throws -> [DomainName] {
        let owner = owner
        return try await database.read { transaction in
            var found: [DomainName] = []
            try transaction.forEachRow(
                """
                SELECT p.domain, COALESCE(n.made_at, -1) AS made
                FROM programme_domain p
                JOIN domain d ON d.organisation_id = p.organisation_id AND d.name = p.domain
                LEFT JOIN programme_plan n
                    ON n.organisation_id = p.organisation_id AND n.domain = p.domain
                WHERE p.organisation_id = ? AND d.last_day IS NOT NULL
                    AND (n.made_at IS NULL OR n.made_at < ?
                        OR EXISTS (SELECT 1 FROM report r
                            WHERE r.domain_id = d.id AND r.begin_at >= ?
                                AND r.received_at >= n.made_at))
                ORDER BY made, p.domain
                """,
                [owner, .integer(now - ProgrammeLimits.planAge), .integer(now - 30 * 86_400)]
            ) { row in
                if let name = DomainName(row.text(0)), !others.contains(name) {
                    found.append(name)
                }
                return found.count < limit
            }
            return found
        }
    }
}
