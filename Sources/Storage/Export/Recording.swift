import SQLDatabase

/// Numbers for what is recorded, given out in the order in which transactions commit.
///
/// A row of one's own for each organisation and stream is held until the end of the transaction:
/// whoever sees a number sees all smaller ones.
enum Recording {
    enum Stream: String { case message, alert }

    /// Takes the next numbers; to be asked for last, since others wait until the transaction ends.
    ///
    /// - Returns: the first of them.
    static func next(
        _ stream: Stream, count: Int, _ owner: SQLValue, _ transaction: any SQLTransaction
    ) throws -> Int64 {
        try transaction.execute(
            """
            INSERT INTO recording (organisation_id, stream, sequence) VALUES (?, ?, ?)
            ON CONFLICT (organisation_id, stream)
                DO UPDATE SET sequence = recording.sequence + excluded.sequence
            """, [owner, .text(stream.rawValue), .integer(Int64(count))])
        let last = try transaction.rows(
            "SELECT sequence FROM recording WHERE organisation_id = ? AND stream = ?",
            [owner, .text(stream.rawValue)])[0].integer(0)
        return last - Int64(count) + 1
    }

    /// The last number that was given out.
    static func last(
        _ stream: Stream, _ owner: SQLValue, _ transaction: any SQLTransaction
    ) throws -> Int64 {
        try transaction.rows(
            "SELECT sequence FROM recording WHERE organisation_id = ? AND stream = ?",
            [owner, .text(stream.rawValue)]
        ).first?.integer(0) ?? 0
    }
}
