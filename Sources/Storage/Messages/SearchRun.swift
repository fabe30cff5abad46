import SQLDatabase

/// One search through the index of terms: day by day, the newest first, and within a day by jumping
/// from message to message, so that the rarest term decides how much is read.
struct SearchRun {
    let search: MessageSearch
    let limit: Int
    let transaction: any SQLTransaction
    let organisation: OrganisationID
    private var steps = 0
    private var looked = 0
    private var messages: [StoredMessage] = []
    /// Where a search that gave up within a day goes on.
    private var resume: Int64?

    init(
        search: MessageSearch, limit: Int, transaction: any SQLTransaction,
        organisation: OrganisationID
    ) {
        self.search = search
        self.limit = limit
        self.transaction = transaction
        self.organisation = organisation
    }

    private var isExhausted: Bool {
        steps >= MessageStore.Limits.steps || looked >= MessageStore.Limits.candidates
    }

    mutating func page(from place: MessagePage.Place?) throws -> MessagePage {
        guard let upper = try newest(), let oldest = try oldestDay() else {
            return MessagePage(messages: [], next: nil, isCutShort: false)
        }
        var day = min(place?.day ?? upper.day, upper.day)
        // Ids below this one are still to be looked at.
        var bound = place?.id ?? upper.id
        while day >= oldest {
            var lists = search.terms.map { TermCursor(terms: $0, day: day) }
            while let candidate = try next(&lists, below: bound) {
                bound = candidate
                if try !take(candidate) { break }
                if messages.count > limit { return fullPage() }
            }
            if isExhausted {
                let place = MessagePage.Place(day: day, id: resume ?? bound)
                return MessagePage(messages: messages, next: place, isCutShort: true)
            }
            day -= 1
            bound = .max
            steps += 1
        }
        return MessagePage(messages: messages, next: nil, isCutShort: false)
    }

    /// One more was found than the page holds: the next page begins with it.
    private func fullPage() -> MessagePage {
        let shown = Array(messages.dropLast())
        let place = shown.last.map {
            MessagePage.Place(day: MessageStore.day(of: $0.receivedAt), id: $0.id)
        }
        return MessagePage(messages: shown, next: place, isCutShort: false)
    }

    /// The place before the newest message that may fit.
    private func newest() throws -> MessagePage.Place? {
        let rows = try transaction.rows(
            """
            SELECT received_at FROM message WHERE organisation_id = ? AND received_at < ?
            ORDER BY received_at DESC LIMIT 1
            """, [.integer(organisation.rawValue), .integer(search.until ?? .max)])
        guard let found = rows.first?.integer(0) else { return nil }
        var place = MessagePage.Place(day: MessageStore.day(of: found), id: .max)
        if let until = search.until, until < .max - Self.slack {
            // Ids rise with time, give or take how long a message takes to arrive.
            let later = try transaction.rows(
                """
                SELECT id FROM message WHERE organisation_id = ? AND received_at >= ?
                ORDER BY received_at LIMIT 1
                """, [.integer(organisation.rawValue), .integer(until + Self.slack)])
            if let row = later.first { place.id = row.integer(0) }
        }
        return place
    }

    /// Milliseconds by which the order of ids and that of arrival may differ.
    private static let slack: Int64 = 3_600_000

    private func oldestDay() throws -> Int64? {
        let rows = try transaction.rows(
            """
            SELECT received_at FROM message WHERE organisation_id = ? AND received_at >= ?
            ORDER BY received_at LIMIT 1
            """, [.integer(organisation.rawValue), .integer(search.from ?? .min)])
        return rows.first.map { MessageStore.day(of: $0.integer(0)) }
    }

    /// The newest message below a bound that is in every list.
    private mutating func next(
        _ lists: inout [TermCursor], below bound: Int64
    ) throws -> Int64? {
        var candidate: Int64?
        var agreed = 0
        var index = 0
        while agreed < lists.count {
            let limit = candidate.map { $0 + 1 } ?? bound
            guard !isExhausted else {
                resume = limit
                return nil
            }
            guard
                let found = try lists[index].seek(
                    below: limit, transaction, organisation, &steps)
            else { return nil }
            if found == candidate {
                agreed += 1
            } else {
                candidate = found
                agreed = 1
            }
            index = (index + 1) % lists.count
        }
        return candidate
    }

    /// Looks at the message itself.
    ///
    /// - Returns: false when no older message can fit.
    private mutating func take(_ id: Int64) throws -> Bool {
        looked += 1
        let found = try transaction.rows(
            "SELECT \(MessageStore.columns) FROM message WHERE id = ? AND organisation_id = ?",
            [.integer(id), .integer(organisation.rawValue)])
        guard let message = found.first.map(MessageStore.message) else { return true }
        if let from = search.from, message.receivedAt < from {
            return message.receivedAt >= from - Self.slack
        }
        if let until = search.until, message.receivedAt >= until { return true }
        if let state = search.state, message.state != state { return true }
        messages.append(message)
        return true
    }

    /// The messages of one day that carry one of some terms, the newest first.
    private struct TermCursor {
        private var lists: [(term: Int64, ids: [Int64], position: Int, isWhole: Bool)]
        private let day: Int64

        init(terms: [SearchTerm], day: Int64) {
            self.day = day
            lists = terms.map { ($0.code, [], 0, false) }
        }

        /// The newest message below a bound; bounds fall from call to call.
        mutating func seek(
            below bound: Int64, _ transaction: any SQLTransaction,
            _ organisation: OrganisationID, _ steps: inout Int
        ) throws -> Int64? {
            var newest: Int64?
            for index in lists.indices {
                while lists[index].position < lists[index].ids.count,
                    lists[index].ids[lists[index].position] >= bound
                {
                    lists[index].position += 1
                }
                if lists[index].position == lists[index].ids.count, !lists[index].isWhole {
                    try fetch(index, below: bound, transaction, organisation)
                    steps += 1
                }
                if lists[index].position < lists[index].ids.count {
                    newest = max(newest ?? .min, lists[index].ids[lists[index].position])
                }
            }
            return newest
        }

        private mutating func fetch(
            _ index: Int, below bound: Int64, _ transaction: any SQLTransaction,
            _ organisation: OrganisationID
        ) throws {
            let size = 64
            let rows = try transaction.rows(
                """
                SELECT message_id FROM message_term
                WHERE organisation_id = ? AND day = ? AND term = ? AND message_id < ?
                ORDER BY message_id DESC LIMIT \(size)
                """,
                [
                    .integer(organisation.rawValue), .integer(day),
                    .integer(lists[index].term), .integer(bound),
                ])
            lists[index].ids = rows.map { $0.integer(0) }
            lists[index].position = 0
            lists[index].isWhole = rows.count < size
        }
    }
}
