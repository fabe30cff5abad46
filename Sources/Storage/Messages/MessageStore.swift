public import SQLDatabase

/// What came by: every message with its record, what became of it, and who wrote to whom.
///
/// Written in batches by one writer at a time; read by pages, from sums and indexes alone.
public struct MessageStore: Sendable {
    /// Bounds of what is kept of one message, and of what one question may cost.
    public enum Limits {
        /// Octets of an address, of a remote server's name and of its reply.
        public static let addressOctets = 512
        public static let hostOctets = 300
        public static let replyOctets = 600
        /// Octets of a reason's word.
        public static let reasonOctets = 64
        /// Words of a text by which a message is found, octets of one, octets looked at.
        public static let words = 12
        public static let wordOctets = 48
        public static let wordsOctets = 1_000
        /// Terms by which one message is found.
        public static let terms = 96
        /// Recipients and events of one message that are read at once.
        public static let recipients = 1_000
        public static let events = 500
        /// Messages on one page.
        public static let page = 200
        /// Steps through the index for one page of a search.
        public static let steps = 4_000
        /// Messages looked at for one page of a search.
        public static let candidates = 4_000
        /// Days counted at once.
        public static let days = 800
        /// Relationships read at once.
        public static let relationships = 1_000
        /// Messages forgotten in one transaction.
        public static let prunedMessages = 500
        /// Parts in which the index of a day is forgotten.
        public static let prunedParts = 32
    }

    let database: any SQLDatabase
    let organisation: OrganisationID

    public init(database: any SQLDatabase, organisation: OrganisationID = .first) {
        self.database = database
        self.organisation = organisation
    }

    /// Days since 1970 of an instant in milliseconds.
    static func day(of instant: Int64) -> Int64 {
        let (days, rest) = instant.quotientAndRemainder(dividingBy: 86_400_000)
        return rest < 0 ? days - 1 : days
    }

    /// Writes a batch, all of it or nothing.
    public func write(_ batch: MessageBatch) async throws {
        guard try await write(batch, from: nil) else { return }
    }

    /// Writes a batch together with how far its log was read, so that everything is written once,
    /// whatever happens in between.
    ///
    /// - Returns: false, and nothing is written, when the log was read to somewhere else than
    ///   `before`: somebody else wrote.
    public func write(
        _ batch: MessageBatch, of log: String, from before: String?, to after: String
    ) async throws -> Bool {
        try await write(batch, from: (log, before, after))
    }

    /// How far a log was read; nil when it never was.
    public func position(of log: String) async throws -> String? {
        let organisation = organisation
        return try await database.read { transaction in
            try Self.position(of: log, transaction, organisation)
        }
    }

    private func write(
        _ batch: MessageBatch, from checkpoint: (log: String, before: String?, after: String)?
    ) async throws -> Bool {
        do {
            return try await write(batch, checkpoint, skippingKnown: false)
        } catch let error as SQLError where error.code == .constraint {
            // A message that is there already: what came of it once is not taken in again.
            return try await write(batch, checkpoint, skippingKnown: true)
        }
    }

    private func write(
        _ batch: MessageBatch, _ checkpoint: (log: String, before: String?, after: String)?,
        skippingKnown: Bool
    ) async throws -> Bool {
        let organisation = organisation
        return try await database.write { transaction in
            if let checkpoint {
                let found = try Self.position(of: checkpoint.log, transaction, organisation)
                guard found == checkpoint.before else { return false }
                try Self.advance(checkpoint.log, found, checkpoint.after, transaction, organisation)
            }
            let writer = MessageBatchWriter(
                transaction: transaction, organisation: organisation)
            try writer.write(batch, skippingKnown: skippingKnown)
            return true
        }
    }

    private static func position(
        of log: String, _ transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws -> String? {
        try transaction.rows(
            "SELECT position FROM projection WHERE organisation_id = ? AND name = ?",
            [.integer(organisation.rawValue), .text(log)]
        ).first?.text(0)
    }

    private static func advance(
        _ log: String, _ before: String?, _ after: String, _ transaction: any SQLTransaction,
        _ organisation: OrganisationID
    ) throws {
        if before == nil {
            try transaction.execute(
                "INSERT INTO projection (organisation_id, name, position) VALUES (?, ?, ?)",
                [.integer(organisation.rawValue), .text(log), .text(after)])
        } else {
            try transaction.execute(
                "UPDATE projection SET position = ? WHERE organisation_id = ? AND name = ?",
                [.text(after), .integer(organisation.rawValue), .text(log)])
        }
    }
}
