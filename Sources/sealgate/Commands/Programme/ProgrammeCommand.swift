import ArgumentParser
import FoundationEssentials
import Identities
import MailReports
import Storage

/// `sealgate programme`: the domains on their way to p=reject.
struct ProgrammeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme",
        abstract: "Lists the domains on their way to p=reject, and says whose they are.",
        subcommands: [List.self, Import.self, Set.self, Find.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Shows where each domain stands, and the forecast.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Option(help: "Domains of this tranche only.") var tranche: String?
        @Option(help: "Domains of this owner only.") var owner: String?
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house).id
            let board = try await house.board(of: organisation).filtered { row in
                (tranche == nil || row.entry.tranche == tranche)
                    && (owner == nil || row.entry.owner.lowercased() == owner?.lowercased())
            }
            try await house.close()
            if format == .json { return try printJSON(board) }
            var table = TextTable([
                .left("Domain"), .left("Policy"), .left("Owner"), .left("Tranche"),
                .left("Target"), .left("Earliest"), .left("In the way"),
            ])
            for row in board.rows {
                table.rows.append([
                    row.entry.domain.text, row.isSeen ? row.stage.rawValue : "not seen",
                    plain(row.entry.owner, limit: 30), plain(row.entry.tranche, limit: 20),
                    row.entry.target?.description ?? "",
                    row.outlook == .late
                        ? "\(row.earliest?.description ?? "") (late)"
                        : row.earliest?.description ?? "", plain(row.block, limit: 80),
                ])
            }
            print(table.render())
            print(
                "\(board.forecast) of \(counted(board.rows.count, "domain")) at p=reject on "
                    + "\(board.date) at today's pace: \(board.count(.reject)) are now, "
                    + "\(board.reachedLately) reached it in the last "
                    + "\(ProgrammeLimits.paceDays) days.")
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Takes in a CSV file with the columns \(ProgrammeCSV.header).",
            discussion: """
                An empty cell leaves a thing as it is, "-" takes it away. Nothing of a file with a \
                bad line is taken in, and every bad line is told.
                """)
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The file.") var file: String

        func run() async throws {
            guard let data = try? Data(contentsOf: URL(filePath: file)) else {
                throw PlainError("The file \(plain(file)) cannot be read.")
            }
            let reading = ProgrammeCSV.parse(Array(data))
            for fault in reading.faults {
                note("Line \(fault.line): \(plain(fault.sentence, limit: 300))")
            }
            if reading.otherFaults > 0 {
                note("And \(counted(reading.otherFaults, "more line")).")
            }
            guard reading.faults.isEmpty else {
                throw PlainError("Nothing of \(plain(file)) was taken in.")
            }
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house).id
            let changed = try await house.accounts.programme(of: organisation).set(
                reading.changes, source: .csv, by: commandLineActor(), now: clock())
            try await house.close()
            print("\(counted(changed, "domain")) changed.")
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Takes domains in, or changes what is said of them.",
            discussion: "\"-\" takes a thing away; what is not named stays.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The domains.") var domains: [DomainName]
        @Option(help: "Who answers for it.") var owner: String?
        @Option(help: "sends, receives or parked") var purpose: String?
        @Option(help: "The tranche it belongs to.") var tranche: String?
        @Option(help: "The day by which it shall be at p=reject, YYYY-MM-DD.") var target: String?

        func run() async throws {
            // The same rules as in a file.
            func cell(_ text: String?) -> String {
                "\"\((text ?? "").replacing("\"", with: "\"\""))\""
            }
            var text = ProgrammeCSV.header + "\n"
            for domain in domains {
                let cells = [domain.text, owner, purpose, tranche, target].map { cell($0) }
                text += cells.joined(separator: ",") + "\n"
            }
            let reading = ProgrammeCSV.parse(Array(text.utf8))
            if let fault = reading.faults.first {
                throw ValidationError(plain(fault.sentence, limit: 300))
            }
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house).id
            let changed = try await house.accounts.programme(of: organisation).set(
                reading.changes, source: .hand, by: commandLineActor(), now: clock())
            try await house.close()
            print("\(counted(changed, "domain")) changed.")
        }
    }

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "find",
            abstract: "Takes in the domains that reports and changes of the DNS tell of.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Flag(help: "Only show them.") var show = false

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house).id
            let programme = house.accounts.programme(of: organisation)
            let found = try await programme.found()
            for source in ProgrammeDomain.Source.allCases where !show {
                try await programme.set(
                    found.filter { $0.source == source }
                        .map { ProgrammeChange(domain: $0.domain) },
                    source: source, by: commandLineActor(), now: clock())
            }
            try await house.close()
            for each in found { print("\(each.domain)  (\(each.source.rawValue))") }
            note("\(counted(found.count, "domain")) found\(show ? "" : " and taken in").")
        }
    }
}

extension House {
    /// Where the domains of an organisation stand.
    func board(of organisation: OrganisationID) async throws -> ProgrammeBoard {
        let now = clock()
        let programme = accounts.programme(of: organisation)
        let today = UTCDay(secondsSinceEpoch: now)
        return ProgrammeBoard(
            try await programme.domains(),
            standings: try await programme.standings(since: today.advanced(by: -30)),
            progress: try await programme.progress(), today: today)
    }
}
