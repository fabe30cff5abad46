import Gateway
import MailReports
import SMTP
import Spool
import Storage

/// What pages show of a message: instants, states, people, every foreign text cut and cleaned.
enum TraceFields {
    /// Fields of `fate`: a sign and words, in the colour of the console's four states.
    static func state(_ state: MessageState) -> Fields {
        let fate =
            switch state {
            case .delivered: "proved"
            case .held: "undecided"
            case .waiting, .deferred: "forwarded"
            case .failed, .lost, .deleted, .refused: "forged"
            }
        return [
            "fate": .text(fate), "sign": .text(TraceWords.sign(state)),
            "fateWord": .text(TraceWords.state(state)),
        ]
    }

    /// To the second: `22 Nov 2026, 12:00:04 UTC`.
    static func instant(_ milliseconds: Int64) -> Field {
        let seconds = milliseconds / 1_000
        return .fields([
            "instant": .text("\(day(seconds)), \(time(seconds))\u{A0}UTC"),
            "machine": .text(Dates.machine(seconds)),
        ])
    }

    /// For columns whose title says that it is UTC: `22 Nov, 12:00:04`.
    static func shortInstant(_ milliseconds: Int64) -> Field {
        let seconds = milliseconds / 1_000
        let isPossible = isPossible(seconds)
        let date =
            isPossible
            ? Dates.shortDay(MailReports.UTCDay(secondsSinceEpoch: seconds)) : day(seconds)
        return .fields([
            "instant": .text("\(date), \(time(seconds))"),
            "machine": .text(Dates.machine(seconds)),
        ])
    }

    /// How long ago, or in how long.
    static func distance(from milliseconds: Int64, to other: Int64) -> String {
        let (distance, overflow) = other.subtractingReportingOverflow(milliseconds)
        guard !overflow else { return "a very long time" }
        return TraceWords.duration(distance < 0 ? 0 - max(distance, -.max) : distance)
            .replacing(" ", with: "\u{A0}")
    }

    private static func isPossible(_ seconds: Int64) -> Bool {
        (-62_000_000_000...250_000_000_000).contains(seconds)
    }

    private static func day(_ seconds: Int64) -> String {
        isPossible(seconds)
            ? Dates.day(MailReports.UTCDay(secondsSinceEpoch: seconds)) : "an impossible day"
    }

    private static func time(_ seconds: Int64) -> String {
        let rest = ((seconds % 86_400) + 86_400) % 86_400
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }

    /// The address of a message's page.
    static func link(_ id: Int64) -> Link {
        Link("messages", QueueIdentifier(storedValue: id).description)
    }

    /// One line of a list.
    static func row(_ message: StoredMessage) -> Fields {
        let record = MessageRecord(encoded: message.record)
        let header = record?.header
        let sender = record?.reversePath.description ?? ""
        var fields = state(message.state)
        fields["messageLink"] = link(message.id).value
        fields["rowTime"] = shortInstant(message.receivedAt)
        fields["rowSubject"] = ForeignText.value(header?.subject ?? "(no subject)", limit: 90)
        fields["rowSender"] = ForeignText.value(
            header?.authorAddress ?? (sender.isEmpty ? "nobody (an automatic mail)" : sender),
            limit: 60)
        let name = header?.authorName.flatMap { $0.isEmpty ? nil : $0 }
        fields["rowName"] = name.map { ForeignText.value($0, limit: 40) }
        fields["rowRecipient"] = ForeignText.value(
            record?.recipients.first?.description ?? "nobody", limit: 60)
        if let count = record?.recipientCount, count > 1 {
            fields["rowOthers"] = .text(
                "and \(Numbers.counted(count - 1, "other", "others"))")
        }
        let reason = record?.decision.reasons.first?.sentence ?? ""
        // What was decided explains these; what became of the others is the next server's matter.
        let isTold = [.held, .refused, .deferred].contains(message.state)
        fields["rowReason"] =
            isTold && !reason.isEmpty ? ForeignText.value(reason, limit: 160) : nil
        fields["rowStandsFor"] =
            message.standsFor > 1
            ? .text("stands for \(Numbers.counted(message.standsFor, "message", "messages"))")
            : nil
        return fields
    }
}
