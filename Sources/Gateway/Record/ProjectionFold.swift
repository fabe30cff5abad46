import Identities
import SMTP
import Spool
import Storage

/// Makes a batch for the store of what the spool's log tells.
struct ProjectionFold {
    private(set) var batch = MessageBatch()
    private let store: MessageStore
    /// Who wrote the messages of this batch that are held, and to whom: they may be released.
    private var held: [QueueIdentifier: (sender: ProvedSender, recipients: [String])] = [:]

    init(store: MessageStore) {
        self.store = store
    }

    mutating func add(_ entry: SpoolEntry, at position: UInt64) async throws {
        switch entry {
        case .accepted(let message): add(message)
        case .changed(let change): try await add(change, number: Int64(bitPattern: position))
        }
    }

    private mutating func add(_ message: AcceptedMessage) {
        var record = MessageRecord(encoded: message.record) ?? MessageRecord(of: message)
        record.id = message.id
        var paths = record.recipients
        if paths.count != message.envelope.recipients.count {
            paths = message.envelope.recipients.map(\.path)
        }
        var entry = record.entry(recipients: paths)
        switch message.disposition {
        case .deliver: entry.state = .waiting
        case .hold:
            entry.state = .held
            if let sender = record.provedSender { held[message.id] = (sender, entry.recipients) }
        }
        batch.add(entry)
    }

    private mutating func add(_ change: QueueChange, number: Int64) async throws {
        guard let event = MessageEvent(change, number: number) else { return }
        batch.add(event)
        if case .released(let id, let at, _) = change { try await relate(id, at: at) }
    }

    /// A message that a person let through counts in the history of who writes to whom from then on.
    private mutating func relate(_ id: QueueIdentifier, at instant: Int64) async throws {
        var found = held.removeValue(forKey: id)
        if found == nil, let history = try await store.history(of: id.storedValue),
            history.message.state == .held,
            let sender = MessageRecord(encoded: history.message.record)?.provedSender
        {
            found = (sender, history.recipients.map(\.address))
        }
        guard let found else { return }
        for recipient in found.recipients {
            batch.relate(found.sender, to: recipient, at: instant)
        }
    }
}

extension MessageEvent {
    /// What the spool recorded; nil for what is no news to people.
    init?(_ change: QueueChange, number: Int64) {
        self.init(
            messageID: change.id.storedValue, number: number, happenedAt: 0, kind: .attempted)
        switch change {
        case .started:
            return nil
        case .attempted(_, let recipients, let at, let host, let reply, let nextAttempt):
            set(.attempted, at, recipients, host: host, reply: reply)
            nextAt = nextAttempt
        case .delivered(_, let recipients, let at, let host, let reply, let tls):
            set(.delivered, at, recipients, host: host, reply: reply, detail: tls)
        case .failed(_, let recipients, let at, let host, let reason):
            set(.failed, at, recipients, host: host, reply: reason)
        case .bounced(_, let recipients, let at, let report):
            set(.bounced, at, recipients, detail: report?.description)
        case .held(_, let at, let reason):
            set(.held, at, [], reply: reason)
        case .released(_, let at, let by):
            set(.released, at, [], detail: by)
        case .requeued(_, let at, let by):
            set(.requeued, at, [], detail: by)
        case .deleted(_, let at, let by, let reason):
            set(.deleted, at, [], reply: reason, detail: by)
        case .duplicateRisk(_, let recipients, let at, let why):
            set(.duplicateRisk, at, recipients, reply: why)
        case .lost(_, let at, let why):
            set(.lost, at, [], reply: why)
        }
    }

    private mutating func set(
        _ kind: Kind, _ at: Int64, _ recipients: [Int], host: String? = nil, reply: String? = nil,
        detail: String? = nil
    ) {
        self.kind = kind
        happenedAt = at
        self.recipients = recipients
        self.host = host
        self.reply = reply
        self.detail = detail
    }
}

extension MessageRecord {
    /// The record of a message that came without one: what its envelope tells.
    init(of message: AcceptedMessage) {
        self.init(
            id: message.id, receivedAt: message.receivedAt, role: .generated, client: nil,
            reversePath: message.envelope.reversePath,
            recipients: message.envelope.recipients.map(\.path), size: message.contentCount,
            decision: Decision(.deliver, []), route: message.routing)
    }
}
