public import SQLDatabase

import FoundationEssentials
import MailReports

/// The intake's memory: raw objects as they came, and what is set aside.
public struct IntakeStore: Sendable {
    let database: any SQLDatabase
    let organisation: OrganisationID
    private let memory = IngestMemory()

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// Runs one durable step of the intake: when this returns, all of it is on disk.
    public func ingest<Value: Sendable>(
        now: Int64, _ body: @escaping @Sendable (IngestTransaction) throws -> Value
    ) async throws -> Value {
        let (organisation, memory) = (organisation, memory)
        let (value, caches) = try await database.write { transaction in
            let step = try IngestTransaction(
                transaction, organisation: organisation, memory: memory, now: now)
            let value = try body(step)
            return (value, try step.finish())
        }
        memory.putBack(caches)
        return value
    }

    /// Which of these digests belong to objects that are kept already.
    public func known(digests: [String]) async throws -> Set<String> {
        guard !digests.isEmpty else { return [] }
        let organisation = organisation
        return try await database.read { transaction in
            var found: Set<String> = []
            for start in stride(from: 0, to: digests.count, by: 400) {
                let part = digests[start..<min(start + 400, digests.count)]
                let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
                let rows = try transaction.rows(
                    """
                    SELECT digest FROM raw_object WHERE organisation_id = ?
                        AND digest IN (\(marks))
                    """,
                    [.integer(organisation.rawValue)] + part.map { .text($0) })
                for row in rows { found.insert(row.text(0)) }
            }
            return found
        }
    }

    /// What is set aside, newest first; page on with the last id as `before`.
    public func quarantined(limit: Int, before: Int64? = nil) async throws -> [QuarantinedItem] {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                Self.selectItem
                    + " WHERE q.organisation_id = ? AND q.id < ? ORDER BY q.id DESC LIMIT ?",
                [
                    .integer(organisation.rawValue), .integer(before ?? .max),
                    .integer(limit),
                ]
            ).map(Self.item)
        }
    }

    public func item(_ id: Int64) async throws -> QuarantinedItem? {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                Self.selectItem + " WHERE q.organisation_id = ? AND q.id = ?",
                [.integer(organisation.rawValue), .integer(id)]
            ).first.map(Self.item)
        }
    }

    /// The object that a set-aside document came in, whole; nil when it is gone or longer than
    /// `limit` bytes.
    public func bytes(of id: Int64, limit: Int) async throws -> [UInt8]? {
        let organisation = organisation
        return try await database.read { transaction in
            let object = try transaction.rows(
                """
                SELECT r.id, r.encoding FROM quarantine q
                JOIN raw_object r ON r.id = q.raw_object_id
                WHERE q.organisation_id = ? AND q.id = ?
                """,
                [.integer(organisation.rawValue), .integer(id)])
            guard let row = object.first else { return nil }
            return try Self.unpack(
                transaction, object: row.integer(0), encoding: row.text(1), limit: limit)
        }
    }

    /// Name, digest and bytes of an object, for exports and for reading it once more.
    public func rawObject(
        ofQuarantined id: Int64
    ) async throws -> (rawObject: Int64, name: String, digest: String)? {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT r.id, r.name, r.digest FROM quarantine q
                JOIN raw_object r ON r.id = q.raw_object_id
                WHERE q.organisation_id = ? AND q.id = ?
                """,
                [.integer(organisation.rawValue), .integer(id)]
            ).first.map { ($0.integer(0), $0.text(1), $0.text(2)) }
        }
    }

    /// Who was behind an object when it came, as `IngestTransaction.keep(origin:of:)` was given it.
    public func origin(ofRawObject object: Int64) async throws -> String? {
        let organisation = organisation
        return try await database.read { transaction in
            try transaction.rows(
                """
                SELECT details FROM raw_object_origin
                WHERE organisation_id = ? AND raw_object_id = ?
                """,
                [.integer(organisation.rawValue), .integer(object)]
            ).first?.text(0)
        }
    }

    /// Takes a document off the list; its bytes stay kept.
    public func discard(_ id: Int64, by actor: AuditActor, now: Int64) async throws {
        let organisation = organisation
        try await database.write { transaction in
            let key: [SQLValue] = [.integer(organisation.rawValue), .integer(id)]
            guard
                let item = try transaction.rows(
                    Self.selectItem + " WHERE q.organisation_id = ? AND q.id = ?", key
                ).first.map(Self.item)
            else { return }
            try transaction.execute(
                "DELETE FROM quarantine WHERE organisation_id = ? AND id = ?", key)
            try AuditChain.append(
                AuditChange(by: actor, "report.discard", item.path, before: item.digest),
                to: organisation, at: now, in: transaction)
        }
    }

    // MARK: Rows

    private static let selectItem = """
        SELECT q.id, q.path, r.digest, r.byte_count, q.refusal, q.received_at, q.door
        FROM quarantine q JOIN raw_object r ON r.id = q.raw_object_id
        """

    private static func item(_ row: SQLRow) -> QuarantinedItem {
        let refusal = try? JSONDecoder().decode(ReportRefusal.self, from: Data(row.text(4).utf8))
        return QuarantinedItem(
            id: row.integer(0), path: row.text(1), digest: row.text(2),
            byteCount: row.integer(3),
            refusal: refusal
                ?? ReportRefusal(.malformed, path: row.text(1), "The reason was not kept."),
            receivedAt: row.integer(5), door: row.text(6))
    }

    private static func unpack(
        _ transaction: any SQLTransaction, object: Int64, encoding: String, limit: Int
    ) throws -> [UInt8]? {
        var stored: [UInt8] = []
        try transaction.forEachRow(
            "SELECT content FROM raw_piece WHERE raw_object_id = ? ORDER BY position",
            [.integer(object)]
        ) { row in
            stored += row.blob(0)
            return stored.count <= limit
        }
        return RawUnpacking.unpack(
            stored, encoding: RawEncoding(rawValue: encoding) ?? .plain, limit: limit)
    }
}
