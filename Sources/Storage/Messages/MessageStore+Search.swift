import SQLDatabase

extension MessageStore {
    /// The messages that fit, the newest first; from `place` on, for the next page.
    ///
    /// The work is bounded: a page may end before it is full, and then says so.
    public func search(
        _ search: MessageSearch, limit: Int, from place: MessagePage.Place? = nil
    ) async throws -> MessagePage {
        let limit = min(max(1, limit), Limits.page)
        let organisation = organisation
        return try await database.read { transaction in
            if search.terms.isEmpty {
                return try Self.browse(search, limit, place, transaction, organisation)
            }
            var run = SearchRun(
                search: search, limit: limit, transaction: transaction,
                organisation: organisation)
            return try run.page(from: place)
        }
    }

    /// A message stands where the least settled of its recipients does; its own column says where it
    /// stood when it came, and counts where there are none.
    static let state = """
        COALESCE((
            SELECT MIN(r.state) FROM message_recipient r WHERE r.message_id = message.id), state)
        """

    static let columns = "id, received_at, \(state), reason, stands_for, record"

    static func message(_ row: SQLRow) -> StoredMessage {
        StoredMessage(
            id: row.integer(0), receivedAt: row.integer(1),
            state: MessageState(rawValue: row.integer(2)) ?? .waiting, reason: row.text(3),
            standsFor: row.integer(4), record: row.blob(5))
    }

    /// Without terms, by time alone. A place's day is then the instant of its message.
    private static func browse(
        _ search: MessageSearch, _ limit: Int, _ place: MessagePage.Place?,
        _ transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws -> MessagePage {
        var messages: [StoredMessage] = []
        var looked = 0
        var last: StoredMessage?
        let upper = place ?? MessagePage.Place(day: search.until ?? .max, id: .min)
        try transaction.forEachRow(
            """
            SELECT \(columns) FROM message
            WHERE organisation_id = ? AND received_at >= ? AND (received_at, id) < (?, ?)
            ORDER BY received_at DESC, id DESC LIMIT ?
            """,
            [
                .integer(organisation.rawValue), .integer(search.from ?? .min),
                .integer(upper.day), .integer(upper.id),
                .integer(search.state == nil ? limit + 1 : Limits.candidates),
            ]
        ) { row in
            looked += 1
            let message = Self.message(row)
            last = message
            if search.state == nil || message.state == search.state { messages.append(message) }
            return messages.count <= limit
        }
        if messages.count > limit {
            messages.removeLast()
            last = messages.last
            return MessagePage(
                messages: messages, next: last.map(Self.instantPlace), isCutShort: false)
        }
        let isCutShort = looked >= Limits.candidates
        return MessagePage(
            messages: messages, next: isCutShort ? last.map(Self.instantPlace) : nil,
            isCutShort: isCutShort)
    }

    private static func instantPlace(_ message: StoredMessage) -> MessagePage.Place {
        MessagePage.Place(day: message.receivedAt, id: message.id)
    }
}
