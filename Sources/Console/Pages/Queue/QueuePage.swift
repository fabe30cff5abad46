import Crypto
import HTTPTypes

/// The queue, drawn.
struct QueuePage {
    let snapshot: QueueSnapshot
    /// Milliseconds since 1970.
    let now: Int64
    let mayAct: Bool
    /// What was just done, and to how many messages.
    var done: String?
    var count: Int?

    func draw() -> Page {
        Page(
            "queue", title: "Queue", place: .queue,
            fields: [
                "lead": .list(lead),
                "queueNotice": notice.map { .text($0) },
                "destinations": .list(snapshot.destinations.map(row)),
                "hasDestinations": .flag(!snapshot.destinations.isEmpty),
                "otherDestinations": snapshot.otherDestinations > 0
                    ? .text(
                        Numbers.counted(
                            snapshot.otherDestinations, "destination", "destinations"))
                    : nil,
                "mayAct": .flag(mayAct),
                "hasWaiting": .flag(snapshot.waiting > 0),
            ])
    }

    /// Names a destination in forms and addresses, whatever its name is made of.
    static func key(of destination: QueueSnapshot.Destination) -> String {
        SHA256.hash(data: Array(destination.name.utf8)).prefix(8)
            .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Asks once more, and for the destination's name.
    static func deletion(of destination: QueueSnapshot.Destination, problem: String?) -> Page {
        let messages = destination.waiting + destination.held + destination.underway
        return Page(
            "deletequeue", title: "Delete what waits?", place: .queue,
            status: problem == nil ? .ok : .unprocessableContent,
            fields: [
                "destination": ForeignText.value(destination.name, limit: 120),
                "destinationValue": .text(key(of: destination)),
                "problem": .optional(problem),
                "deletedCount": .text(Numbers.counted(messages, "message", "messages")),
            ])
    }

    private var lead: [Fields] {
        guard snapshot.waiting > 0 else {
            var pieces = [Words.piece("Nothing waits: mail leaves as it comes in.")]
            if snapshot.held > 0 { pieces += held }
            return pieces
        }
        let places = snapshot.destinations.count + snapshot.otherDestinations
        var pieces = [
            Words.piece(Numbers.counted(snapshot.waiting, "message", "messages"), strong: true),
            Words.piece(
                (snapshot.waiting == 1 ? " waits" : " wait") + " for "
                    + Numbers.counted(places, "destination", "destinations")),
        ]
        if let oldest = snapshot.oldestAt {
            pieces.append(
                Words.piece(
                    "; the oldest came in \(TraceFields.distance(from: oldest, to: now)) ago"))
        }
        pieces.append(Words.piece("."))
        if snapshot.held > 0 { pieces += held }
        return pieces
    }

    private var held: [Fields] {
        [
            Words.piece(" "),
            Words.piece(
                Numbers.counted(snapshot.held, "message", "messages"), to: "/messages?what=held"),
            Words.piece(
                snapshot.held == 1 ? " is held for a decision." : " are held for a decision."),
        ]
    }

    private func row(_ destination: QueueSnapshot.Destination) -> Fields {
        let isStuck = destination.lastError != nil
        return [
            "queueName": ForeignText.value(destination.name, limit: 100),
            "queueValue": .text(Self.key(of: destination)),
            "queueWaiting": .number(destination.waiting),
            "queueUnderway": .number(destination.underway),
            "queueHeld": destination.held > 0 ? .number(destination.held) : nil,
            "queueOldest": destination.oldestAt.map {
                .text("\(TraceFields.distance(from: $0, to: now)) ago")
            },
            "queueError": destination.lastError.map { ForeignText.value($0, limit: 300) },
            "queueNext": destination.nextAt.map {
                $0 <= now
                    ? "now" : .text("in \(TraceFields.distance(from: now, to: $0))")
            },
            "queueWorks": .flag(!isStuck),
            "queueDelete": Link("queue", "delete").with("destination", Self.key(of: destination))
                .value,
            "mayHold": .flag(destination.waiting > 0),
        ]
    }

    private var notice: String? {
        let count = max(0, count ?? 0)
        let messages = Numbers.counted(count, "message", "messages")
        switch done {
        case "retry": return "\(messages) \(count == 1 ? "is" : "are") tried at once."
        case "hold": return "\(messages) \(count == 1 ? "is" : "are") held back."
        case "release": return "\(messages) \(count == 1 ? "is" : "are") released."
        case "delete": return "\(messages) \(count == 1 ? "was" : "were") deleted."
        default: return nil
        }
    }
}
