import ArgumentParser
import Storage

/// Which organisation is meant.
struct OrganisationOptions: ParsableArguments {
    @Option(
        name: .customLong("organisation"),
        help: "The organisation, by name or number: see 'sealgate organisation list'.")
    var named: String = "1"

    func organisation(_ house: House) async throws -> Organisation {
        guard let found = try await house.accounts.organisations.find(named) else {
            throw PlainError(
                "There is no organisation \"\(plain(named))\". See: sealgate organisation list")
        }
        return found
    }
}

/// Who sits at the command line, for the audit log.
func commandLineActor() -> AuditActor {
    AuditActor(.commandLine, name: userName())
}

extension House {
    /// Tells in the first organisation's log what somebody begins that takes many steps.
    func tell(_ act: String, _ subject: String) async throws {
        try await accounts.audit(of: .first).append(
            AuditChange(by: commandLineActor(), act, subject), at: clock())
    }
}

/// `sealgate organisation`: whose domains and people are kept apart.
struct OrganisationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organisation", abstract: "Lists, adds and renames organisations.",
        subcommands: [List.self, Add.self, Rename.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists all organisations.")
        @OptionGroup var store: StoreOptions
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let all = try await house.accounts.organisations.all()
            try await house.close()
            if format == .json { return try printJSON(all) }
            var table = TextTable([.right("Number"), .left("Name"), .left("Since")])
            for organisation in all {
                let since = organisation.createdAt
                table.rows.append([
                    String(organisation.id.rawValue), plain(organisation.name, limit: 80),
                    since > 0 ? instant(since) : "the beginning",
                ])
            }
            print(table.render())
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Adds an organisation, and gives the link for its first owner.")
        @OptionGroup var store: StoreOptions
        @Argument(help: "Its name.") var name: String

        func run() async throws {
            let settings = try await store.settings()
            let house = try await House.open(settings, lookup: nil)
            let actor = commandLineActor()
            let organisation = try await house.accounts.organisations.add(
                name, by: actor, now: clock())
            let token = try await house.accounts.people(of: organisation.id).invite(
                "the first owner", as: Standing(.owner), by: actor, now: clock())
            try await house.close()
            print(
                "Added \(plain(organisation.name)) as organisation \(organisation.id.rawValue).\n"
                    + "Its first owner opens, within a week:\n"
                    + "  \(settings.console.address)/join?token=\(token.text)")
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rename", abstract: "Gives another name.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The new name.") var name: String

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            try await house.accounts.organisations.rename(
                organisation.id, to: name, by: commandLineActor(), now: clock())
            try await house.close()
        }
    }
}
