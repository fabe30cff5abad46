import ArgumentParser
import Identities
import Storage

/// `sealgate people`: who belongs to an organisation, and who may do what.
struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people",
        abstract: "Lists, invites and removes people, and changes what they may do.",
        discussion: """
            Roles: owner (everything), operator (domains, reports, mail), auditor (sees \
            everything, changes nothing), domain-owner (sees the domains given with --domains).
            """,
        subcommands: [
            List.self, Invite.self, ChangeRole.self, Remove.self, Reset.self, ResetCode.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists people and invitations.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let people = house.accounts.people(of: organisation.id)
            let members = try await people.members()
            let invitations = try await people.invitations(now: clock())
            try await house.close()
            if format == .json { return try printJSON(members.map(PersonFacts.init)) }
            var table = TextTable([.left("Name"), .left("Role"), .left("Signs in with")])
            for member in members {
                table.rows.append([
                    plain(member.account.name, limit: 60), plain("\(member.standing)", limit: 100),
                    waysIn(member),
                ])
            }
            print(table.render())
            for invitation in invitations {
                print(
                    "Invited until \(instant(invitation.expiresAt)): \(plain(invitation.remark)), "
                        + "as \(invitation.standing)")
            }
        }
    }

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "invite",
            abstract: "Makes a link with which one person joins, within a week.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @OptionGroup var role: RoleOptions
        @Argument(help: "For whom it is; for your own list.") var remark: String

        func run() async throws {
            let settings = try await store.settings()
            let standing = try role.standing()
            let house = try await House.open(settings, lookup: nil)
            let organisation = try await place.organisation(house)
            let token = try await house.accounts.people(of: organisation.id).invite(
                remark, as: standing, by: commandLineActor(), now: clock())
            try await house.close()
            print("\(settings.console.address)/join?token=\(token.text)")
        }
    }

    struct ChangeRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Changes what somebody may do.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @OptionGroup var role: RoleOptions
        @Argument(help: "The name with which the person signs in.") var name: String

        func run() async throws {
            let standing = try role.standing()
            let house = try await House.open(store.settings(), lookup: nil)
            let (people, member) = try await house.member(name, place)
            try await people.change(
                member.account.id, to: standing, by: commandLineActor(), now: clock())
            try await house.close()
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Takes somebody out of an organisation; the account stays.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The name with which the person signs in.") var name: String

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let (people, member) = try await house.member(name, place)
            try await people.remove(member.account.id, by: commandLineActor(), now: clock())
            try await house.close()
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset",
            abstract: "Makes a link with which one person chooses a new password, within a day.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The name with which the person signs in.") var name: String

        func run() async throws {
            let settings = try await store.settings()
            let house = try await House.open(settings, lookup: nil)
            let organisation = try await place.organisation(house)
            let (_, member) = try await house.member(name, place)
            let token = try await house.accounts.passwordLink(
                for: member.account.id, by: commandLineActor(), owner: nil, in: organisation.id,
                now: clock())
            try await house.close()
            print("\(settings.console.address)/reset?token=\(token.text)")
        }
    }

    struct ResetCode: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-code",
            abstract: "Switches the second step off for somebody who lost device and codes.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Argument(help: "The name with which the person signs in.") var name: String

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let (_, member) = try await house.member(name, place)
            try await house.accounts.secondStep.reset(
                member.account, by: commandLineActor(), in: organisation.id, now: clock())
            try await house.close()
            print("\(plain(member.account.name)) signs in with the password alone now.")
        }
    }
}

/// A role on the command line.
struct RoleOptions: ParsableArguments {
    @Option(help: "owner, operator, auditor or domain-owner") var role: String
    @Option(help: "A domain owner's domain; may be repeated.") var domains: [DomainName] = []

    func standing() throws -> Standing {
        guard let role = Role(rawValue: role) else {
            throw ValidationError("--role wants owner, operator, auditor or domain-owner.")
        }
        return Standing(role, domains: domains)
    }
}

/// How somebody signs in.
private func waysIn(_ member: Member) -> String {
    let ways = [member.hasProvider ? "provider" : nil, member.hasPassword ? "password" : nil]
    return ways.compactMap { $0 }.joined(separator: " or ")
        + (member.hasSecondStep ? " and code" : "")
}

extension House {
    fileprivate func member(
        _ name: String, _ place: OrganisationOptions
    ) async throws -> (PeopleStore, Member) {
        let organisation = try await place.organisation(self)
        let people = accounts.people(of: organisation.id)
        guard let member = try await people.member(named: name) else {
            throw PlainError(
                "Nobody named \"\(plain(name))\" belongs to \(plain(organisation.name)).")
        }
        return (people, member)
    }
}

/// A person, for programs.
private struct PersonFacts: Encodable {
    var name: String
    var role: String
    var domains: [String]
    /// Seconds since 1970.
    var since: Int64
    var secondStep: Bool

    init(_ member: Member) {
        name = member.account.name
        role = member.standing.role.rawValue
        domains = member.standing.domains.map(\.text)
        since = member.since
        secondStep = member.hasSecondStep
    }
}
