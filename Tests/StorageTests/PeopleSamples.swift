import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// An installation with an owner, and a second organisation.
struct PeopleSamples {
    static let now: Int64 = 1_795_348_800
    static let password = "four unrelated words"

    let database: any SQLDatabase
    let accounts: AccountStore
    let ada: Account
    let other: Organisation

    var people: PeopleStore { accounts.people(of: .first) }
    var audit: AuditStore { accounts.audit(of: .first) }
    var actor: AuditActor { AuditActor(ada) }

    static func each(
        _ engine: TestEngine, _ body: (PeopleSamples) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let accounts = AccountStore(
                database: database, cost: .none, secrets: .inMemory())
            let link = try #require(try await accounts.oneTimeLink(now: now))
            let ada = try await accounts.welcome(link, name: "Ada", password: password, now: now)
            let other = try await accounts.organisations.add(
                "Other", by: AuditActor(.commandLine, name: "root"), now: now)
            try await body(
                PeopleSamples(database: database, accounts: accounts, ada: ada, other: other))
        }
    }

    /// Somebody who joined by an invitation.
    func join(
        _ name: String, _ standing: Standing, organisation: OrganisationID = .first
    ) async throws -> Account {
        let token = try await accounts.people(of: organisation).invite(
            name, as: standing, by: actor, now: Self.now)
        return try await accounts.join(
            token, name: name, password: Self.password, now: Self.now)
    }

    static func domain(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

    /// The lines of an organisation's export.
    func export(_ organisation: OrganisationID = .first) async throws -> [String] {
        var lines: [String] = []
        var last: Int64 = 0
        while true {
            let entries = try await accounts.audit(of: organisation).entries(after: last)
            guard let end = entries.last else { return lines }
            lines += entries.map(\.line)
            last = end.sequence
        }
    }
}
