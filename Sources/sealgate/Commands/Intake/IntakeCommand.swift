import ArgumentParser
import Storage
import MailReports
import FoundationEssentials
import ReportConsumer

/// `sealgate intake`: what could not be read, and where reports are fetched from.
struct IntakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake",
        abstract: "What could not be read as a report, and the places that reports come from.",
        subcommands: [
            List.self, Retry.self, Accept.self, Export.self, Discard.self, PlacesCommand.self,
            PlaceCheckCommand.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists what is set aside, with its reason.")
        @OptionGroup var store: StoreOptions
        @Option(help: "How many.") var limit = 100
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let items = try await house.intakeStore.quarantined(limit: limit)
            try await house.close()
            if format == .json { return try printJSON(items) }
            if items.isEmpty { return print("Nothing is set aside.") }
            for item in items {
                print("\(item.id)  \(plain(item.path))  (\(grouped(item.byteCount)) bytes)")
                print("    \(plain(item.refusal.explanation, limit: 400))")
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Reads what is set aside once more, with today's program.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var resolver: ResolverOptions
        @OptionGroup var networks: NetworkOptions
        @Argument(help: "Numbers from 'sealgate intake list'; none reads all.")
        var ids: [Int64] = []

        func run() async throws {
            let settings = try await store.settings(resolver, networks)
            try await withLookup(settings) { lookup in
                let house = try await House.open(settings, lookup: lookup, takesIn: true)
                var all = ids
                if all.isEmpty {
                    all = try await house.intakeStore.quarantined(limit: 100_000).map(\.id)
                }
                var (read, refused) = (0, 0)
                for id in all {
                    let outcome = try await house.intake.retry(id, by: commandLineActor())
                    read += outcome.accepted.count + outcome.repeated.count
                    refused += outcome.refused.count
                }
                try await house.close()
                print(
                    "\(counted(read, "report")) could be read now, "
                        + "\(counted(refused, "document")) still cannot.")
            }
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "accept",
            abstract: "Takes in what looked forged, because you know that it is genuine.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var resolver: ResolverOptions
        @OptionGroup var networks: NetworkOptions
        @Argument(help: "Numbers from 'sealgate intake list'.") var ids: [Int64]

        func run() async throws {
            let settings = try await store.settings(resolver, networks)
            try await withLookup(settings) { lookup in
                let house = try await House.open(settings, lookup: lookup, takesIn: true)
                var taken = 0
                for id in ids {
                    let outcome = try await house.intake.takeIn(id)
                    taken += outcome.accepted.count + outcome.repeated.count
                    for refusal in outcome.refused {
                        print("\(id)  \(plain(refusal.explanation, limit: 400))")
                    }
                }
                try await house.close()
                print("\(counted(taken, "report")) taken in.")
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes what is set aside to a file, exactly as it came in.")
        @OptionGroup var store: StoreOptions
        @Argument(help: "A number from 'sealgate intake list'.") var id: Int64
        @Argument(help: "The file to write.") var file: String

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let bytes = try await house.intakeStore.bytes(of: id, limit: 1 << 31)
            try await house.close()
            guard let bytes else { throw PlainError("Nothing with number \(id) is set aside.") }
            try Data(bytes).write(to: URL(filePath: file))
            print("\(grouped(bytes.count)) bytes written to \(file).")
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Takes something off the list; its bytes stay kept.")
        @OptionGroup var store: StoreOptions
        @Argument(help: "Numbers from 'sealgate intake list'.") var ids: [Int64]

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            for id in ids {
                try await house.intakeStore.discard(id, by: commandLineActor(), now: clock())
            }
            try await house.close()
        }
    }
}
