public import Storage

/// The words with which pages and the terminal tell what became of mail: a sentence first, the
/// trade's term behind it.
public enum TraceWords {
    /// Where a message stands, in two or three words.
    public static func state(_ state: MessageState) -> String {
        switch state {
        case .held: "Held for a decision"
        case .waiting: "On its way"
        case .failed: "Not delivered"
        case .lost: "Lost by the disk"
        case .deleted: "Deleted"
        case .delivered: "Delivered"
        case .refused: "Refused"
        case .deferred: "Told to come again"
        }
    }

    /// Where a recipient stands. Nothing is on its way to anybody while the message as a whole is
    /// held, or was never taken.
    public static func state(
        ofRecipient recipient: MessageState, in message: MessageState
    ) -> MessageState {
        guard recipient == .waiting else { return recipient }
        switch message {
        case .held, .refused, .deferred, .deleted, .lost: return message
        case .waiting, .failed, .delivered: return recipient
        }
    }

    /// A sign that goes with the word, never alone.
    public static func sign(_ state: MessageState) -> String {
        switch state {
        case .delivered: "●"
        case .held: "◐"
        case .waiting, .deferred: "↪"
        case .failed, .lost, .deleted, .refused: "✕"
        }
    }

    /// What was checked.
    public static func method(_ method: RecordedCheck.Method) -> String {
        switch method {
        case .spf: "May this server send for the return address? (SPF)"
        case .helo: "May this server call itself so? (SPF of HELO)"
        case .dkim: "Is the signature genuine? (DKIM)"
        case .arc: "Is the forwarder's seal genuine? (ARC)"
        case .dmarc: "Is the author's domain proved? (DMARC)"
        case .dkim2: "Is the chain of hands genuine? (DKIM2)"
        case .bimi: "Has the author's domain a logo? (BIMI)"
        case .lists: "Do lists of spam senders know the client?"
        }
    }

    /// `SPF`, `DKIM`, …: the term alone.
    public static func term(_ method: RecordedCheck.Method) -> String {
        switch method {
        case .spf: "SPF"
        case .helo: "HELO"
        case .dkim: "DKIM"
        case .arc: "ARC"
        case .dmarc: "DMARC"
        case .dkim2: "DKIM2"
        case .bimi: "BIMI"
        case .lists: "Lists"
        }
    }

    /// A result word of RFC 8601 as an answer to the question that was checked.
    public static func result(_ word: String, of method: RecordedCheck.Method) -> String {
        switch word {
        case "none" where method == .dkim || method == .arc || method == .dkim2: "There is none"
        case "pass": "Yes"
        case "fail": "No"
        case "softfail": "Probably not"
        case "none": "Nothing published"
        case "neutral": "Not said"
        case "policy": "Not by our rules"
        case "temperror": "DNS did not answer"
        case "permerror": "The record is faulty"
        default: "Unknown"
        }
    }

    /// What was decided.
    public static func decision(_ disposition: Decision.Disposition) -> String {
        switch disposition {
        case .deliver: "Accepted for delivery"
        case .hold: "Accepted, and held until a person decides"
        case .reject: "Refused for good: the sender's server tells its user"
        case .defer: "Not accepted yet: the sender's server was told to try again"
        }
    }

    /// What was done with a message before it left.
    public static func act(_ kind: RecordedAct.Kind) -> String {
        switch kind {
        case .tagged: "Subject marked"
        case .banner: "Warning put in"
        case .leftAlone: "Left as it was"
        case .signed: "Signed"
        case .sealed: "Sealed"
        case .unsigned: "Not signed"
        }
    }

    /// The listener that a message came in by.
    public static func role(_ role: MessageRecord.Role) -> String {
        switch role {
        case .inbound: "from outside"
        case .internal: "from your own network"
        case .reports: "for the report address"
        case .generated: "written by Sealgate itself"
        }
    }

    /// One line of a message's history.
    public static func event(_ event: MessageEvent) -> String {
        switch event.kind {
        case .attempted: "Tried, and to be tried again"
        case .delivered: "The next server took it"
        case .failed: "Given up"
        case .held: "Held"
        case .released: "Released"
        case .deleted: "Deleted"
        case .bounced: event.detail == nil ? "Nobody was to be told" : "The sender was told"
        case .duplicateRisk: "It may arrive twice"
        case .requeued: "Tried at once, on request"
        case .lost: "The disk lost its content"
        }
    }

    /// What is to be said behind the words of an event: how it was encrypted, who did it, which
    /// message told the sender.
    public static func detail(_ event: MessageEvent) -> String? {
        switch (event.kind, event.detail) {
        case (.delivered, let tls?): "encrypted with \(tls)"
        case (.delivered, nil): "without encryption"
        case (.released, let person?), (.deleted, let person?), (.requeued, let person?),
            (.held, let person?):
            "by \(person)"
        case (.bounced, let report?): "with message \(report)"
        default: nil
        }
    }

    /// Milliseconds as people say them: `15 ms`, `2.4 s`, `3 min`, `5 h`, `2 days`.
    public static func duration(_ milliseconds: Int64) -> String {
        let value = max(0, milliseconds)
        switch value {
        case ..<1_000: return "\(value) ms"
        case ..<60_000:
            let tenths = value / 100
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        case ..<3_600_000: return "\(value / 60_000) min"
        case ..<172_800_000: return "\(value / 3_600_000) h"
        default: return "\(value / 86_400_000) days"
        }
    }

    /// The first sentence about a message: what became of it, and why.
    public static func summary(_ history: MessageHistory, _ record: MessageRecord?) -> String {
        let reason = record?.decision.reasons.first.map { " " + ending($0.sentence) } ?? ""
        let all = history.recipients.count
        let delivered = history.recipients.count { $0.state == .delivered }
        switch history.message.state {
        case .refused:
            return "We refused it, so that the sender's server tells its user.\(reason)"
        case .deferred:
            return "We told the sender's server to come again.\(reason)"
        case .held:
            let held = history.events.last { $0.kind == .held }?.reply
            return "It is kept in quarantine until somebody releases or deletes it."
                + (held.map { " " + ending($0) } ?? reason)
        case .waiting:
            let last = history.events.last { $0.kind == .attempted }
            guard let last, let reply = last.reply else {
                return "It is accepted and on its way to \(people(all - delivered, of: all))."
            }
            return "It is not yet delivered to \(people(all - delivered, of: all)). "
                + "The last try ended with: \(ending(reply))"
        case .failed:
            let failed = history.recipients.last { $0.state == .failed }?.reply ?? ""
            let who = people(history.recipients.count { $0.state == .failed }, of: all)
            return "It could not be delivered to \(who)"
                + (failed.isEmpty ? "." : ": " + ending(failed))
        case .lost: return "The disk lost its content before it could be delivered."
        case .deleted: return "Somebody deleted it before it was delivered."
        case .delivered:
            let last = history.recipients.map(\.updatedAt).max() ?? history.message.receivedAt
            let took = duration(last - history.message.receivedAt)
            return "It was delivered to \(people(all, of: all)), \(took) after it came in."
        }
    }

    private static func people(_ count: Int, of all: Int) -> String {
        if all <= 1 { return "its recipient" }
        if count == all { return "all of its \(all) recipients" }
        return "\(count == 1 ? "one" : String(count)) of its \(all) recipients"
    }

    private static func ending(_ sentence: String) -> String {
        guard let last = sentence.last, !".!?…".contains(last) else { return sentence }
        return sentence + "."
    }
}
