import MailReports
import SQLDatabase

/// The results of one authentication set, put together from their rows.
struct AuthenticationResults {
    var dkim: [AggregateRecord.DKIMAuthenticationResult] = []
    var spf: [AggregateRecord.SPFAuthenticationResult] = []

    static func load(
        _ transaction: any SQLTransaction, sets: Set<Int64>
    ) throws -> [Int64: AuthenticationResults] {
        var found: [Int64: AuthenticationResults] = [:]
        let ids = sets.sorted()
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = ids[start..<min(start + 500, ids.count)]
            let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
            try transaction.forEachRow(
                """
                SELECT authentication_set_id, kind, domain, selector, scope, result, human_result
                FROM authentication_result WHERE authentication_set_id IN (\(marks))
                ORDER BY authentication_set_id, position
                """,
                part.map { .integer($0) }
            ) { row in
                var results = found[row.integer(0), default: AuthenticationResults()]
                if row.integer(1) == AuthenticationKind.dkim.rawValue {
                    results.dkim.append(
                        .init(
                            domain: row.text(2), selector: row.optionalText(3),
                            result: row.text(5), humanResult: row.optionalText(6)))
                } else {
                    results.spf.append(
                        .init(
                            domain: row.text(2), scope: row.optionalText(4), result: row.text(5),
                            humanResult: row.optionalText(6)))
                }
                found[row.integer(0)] = results
                return true
            }
        }
        return found
    }
}
