import ArgumentParser
import Storage

/// `sealgate tokens`: what programs may do.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "Lists, makes and revokes API tokens.",
        subcommands: [List.self, Make.self, Revoke.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists tokens.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let now = clock()
            let all = try await house.accounts.tokens(of: organisation.id).all(now: now)
            try await house.close()
            if format == .json { return try printJSON(all.map { TokenFacts($0, now) }) }
            if all.isEmpty { return print("There are no tokens.") }
            var table = TextTable([
                .right("Number"), .left("Name"), .left("Role"), .left("Scopes"), .left("State"),
                .left("Used last"),
            ])
            for token in all {
                let facts = TokenFacts(token, now)
                table.rows.append([
                    String(token.id), plain(token.name, limit: 40), facts.role,
                    facts.scopes.joined(separator: " "), facts.state,
                    token.usedAt.map { instant($0) } ?? "never",
                ])
            }
            print(table.render())
        }
    }

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make",
            abstract: "Makes a token and prints it, this once.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The program that will use it.") var name: String
        @Option(
            help: """
                What it may do: read, reports.bring, audit.read, events.export, change, approve; \
                may be repeated.
                """)
        var scope: [String]
        @Option(help: "owner, operator or auditor") var role = "auditor"
        @Option(help: "Days until it ends.") var days: Int64 = 90

        func run() async throws {
            let scopes = try scope.map { text in
                guard let scope = TokenScope(rawValue: text) else {
                    let all = TokenScope.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--scope wants one of \(all), not \"\(plain(text))\".")
                }
                return scope
            }
            guard let role = Role(rawValue: role) else {
                throw ValidationError("--role wants owner, operator or auditor.")
            }
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let made = try await house.accounts.tokens(of: organisation.id).make(
                name, scopes: Set(scopes), role: role, days: days, by: commandLineActor(),
                now: clock())
            try await house.close()
            note("Token \(made.token.id); it is shown this once:")
            print(made.text)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Ends a token for good.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "A number from 'sealgate tokens list'.") var id: Int64

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            try await house.accounts.tokens(of: organisation.id).revoke(
                id, by: commandLineActor(), now: clock())
            try await house.close()
        }
    }
}

/// A token, for programs.
private struct TokenFacts: Encodable {
    var id: Int64
    var name: String
    var role: String
    var scopes: [String]
    var state: String
    var madeBy: String
    /// Seconds since 1970, as all instants here.
    var madeAt: Int64
    var expiresAt: Int64
    var usedAt: Int64?
    var revokedAt: Int64?

    init(_ token: APIToken, _ now: Int64) {
        id = token.id
        name = token.name
        role = token.role.rawValue
        scopes = token.scopes.map(\.rawValue).sorted()
        state = token.revokedAt != nil ? "revoked" : token.isInUse(at: now) ? "in use" : "over"
        madeBy = token.madeBy
        madeAt = token.madeAt
        expiresAt = token.expiresAt
        usedAt = token.usedAt
        revokedAt = token.revokedAt
    }
}
