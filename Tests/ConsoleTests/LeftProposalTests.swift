import Console
import DomainAnalysis
import HostedDNS
import Identities
import ReportConsumer
import SQLDatabase
import Storage
import Testing

/// A sender is not authorised, and neither goes the change away that was proposed for it: both are
/// told.
@Suite struct LeftProposalTests {
    /// What happens to the proposal.
    enum Obstacle: CaseIterable {
        case fullDisk, somebodyQuicker

        var trigger: String {
            switch self {
            case .fullDisk:
                """
                CREATE TRIGGER full BEFORE UPDATE ON zone_change WHEN NEW.state = 'dismissed'
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                """
            case .somebodyQuicker:
                """
                CREATE TRIGGER quicker AFTER INSERT ON zone_change
                BEGIN UPDATE zone_change SET state = 'visible' WHERE id = NEW.id; END
                """
            }
        }

        var words: String {
            switch self {
            case .fullDisk: "the disk is full"
            case .somebodyQuicker: "The change 1 is not a proposal any more."
            }
        }
    }

    private static let left = "change 1, could not be dismissed: "

    /// The error that authorising ends with.
    private func authorise(_ console: SenderConsole) async throws -> (any Error)? {
        let (database, clock) = (console.tenants.database, console.tenants.clock)
        let domain = try #require(DomainName("one.example"))
        let adviser = DomainAdviser(
            domains: DomainStore(database: database), lookup: ZoneAnswers(zone: console.zone))
        let needed = try #require(
            try await adviser.authorisation(
                of: SenderConsole.zendesk, for: domain, days: 30, until: nil, now: clock.now))
        let desk = SenderDesk(
            decisions: console.tenants.accounts.senders(of: .first), changes: console.changes)
        let preview = await desk.preview(needed, of: "Zendesk", for: domain, by: "Ada")
        guard case .exact(let change) = preview else {
            Issue.record("\(preview)")
            return nil
        }
        return await #expect(throws: (any Error).self) {
            try await desk.authorise(
                SenderConsole.zendesk, of: domain, with: change,
                by: AuditActor(console.tenants.owner), mayApply: true, now: clock.now)
        }
    }

    private func run(_ statements: [String], _ console: SenderConsole) async throws {
        try await console.tenants.database.write { transaction in
            for statement in statements { try transaction.execute(statement) }
        }
    }

    private static let broken = """
        CREATE TRIGGER broken BEFORE INSERT ON sender_event
        BEGIN SELECT RAISE(ABORT, 'no decision is kept'); END
        """

    @Test(arguments: Obstacle.allCases)
    func `why a sender was not authorised and why its change is left are thrown together`(
        _ obstacle: Obstacle
    ) async throws {
        let console = try await SenderConsole()
        try await run([Self.broken, obstacle.trigger], console)
        let left = try #require(try await authorise(console) as? LeftProposal)
        #expect(left.change == 1 && left.reason.contains(obstacle.words))
        for words in ["no decision is kept", Self.left, obstacle.words] {
            #expect(left.description.contains(words), "\(words): \(left)")
        }
    }

    @Test func `a proposal that goes away leaves the first error as it is`() async throws {
        let console = try await SenderConsole()
        try await run([Self.broken], console)
        let error = try #require(try await authorise(console))
        #expect(error is SQLError && "\(error)".contains("no decision is kept"))
        let change = try await ChangeStore(database: console.tenants.database).change(1)
        #expect(change?.state == .dismissed)
    }

    @Test(arguments: [true, false])
    func `people are told of both, whatever kind the first error is`(
        _ isUnknown: Bool
    ) async throws {
        let console = try await SenderConsole()
        let unknown = """
            CREATE TRIGGER gone AFTER INSERT ON zone_change
            BEGIN DELETE FROM domain_sender; END
            """
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            let shown = try await browser.get(SenderConsole.senderPage + "/authorise")
            try await run(
                [Obstacle.fullDisk.trigger, isUnknown ? unknown : Self.broken], console)
            let answer = try await browser.post(
                SenderConsole.senderPage + "/authorise",
                ["form_token": form, "shown": shown.field("shown")])
            #expect(answer.status == (isUnknown ? 404 : 503))
            let cause =
                isUnknown ? "No report tells of such a sender" : "no decision is kept"
            for words in [cause, Self.left, "the disk is full"] {
                #expect(answer.text.contains(words), "\(words): \(answer.text)")
            }
        }
    }
}
