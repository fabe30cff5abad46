public import Identities
public import MailReports

import FoundationEssentials
import SQLDatabase

/// Sessions, for TLS reports.
extension ReportObservationStore {
    /// Adds what was seen to what is kept, all or nothing; gives the sessions that did not fit.
    @discardableResult
    public func add(sessions: [SessionObservation]) async throws -> Int64 {
        guard !sessions.isEmpty else { return 0 }
        let store = self
        return try await database.write { transaction in
            var leftOut: Int64 = 0
            var kept: [Place: Int] = [:]
            for session in sessions {
                let place = Place(domain: session.domain, begin: session.begin)
                var rows = try kept[place] ?? store.count(transaction, place)
                if try !store.add(session, transaction, &rows) {
                    leftOut = leftOut.saturating(session.count)
                }
                kept[place] = rows
            }
            return leftOut
        }
    }

    /// What is known of one domain and day, as the policies of a report.
    public func policies(
        of domain: DomainName, begin: Int64
    ) async throws -> [TLSReport.PolicyResult] {
        let (owner, limit) = (owner, limits.mergedSessions)
        return try await database.read { transaction in
            var order: [String] = []
            var results: [String: TLSReport.PolicyResult] = [:]
            let decoder = JSONDecoder()
            try transaction.forEachRow(
                """
                SELECT policy, failure, successes, failures FROM observed_session
                WHERE organisation_id = ? AND begin_at = ? AND domain = ? ORDER BY digest LIMIT ?
                """, [owner, .integer(begin), .text(domain.text), .integer(limit)]
            ) { row in
                let text = row.text(0)
                if results[text] == nil {
                    order.append(text)
                    results[text] = try decoder.decode(
                        TLSReport.PolicyResult.self, from: Data(text.utf8))
                }
                guard var result = results[text] else { return true }
                result.successfulSessions = result.successfulSessions.saturating(row.integer(2))
                result.failedSessions = result.failedSessions.saturating(row.integer(3))
                if let failure = row.optionalText(1) {
                    var detail = try decoder.decode(
                        TLSReport.FailureDetail.self, from: Data(failure.utf8))
                    detail.failedSessions = row.integer(3)
                    result.failures.append(detail)
                }
                results[text] = result
                return true
            }
            return order.compactMap { results[$0] }
        }
    }

    private struct Place: Hashable {
        let domain: DomainName
        let begin: Int64
    }

    private func count(_ transaction: any SQLTransaction, _ place: Place) throws -> Int {
        let rows = try transaction.rows(
            """
            SELECT COUNT(*) FROM observed_session
            WHERE organisation_id = ? AND begin_at = ? AND domain = ?
            """, [owner, .integer(place.begin), .text(place.domain.text)])
        return Int(clamping: rows[0].integer(0))
    }

    /// False when there is no room even for the least that can be said.
    private func add(
        _ session: SessionObservation, _ transaction: any SQLTransaction, _ rows: inout Int
    ) throws -> Bool {
        // From all details to none: the first form that is there already, or that has room.
        let forms: [(failure: TLSReport.FailureDetail?, limit: Int)] =
            if let failure = session.failure {
                [(failure, limits.sessions), (failure.typeAlone, limits.mergedSessions)]
            } else {
                [(nil, limits.mergedSessions)]
            }
        let policy = session.policy.storedText
        for form in forms {
            let failure = form.failure?.storedText
            let digest = ReportObservationDigest([policy, failure]).value
            let key = [
                owner, .integer(session.begin), .text(session.domain.text), .blob(digest),
            ]
            let isKnown = try !transaction.rows(
                """
                SELECT 1 FROM observed_session WHERE organisation_id = ? AND begin_at = ?
                    AND domain = ? AND digest = ?
                """, key
            ).isEmpty
            guard isKnown || rows < form.limit else { continue }
            if !isKnown { rows += 1 }
            let count = SQLValue.integer(session.count)
            try transaction.accumulate(
                into: "observed_session",
                columns: [
                    "organisation_id", "begin_at", "domain", "digest", "policy", "failure",
                    "successes", "failures",
                ], key: ["organisation_id", "begin_at", "domain", "digest"],
                adding: ["successes", "failures"], lowering: [], raising: [],
                values: key + [
                    .text(policy), .optional(failure), failure == nil ? count : .integer(0),
                    failure == nil ? .integer(0) : count,
                ])
            return true
        }
        return false
    }
}

extension TLSReport.FailureDetail {
    /// The kind of failure without host, addresses and words.
    fileprivate var typeAlone: TLSReport.FailureDetail {
        var detail = TLSReport.FailureDetail()
        detail.resultType = resultType
        return detail
    }
}
