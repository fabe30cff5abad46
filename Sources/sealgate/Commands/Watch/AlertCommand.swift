import ArgumentParser
import DomainWatch
import Storage

/// `sealgate alert`: what a person should look at.
struct AlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Lists alerts, and notes that somebody knows of them.",
        subcommands: [List.self, Acknowledge.self, Check.self, Digest.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists open alerts, the newest first.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Flag(help: "Those that are over as well.") var all = false
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let alerts = try await house.alerts(organisation.id).list(all: all)
            try await house.close()
            if format == .json { return try printJSON(alerts) }
            for alert in alerts { Self.print(alert) }
            if alerts.isEmpty { Swift.print(all ? "None." : "No alert is open.") }
        }

        static func print(_ alert: Alert) {
            let finding = alert.finding
            var state = alert.overAt.map { "over since \(instant($0))" } ?? "open"
            if let who = alert.acknowledgedBy { state += ", known to \(plain(who))" }
            Swift.print(
                """
                \(alert.id)  \(plain(finding.what, limit: 400))
                    since \(finding.since), \(state)
                    \(plain(finding.evidence, limit: 400))
                    \(plain(finding.advice, limit: 400))
                """)
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Notes that you know of an alert.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "Its number.") var number: Int64

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let alert = try await house.alerts(organisation.id).acknowledge(
                number, by: commandLineActor(), now: clock())
            try await house.close()
            guard let alert else {
                throw PlainError("No alert has the number \(number). See: sealgate alert list")
            }
            print(
                "Known to \(plain(alert.acknowledgedBy ?? "somebody")): "
                    + plain(alert.finding.what, limit: 400))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Judges now what is to be alerted to, and shows it.",
            discussion: "sealgate serve does this by itself, and sends what is new.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let round = AlertRound(database: house.database, organisation: organisation.id)
            let raised = try await round.step(now: clock())
            try await house.close()
            for alert in raised { List.print(alert) }
            if raised.isEmpty { print("Nothing new.") }
        }
    }

    struct Digest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "digest", abstract: "Tells the last seven days in sentences.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let digest = try await WeeklyDigest.make(
                house.database, organisation.id, week: WeeklyDigest.week(before: clock()))
            try await house.close()
            print(digest.sentences.map { plain($0, limit: 2_000) }.joined(separator: "\n\n"))
        }
    }
}

extension House {
    func alerts(_ organisation: OrganisationID) -> AlertStore {
        AlertStore(database: database, organisation: organisation)
    }
}
