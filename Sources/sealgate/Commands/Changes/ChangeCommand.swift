public import ArgumentParser
import DNS
public import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// `sealgate change`: changes of a domain's DNS, shown exactly before they are made.
struct ChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Proposes, shows, makes, watches and takes back changes of a domain's DNS.",
        discussion: """
            A change is made at the zone's primary server (RFC 2136) with a key (TSIG), as a whole \
            and only while every record is as the change shows it. Or export it with --format and \
            make it by hand, then say so: sealgate change made NUMBER.
            """,
        subcommands: [
            ProposeChange.self, Show.self, Apply.self, Undo.self, List.self, WatchChanges.self,
            Made.self, Dismiss.self,
        ], defaultSubcommand: List.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows a change: its exact difference, its state and its history.")
        @OptionGroup var place: ChangePlace
        @Argument(help: "The change's number.") var number: Int64
        @Option(
            help: """
                text, json, zone, terraform, terraform-cloudflare, terraform-route53 or \
                domain-connect
                """)
        var format = ChangeExport.text
        @Option(help: "For domain-connect: who offers the template (providerId).")
        var connectProvider: String?
        @Option(help: "For domain-connect: the template's name (serviceId).")
        var connectService: String?
        @Option(help: "For domain-connect: the DNS provider's address (urlSyncUX).")
        var connectAddress: String?

        func run() async throws {
            try await place.with { _, desk, _ in
                let stored = try await ChangeCommand.find(number, desk)
                var service = DomainConnect.Service.example
                service.provider = connectProvider ?? service.provider
                service.service = connectService ?? service.service
                service.address = connectAddress ?? service.address
                let text = try format.render(
                    stored.change, zone: stored.zone.flatMap { DNSName($0) }, service: service)
                print(text, terminator: "")
                guard format == .text else { return }
                print("\nChange \(stored.id): \(stored.state.words).")
                for event in try await desk.store.events(of: number) {
                    let person = event.person.isEmpty ? "" : " by \(plain(event.person))"
                    let remark = event.remark.isEmpty ? "" : ": \(plain(event.remark, limit: 600))"
                    print(
                        "  \(instant(event.happenedAt))  \(event.state.rawValue)\(person)\(remark)")
                }
            }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply",
            abstract: "Makes a change that was proposed.")
        @OptionGroup var place: ChangePlace
        @Argument(help: "The change's number.") var number: Int64
        @Option(help: "The domain's name, typed to confirm a change that may lose mail.")
        var confirm: String?

        func run() async throws {
            try await place.with { _, desk, _ in
                try ChangeCommand.tell(
                    try await desk.apply(number, by: place.who, typed: confirm))
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo",
            abstract: "Takes a change back, while all is as it left it.")
        @OptionGroup var place: ChangePlace
        @Argument(help: "The change's number.") var number: Int64
        @Option(help: "The domain's name, typed to confirm where mail may be lost.")
        var confirm: String?

        func run() async throws {
            try await place.with { _, desk, _ in
                let back = try await desk.proposeUndo(of: number, by: place.who)
                print(ChangeText.render(back.change))
                let outcome = try await desk.apply(back.id, by: place.who, typed: confirm)
                if case .refused = outcome {
                    note("This is change \(back.id) now: sealgate change apply \(back.id)")
                }
                try ChangeCommand.tell(outcome)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists changes, newest first.")
        @OptionGroup var store: StoreOptions
        @Option(help: "Changes of this domain only.") var domain: DomainName?
        @Option(help: "How many.") var limit = 50
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let changes = try await ChangeStore(database: house.database)
                .list(of: domain, limit: limit)
            try await house.close()
            if format == .json { return try printJSON(changes) }
            if changes.isEmpty { return print("No change was proposed yet.") }
            for stored in changes {
                print(
                    "\(stored.id)  \(stored.change.domain)  \(stored.state.words)  "
                        + instant(stored.createdAt))
                print("    \(plain(stored.change.reason, limit: 200))")
                if !stored.remark.isEmpty { print("    \(plain(stored.remark, limit: 400))") }
            }
        }
    }

    struct Made: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "made",
            abstract: "Says that you made a proposed change by hand; it is watched from then on.")
        @OptionGroup var place: ChangePlace
        @Argument(help: "The change's number.") var number: Int64

        func run() async throws {
            try await place.with { _, desk, _ in
                try ChangeCommand.tell(try await desk.madeByHand(number, by: place.who))
            }
        }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dismiss", abstract: "Drops a proposed change.")
        @OptionGroup var place: ChangePlace
        @Argument(help: "The change's number.") var number: Int64

        func run() async throws {
            try await place.with { _, desk, _ in
                try ChangeCommand.tell(try await desk.dismiss(number, by: place.who))
            }
        }
    }

    static func find(_ number: Int64, _ desk: ChangeDesk) async throws -> StoredChange {
        guard let stored = try await desk.store.change(number) else {
            throw PlainError("There is no change \(number). See: sealgate change list")
        }
        return stored
    }

    /// A refusal is an error: scripts have to see it.
    static func tell(_ outcome: ChangeDesk.Outcome) throws {
        switch outcome {
        case .done(let sentence): print(sentence)
        case .refused(let sentence): throw PlainError(plain(sentence, limit: 2_000))
        }
    }
}

extension ChangeExport: ExpressibleByArgument {}
