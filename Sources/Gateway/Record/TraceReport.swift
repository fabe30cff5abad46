public import Storage

import SMTP
import Spool

/// A message's whole story as lines for a terminal.
///
/// Nothing of the message can move the cursor, change colours or the direction of the text.
public struct TraceReport: Sendable {
    private let history: MessageHistory
    private let record: MessageRecord?

    public init(_ history: MessageHistory) {
        self.history = history
        record = MessageRecord(encoded: history.message.record)
    }

    /// The story in lines of at most `width` columns, as far as words can be broken.
    public func lines(width: Int) -> [String] {
        let width = max(40, width)
        var lines = TerminalText.wrap(
            TraceWords.sign(history.message.state) + " "
                + TraceWords.state(history.message.state), width)
        lines += TerminalText.wrap(TraceWords.summary(history, record), width)
        lines.append("")
        lines += facts(width)
        if let record {
            lines += checks(record, width)
            lines += decision(record, width)
            lines += acts(record, width)
        }
        lines += recipients(width)
        lines += events(width)
        return lines
    }

    private func facts(_ width: Int) -> [String] {
        let id = QueueIdentifier(storedValue: history.message.id)
        var facts: [(String, String)] = [("Queue id", id.description)]
        if history.message.standsFor > 1 {
            facts.append(
                ("Stands for", "\(history.message.standsFor) messages like it, in a flood"))
        }
        facts.append(("Received", TerminalText.instant(history.message.receivedAt)))
        guard let record else { return TerminalText.table(facts, width) }
        let header = record.header
        facts.append(
            (
                "From",
                [header.authorName, header.authorAddress.map { "<\($0)>" }].compactMap { $0 }
                    .joined(separator: " ")
            ))
        let sender = record.reversePath.description
        facts.append(("Return path", sender.isEmpty ? "<> (nobody)" : sender))
        facts.append(("Subject", header.subject ?? "(none)"))
        facts.append(("Message-ID", header.messageID ?? "(none)"))
        facts.append(("Size", "\(record.size) octets"))
        if let client = record.client {
            let name = record.heloName.map { " (\($0))" } ?? ""
            let tls = record.tls.map { ", \($0.version)" } ?? ", not encrypted"
            facts.append(("Client", "\(client)\(name)\(tls), \(TraceWords.role(record.role))"))
        } else {
            facts.append(("Client", TraceWords.role(record.role)))
        }
        return TerminalText.table(facts, width)
    }

    private func checks(_ record: MessageRecord, _ width: Int) -> [String] {
        guard !record.checks.isEmpty else { return [] }
        let rows = record.checks.map { check in
            let about = check.domain.map { " \($0):" } ?? ""
            return (
                TraceWords.term(check.method), "\(check.result)\(about) \(check.sentence)"
            )
        }
        return ["", "What was checked"] + TerminalText.table(rows, width)
    }

    private func decision(_ record: MessageRecord, _ width: Int) -> [String] {
        let took = TraceWords.duration(Int64(record.durations.total))
        let rows = record.decision.reasons.map { ($0.code.rawValue, $0.sentence) }
        return ["", "\(TraceWords.decision(record.decision.disposition)), after \(took)"]
            + TerminalText.table(rows, width)
    }

    private func acts(_ record: MessageRecord, _ width: Int) -> [String] {
        guard !record.acts.isEmpty else { return [] }
        let rows = record.acts.map { (TraceWords.act($0.kind), $0.sentence) }
        return ["", "What was done with it"] + TerminalText.table(rows, width)
    }

    private func recipients(_ width: Int) -> [String] {
        guard !history.recipients.isEmpty else { return [] }
        let rows = history.recipients.map { recipient in
            let said = [recipient.host, recipient.reply].compactMap { $0 }.joined(separator: ": ")
            let state = TraceWords.state(
                TraceWords.state(ofRecipient: recipient.state, in: history.message.state))
            return (
                recipient.address,
                said.isEmpty ? state : "\(state), \(said)"
            )
        }
        return ["", "Recipients"] + TerminalText.table(rows, width)
    }

    private func events(_ width: Int) -> [String] {
        guard !history.events.isEmpty else { return [] }
        let rows = history.events.map { event in
            let said = [event.host, event.reply].compactMap { $0 }.joined(separator: ": ")
            let detail = TraceWords.detail(event).map { " \($0)" } ?? ""
            let words = TraceWords.event(event) + detail
            return (
                TerminalText.instant(event.happenedAt), said.isEmpty ? words : "\(words), \(said)"
            )
        }
        return ["", "What happened"] + TerminalText.table(rows, width)
    }
}

/// Messages found, one line each, for a terminal.
public struct TraceList: Sendable {
    private let messages: [StoredMessage]

    public init(_ messages: [StoredMessage]) {
        self.messages = messages
    }

    /// Time, queue id, what became of it, from, to and subject, in lines of at most `width` columns.
    public func lines(width: Int) -> [String] {
        let width = max(40, width)
        return messages.map { message in
            let record = MessageRecord(encoded: message.record)
            let sender = record?.header.authorAddress ?? record?.reversePath.description ?? ""
            var recipient = record?.recipients.first?.description ?? ""
            if let count = record?.recipientCount, count > 1 { recipient += " +\(count - 1)" }
            let line = [
                TerminalText.instant(message.receivedAt),
                QueueIdentifier(storedValue: message.id).description,
                TerminalText.pad(TraceWords.state(message.state), 19),
                TerminalText.clean(sender.isEmpty ? "<>" : sender, limit: 40) + " → "
                    + TerminalText.clean(recipient, limit: 40),
                TerminalText.clean(record?.header.subject ?? "", limit: 120),
            ].joined(separator: "  ")
            return line.count > width ? line.prefix(width - 1) + "…" : line
        }
    }
}
