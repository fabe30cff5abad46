public import MailReports
import SQLDatabase

/// What came in, kept whole before anything is made of it.
extension IngestTransaction {
    /// The id of an object that is kept already.
    public func rawObject(digest: String) throws -> Int64? {
        try transaction.rows(
            "SELECT id FROM raw_object WHERE organisation_id = ? AND digest = ?",
            [.integer(organisation.rawValue), .text(digest)]
        ).first?.integer(0)
    }

    /// Begins to keep an object; its pieces follow.
    public func addRawObject(
        digest: String, byteCount: Int, encoding: RawEncoding, name: String, door: String
    ) throws -> Int64 {
        let id = try takeIDs("raw_object")
        try transaction.insert(
            into: "raw_object",
            columns: [
                "id", "organisation_id", "digest", "byte_count", "encoding", "name", "door",
                "received_at",
            ],
            values: [
                .integer(id), .integer(organisation.rawValue), .text(digest),
                .integer(byteCount), .text(encoding.rawValue), .text(name), .text(door),
                .integer(now),
            ])
        return id
    }

    public func addRawPiece(_ bytes: [UInt8], position: Int, of object: Int64) throws {
        try transaction.insert(
            into: "raw_piece", columns: ["raw_object_id", "position", "content"],
            values: [.integer(object), .integer(position), .blob(bytes)])
    }

    /// Sets a document aside, to be looked at by a person.
    public func quarantine(_ refusal: ReportRefusal, rawObject: Int64, door: String) throws {
        let known = try transaction.rows(
            "SELECT id FROM quarantine WHERE raw_object_id = ? AND path = ?",
            [.integer(rawObject), .text(Self.keyText(refusal.path))])
        guard known.isEmpty else { return }
        try transaction.insert(
            into: "quarantine",
            columns: [
                "id", "organisation_id", "raw_object_id", "path", "code", "refusal",
                "received_at", "door",
            ],
            values: [
                .integer(try takeIDs("quarantine")), .integer(organisation.rawValue),
                .integer(rawObject), .text(Self.keyText(refusal.path)),
                .text(refusal.code.rawValue), .text(try json(refusal)), .integer(now),
                .text(door),
            ])
    }

    /// Takes all documents of an object out of quarantine, before it is read once more.
    public func release(rawObject: Int64) throws {
        try transaction.execute(
            "DELETE FROM quarantine WHERE raw_object_id = ?", [.integer(rawObject)])
    }
}
