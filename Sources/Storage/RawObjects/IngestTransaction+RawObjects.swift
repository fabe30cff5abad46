public import MailReports
import SQLDatabase

/// What came in, kept whole before anything is made of it.
extension IngestTransaction {
    /// The id of an object that is kept already.
    public func rawObject(digest: String) throws -> Int64? {
        if let id = newObjects[digest] { return id }
        if absentObjects.contains(digest) { return nil }
        return try transaction.rows(
            "SELECT id FROM raw_object WHERE organisation_id = ? AND digest = ?",
            [.integer(organisation.rawValue), .text(digest)]
        ).first?.integer(0)
    }

    /// Which of these objects are kept already.
    func knownObjects(among digests: Set<String>) throws -> [String] {
        var found: [String] = []
        let digests = digests.sorted()
        for start in stride(from: 0, to: digests.count, by: 400) {
            let part = digests[start..<min(start + 400, digests.count)]
            let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
            found += try transaction.rows(
                """
                SELECT digest FROM raw_object
                WHERE organisation_id = ? AND digest IN (\(marks))
                """,
                [.integer(organisation.rawValue)] + part.map { .text($0) }
            ).map { $0.text(0) }
        }
        return found
    }

    /// Begins to keep an object; its pieces follow.
    public func addRawObject(
        digest: String, byteCount: Int, encoding: RawEncoding, name: String, door: String
    ) throws -> Int64 {
        let id = try takeID("raw_object")
        newObjects[digest] = id
        rows.add(
            [
                .integer(id), .integer(organisation.rawValue), .text(digest),
                .integer(byteCount), .text(encoding.rawValue), .text(name), .text(door),
                .integer(now),
            ], to: .rawObject)
        return id
    }

    public func addRawPiece(_ bytes: [UInt8], position: Int, of object: Int64) throws {
        rows.add([.integer(object), .integer(position), .blob(bytes)], to: .rawPiece)
        if rows.isFull { try rows.write(to: transaction) }
    }

    /// Sets a document aside, to be looked at by a person.
    public func quarantine(_ refusal: ReportRefusal, rawObject: Int64, door: String) throws {
        let known = try transaction.rows(
            "SELECT id FROM quarantine WHERE organisation_id = ? AND raw_object_id = ? AND path = ?",
            [
                .integer(organisation.rawValue), .integer(rawObject),
                .text(Self.keyText(refusal.path)),
            ])
        guard known.isEmpty else { return }
        try rows.write(to: transaction)
        try transaction.insert(
            into: "quarantine",
            columns: [
                "id", "organisation_id", "raw_object_id", "path", "code", "refusal",
                "received_at", "door",
            ],
            values: [
                .integer(try takeID("quarantine")), .integer(organisation.rawValue),
                .integer(rawObject), .text(Self.keyText(refusal.path)),
                .text(refusal.code.rawValue), .text(try json(refusal)), .integer(now),
                .text(door),
            ])
    }

    /// Takes all documents of an object out of quarantine, before it is read once more.
    public func release(rawObject: Int64) throws {
        try transaction.execute(
            "DELETE FROM quarantine WHERE organisation_id = ? AND raw_object_id = ?",
            [.integer(organisation.rawValue), .integer(rawObject)])
    }

    /// Tells in the audit log what a person or a program did with this step.
    public func tell(_ change: AuditChange) throws {
        try AuditChain.append(change, to: organisation, at: now, in: transaction)
    }
}
