import ArgumentParser
import Gateway
import SMTP
import Spool

/// `sealgate queue`: mail that was accepted and is still here.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Lists, holds, releases, retries or deletes mail that was accepted and is here.",
        discussion: """
            It reads the spool itself, so that it works beside a running gateway, beside a stopped \
            one, and without the database. Changes are handed to the running gateway.
            """,
        subcommands: [
            List.self, Hold.self, Release.self, Retry.self, Delete.self, Flush.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists what waits and what is held.")
        @OptionGroup var place: SpoolPlace
        @Option(help: "How many.") var limit = 100
        @Flag(help: "Held mail only.") var held = false
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let reader = try await place.read()
            let all = reader.messages.filter { !held || $0.holdReason != nil }
            let shown = try all.prefix(max(0, limit)).map {
                try QueuedMessage($0, try reader.message($0.id))
            }
            if format == .json { return try printJSON(shown) }
            if all.isEmpty { return print(held ? "Nothing is held." : "The queue is empty.") }
            for message in shown {
                print("\(message.id)  \(message.received)  \(grouped(message.octets)) octets")
                print("    from \(plain(message.from.isEmpty ? "<>" : message.from))")
                for recipient in message.to {
                    print("    to \(plain(recipient.address)): \(recipient.state)")
                }
                if let reason = message.held { print("    held: \(plain(reason, limit: 400))") }
            }
            if all.count > shown.count {
                print("… and \(grouped(all.count - shown.count)) more; see --limit.")
            }
        }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "Keeps mail here for now.")
        @OptionGroup var place: SpoolPlace
        @OptionGroup var choice: MessageChoice
        @Option(help: "Why; it is recorded.") var reason = "held by hand"

        func run() async throws {
            try await place.submit(.hold(reason: reason), choice)
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Lets held mail go on.")
        @OptionGroup var place: SpoolPlace
        @OptionGroup var choice: MessageChoice

        func run() async throws { try await place.submit(.release, choice) }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Tries mail again now, whatever its next time is.")
        @OptionGroup var place: SpoolPlace
        @OptionGroup var choice: MessageChoice

        func run() async throws { try await place.submit(.requeue, choice) }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Deletes mail. It is gone; that it was deleted is recorded.")
        @OptionGroup var place: SpoolPlace
        @OptionGroup var choice: MessageChoice
        @Option(help: "Why; it is recorded.") var reason = "deleted by hand"

        func run() async throws {
            try await place.submit(.delete(reason: reason), choice)
        }
    }

    struct Flush: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "flush",
            abstract: "Tries all mail that waits again now, or that of one destination.")
        @OptionGroup var place: SpoolPlace
        @Option(help: "Mail of this destination only: a domain, or a name from the queue page.")
        var destination: String?

        func run() async throws {
            guard let destination else { return try await place.flush() }
            try await place.submit(.requeue, MessageChoice(destination: destination))
        }
    }
}

/// A message of the queue, for people and programs.
private struct QueuedMessage: Encodable {
    struct Recipient: Encodable {
        var address: String
        var state: String
        var attempts: Int
        var nextAttempt: String?
    }

    var id: String
    var received: String
    var octets: Int
    var from: String
    var to: [Recipient]
    var held: String?

    init(_ live: LiveMessage, _ message: AcceptedMessage) throws {
        id = live.id.description
        received = instant(live.receivedAt / 1_000)
        octets = live.count
        from = message.envelope.reversePath.description
        held = live.holdReason
        let isHeld = live.holdReason != nil
        to = zip(message.envelope.recipients, live.recipients).map { recipient, state in
            let isWaiting = state.status == .queued && state.nextAttempt > 0 && !isHeld
            let next = isWaiting ? instant(state.nextAttempt / 1_000) : nil
            return Recipient(
                address: recipient.path.description, state: Self.words(state, isHeld, next),
                attempts: Int(state.attempts), nextAttempt: next)
        }
    }

    private static func words(_ state: RecipientState, _ isHeld: Bool, _ next: String?) -> String {
        switch state.status {
        case .queued:
            if isHeld { return "held" }
            if state.isUnderway { return "being delivered" }
            guard state.attempts > 0, let next else { return "waiting for its first attempt" }
            return "tried \(counted(Int(state.attempts), "time")), again at \(next)"
        case .delivered: return "delivered"
        case .failed: return "failed; its sender is still to be told"
        case .bounced: return "failed; its sender was told"
        case .deleted: return "deleted"
        case .lost: return "lost"
        }
    }
}
