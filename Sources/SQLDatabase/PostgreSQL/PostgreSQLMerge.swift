/// The statement behind `accumulate`: rows come in as one array for each column, are merged among
/// themselves, and then into the table.
///
/// Arrays instead of a temporary table: one round trip, and nothing for the server's catalogue to
/// forget again.
struct PostgreSQLMerge {
    let sql: String
    let arrays: [(type: PostgreSQLType, array: UInt32)]

    init(
        table: String, columns: [(name: String, type: PostgreSQLType)], key: [String],
        adding: [String], lowering: [String], raising: [String]
    ) {
        arrays = columns.map { ($0.type.element, $0.type.array ?? 0) }
        let names = columns.map(\.name).joined(separator: ", ")
        let keys = key.joined(separator: ", ")
        let marks = repeatElement("?", count: columns.count).joined(separator: ", ")
        // The same key may come several times in one call; a row can be updated only once.
        let merged = columns.map { name, type in
            let ordered = type.element == .text ? #"\#(name) COLLATE "C""# : name
            if key.contains(name) { return name }
            if adding.contains(name) {
                return "CASE WHEN COUNT(\(name)) > 0 THEN "
                    + Self.saturated("SUM(\(name))", type) + " END"
            }
            if lowering.contains(name) { return "MIN(\(ordered))" }
            if raising.contains(name) { return "MAX(\(ordered))" }
            return "(array_agg(\(name) ORDER BY row_position))[1]"
        }
        let sets = columns.compactMap { name, type -> String? in
            let old = "\(table).\(name)"
            let new = "excluded.\(name)"
            if adding.contains(name) {
                let isWhole = type != .float8 && type != .float4
                let sum = isWhole ? "\(old)::numeric + \(new)" : "\(old) + \(new)"
                return "\(name) = CASE WHEN \(old) IS NULL THEN \(new) WHEN \(new) IS NULL "
                    + "THEN \(old) ELSE \(Self.saturated(sum, type)) END"
            }
            if lowering.contains(name) { return "\(name) = LEAST(\(old), \(new))" }
            if raising.contains(name) { return "\(name) = GREATEST(\(old), \(new))" }
            return nil
        }
        // Sorted by key: two transactions that touch the same rows lock them in the same order.
        sql =
            "INSERT INTO \(table) (\(names)) SELECT \(merged.joined(separator: ", ")) "
            + "FROM unnest(\(marks)) WITH ORDINALITY AS given(\(names), row_position) "
            + "GROUP BY \(keys) ORDER BY \(keys) ON CONFLICT (\(keys)) DO "
            + (sets.isEmpty ? "NOTHING" : "UPDATE SET " + sets.joined(separator: ", "))
    }

    /// A sum that stops at the ends of 64 bits, as on SQLite.
    private static func saturated(_ sum: String, _ type: PostgreSQLType) -> String {
        guard type == .int8 else { return sum }
        return "LEAST(GREATEST(\(sum), -9223372036854775808), 9223372036854775807)::bigint"
    }
}
