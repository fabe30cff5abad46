import ArgumentParser
import DomainAnalysis
import Identities
import Storage

/// `sealgate sender`: what people decide about the senders of a domain.
struct SenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sender",
        abstract: "Authorises and rejects the senders of a domain, and says who answers for them.",
        discussion: """
            A decision changes what the plan, the replay and the pages say: what does not pass of \
            an authorised sender counts as your mail at risk, and of a rejected one as mail that \
            shall fail. Every decision is told in the audit log and can be undone.
            """,
        subcommands: [
            List.self, AuthoriseSender.self, Reject.self, Owner.self, Note.self, Undo.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists a domain's senders and what is decided.")
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @OptionGroup var window: WindowOptions
        @Argument(help: "The domain.") var domain: DomainName
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let overview = try await DomainStore(
                database: house.database, organisation: organisation.id
            ).overview(of: domain, days: window.days, until: try window.untilDay, now: clock())
            try await house.close()
            guard let overview else {
                throw PlainError(
                    "No report about \(domain) was taken in. Import its reports first, or check "
                        + "the name.")
            }
            if format == .json { return try printJSON(overview.senders.map(SenderFacts.init)) }
            var table = TextTable([
                .left("Sender"), .left("Key"), .left("What it is"), .right("Messages"),
                .right("Proved"), .left("Owner"), .left("Note"),
            ])
            for sender in overview.senders {
                table.rows.append([
                    plain(sender.name, limit: 40), plain(sender.key, limit: 60),
                    SenderCommand.words(sender), grouped(sender.counts.total),
                    share(sender.counts[.proved], of: sender.counts.total),
                    plain(sender.decision?.owner ?? "", limit: 30),
                    plain(sender.decision?.note ?? "", limit: 40),
                ])
            }
            print(table.render())
            if overview.undecidedSenders > 0 {
                print(
                    "\(counted(overview.undecidedSenders, "sender")) to decide: "
                        + "sealgate sender authorise \(domain) KEY, or reject")
            }
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reject", abstract: "Says that a sender does not send for you.")
        @OptionGroup var named: SenderArguments
        func run() async throws { try await named.act(.reject) }
    }

    struct Owner: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "owner", abstract: "Says who answers for a sender.")
        @OptionGroup var named: SenderArguments
        @Argument(help: "A name, or somebody's account; \"\" for nobody.") var name: String

        func run() async throws {
            try await named.act { house, organisation in
                let member = try await house.accounts.people(of: organisation).member(named: name)
                return .assign(member?.account.name ?? name, account: member?.account.id)
            }
        }
    }

    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note", abstract: "Keeps a note about a sender.")
        @OptionGroup var named: SenderArguments
        @Argument(help: "The note; \"\" takes it away.") var text: String
        func run() async throws { try await named.act(.note(text)) }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Takes the last thing back that was done.")
        @OptionGroup var named: SenderArguments

        func run() async throws {
            try await named.with { house, store in
                let event = try await store.undo(
                    nil, on: named.sender, of: named.domain, by: commandLineActor(), now: clock())
                if let change = event.before.change, event.after.change == nil {
                    note(
                        "The DNS change \(change) is not taken back by this: "
                            + "sealgate change undo \(change)")
                }
            }
        }
    }

    /// What a sender is, in two words.
    static func words(_ sender: SenderVolume) -> String {
        switch (sender.decision?.verdict, sender.group) {
        case (.authorised?, _): "authorised"
        case (.rejected?, _): "rejected"
        case (nil, .legitimate): "proved yours"
        case (nil, .known): "to decide"
        case (nil, .forwarding): "forwarding"
        case (nil, .spoofing): "forged"
        case (nil, .unknown): "unknown"
        }
    }
}

/// Which sender of which domain, and how its state is printed.
struct SenderArguments: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var place: OrganisationOptions
    @Argument(help: "The domain.") var domain: DomainName
    @Argument(help: "The sender's key: see 'sealgate sender list'.") var sender: String
    @Option(help: "text or json") var format = OutputFormat.text

    func act(_ act: SenderAct) async throws {
        try await self.act { _, _ in act }
    }

    func act(_ act: (House, OrganisationID) async throws -> SenderAct) async throws {
        try await with { house, store in
            let what = try await act(house, store.organisation)
            try await store.act(
                what, on: sender, of: domain, by: commandLineActor(), now: clock())
        }
    }

    /// Does something, and prints how the sender stands then.
    func with(_ body: (House, SenderDecisionStore) async throws -> Void) async throws {
        let house = try await House.open(store.settings(), lookup: nil)
        do {
            let organisation = try await place.organisation(house).id
            try await body(house, house.accounts.senders(of: organisation))
            try await tell(house, organisation, sender, domain, format)
            try await house.close()
        } catch {
            try? await house.close()
            throw error
        }
    }
}

/// Prints how a sender stands.
func tell(
    _ house: House, _ organisation: OrganisationID, _ sender: String, _ domain: DomainName,
    _ format: OutputFormat
) async throws {
    let store = DomainStore(database: house.database, organisation: organisation)
    guard
        let detail = try await store.sender(
            sender, of: domain, days: 30, until: nil, now: clock())
    else { throw SenderDecisionError.unknownSender }
    let facts = SenderFacts(detail.volume)
    if format == .json { return try printJSON(facts) }
    var line = "\(plain(facts.name)): \(SenderCommand.words(detail.volume))"
    if let owner = facts.owner { line += ", answered for by \(plain(owner))" }
    if let note = facts.note { line += ". Note: \(plain(note, limit: 200))" }
    print(line)
}

/// A sender and what is decided about it, for programs.
struct SenderFacts: Encodable {
    var key, name, group: String
    var verdict: SenderVerdict?
    var decidedBy: String?
    /// Seconds since 1970.
    var decidedAt: Int64?
    var owner: String?
    var note: String?
    var change: Int64?
    var messages, proved, undecided, forwarded, forged: Int64

    init(_ volume: SenderVolume) {
        let (counts, decision) = (volume.counts, volume.decision)
        key = volume.key
        name = volume.name
        group = volume.group.rawValue
        verdict = decision?.verdict
        decidedBy = decision?.decidedBy
        decidedAt = decision?.decidedAt
        owner = decision?.owner
        note = decision?.note
        change = decision?.change
        messages = counts.total
        proved = counts[.proved]
        undecided = counts[.undecided]
        forwarded = counts.forwarded
        forged = counts[.forged]
    }
}
