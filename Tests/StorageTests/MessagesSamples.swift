import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Messages as a gateway hands them in.
enum MessagesSamples {
    /// 2026-11-22T12:00:00Z in milliseconds.
    static let noon: Int64 = 1_795_348_800_000
    static let day: Int64 = 86_400_000

    static func store(
        _ engine: TestEngine, _ body: (MessageStore, any SQLDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await body(MessageStore(database: database), database)
        }
    }

    /// An id that rises with time.
    static func id(_ number: Int64, at instant: Int64 = noon) -> Int64 {
        instant << 20 | number
    }

    static func entry(
        _ number: Int64, at instant: Int64 = noon, state: MessageState = .waiting,
        from sender: String = "anna@example.org", to recipients: [String] = ["ben@example.com"],
        subject: String = "Invoice 4711", client: String = "192.0.2.17"
    ) throws -> MessageEntry {
        let from = try #require(EmailAddress(sender))
        var terms: [SearchTerm] = [
            .sender(address: sender), .sender(domain: from.domain),
            .client(try #require(IPAddress(client))), .messageID("<\(number)@example.org>"),
        ]
        for recipient in recipients {
            let to = try #require(EmailAddress(recipient))
            terms += [.recipient(address: recipient), .recipient(domain: to.domain)]
        }
        terms += SearchTerm.words(of: subject).map { .word($0) }
        if state != .waiting { terms.append(.state(state)) }
        return MessageEntry(
            id: id(number, at: instant), receivedAt: instant, state: state,
            reason: state == .refused ? "policy-reject" : "authenticated", record: [1, 2, 3],
            recipients: recipients, terms: terms,
            author: ProvedSender(identity: "example.org", address: sender))
    }

    static func event(
        _ kind: MessageEvent.Kind, of message: Int64, _ number: Int64, recipients: [Int] = [0],
        at instant: Int64 = noon + 1_000, reply: String? = "250 2.0.0 Taken"
    ) -> MessageEvent {
        MessageEvent(
            messageID: message, number: number, happenedAt: instant, kind: kind,
            recipients: recipients, host: "mx.example.com [192.0.2.25]", reply: reply)
    }

    static func write(_ store: MessageStore, _ entries: [MessageEntry]) async throws {
        var batch = MessageBatch()
        for entry in entries { batch.add(entry) }
        try await store.write(batch)
    }
}
