import ArgumentParser
import DomainAnalysis
import HostedDNS
import Identities
import ReportConsumer
import Storage

/// `sealgate sender authorise`: shows what changes in the DNS, and decides when it is confirmed.
struct AuthoriseSender: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorise",
        abstract: "Says that a sender sends for you, and makes the change of the DNS it needs.",
        discussion: """
            Without --confirm it shows the exact difference and does nothing. With it, the \
            decision and the change are made; a change that cannot be made now stays proposed \
            (exit code 2).
            """)

    @OptionGroup var place: ChangePlace
    @Argument(help: "The domain.") var domain: DomainName
    @Argument(help: "The sender's key: see 'sealgate sender list'.") var sender: String
    @Flag(help: "Decide, and make the change.") var confirm = false
    @Flag(help: "Decide, and leave the DNS as it is.") var leaveDNS = false
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let isWhole = try await place.with { house, desk, _ in
            guard
                let needed = try await house.adviser.authorisation(
                    of: sender, for: domain, days: 30, until: nil, now: clock())
            else { throw SenderDecisionError.unknownSender }
            let senders = SenderDesk(
                decisions: house.accounts.senders(of: .first), changes: desk)
            let preview = await senders.preview(
                needed, of: sender, for: domain, by: place.who)
            if !confirm { return try show(needed, preview) }
            var change: ZoneChange?
            if case .exact(let exact) = preview, !leaveDNS { change = exact }
            let outcome = try await senders.authorise(
                sender, of: domain, with: change,
                by: AuditActor(.commandLine, name: place.who), mayApply: true, now: clock())
            if let sentence = outcome.sentence { note(plain(sentence, limit: 2_000)) }
            if case .described(_, let why) = preview { note(plain(why, limit: 2_000)) }
            try await tell(house, .first, sender, domain, format)
            return change == nil || outcome.isMade
        }
        if !isWhole { throw ExitCode(2) }
    }

    private struct Shown: Encodable {
        var needed: SenderAuthorisation
        /// Absent where the zone could not be asked, and where nothing changes.
        var change: ZoneChange?
    }

    private func show(
        _ needed: SenderAuthorisation, _ preview: SenderDesk.Preview
    ) throws -> Bool {
        if format == .json {
            guard case .exact(let change) = preview else {
                try printJSON(Shown(needed: needed))
                return true
            }
            try printJSON(Shown(needed: needed, change: change))
            return true
        }
        print(needed.sentence)
        switch preview {
        case .nothing: break
        case .exact(let change): print("\n" + ChangeText.render(change))
        case .described(let changes, let why):
            note(plain(why, limit: 2_000))
            for change in changes {
                print("\n\(change.type) \(plain(change.name, limit: 253))")
                for text in change.remove { print("  - \(plain(text, limit: 2_000))") }
                for text in change.add { print("  + \(plain(text, limit: 2_000))") }
            }
        }
        for instruction in needed.instructions { print("Do: \(plain(instruction, limit: 900))") }
        print(
            "\nNothing is decided yet. Do it: sealgate sender authorise \(domain) "
                + "\(plain(sender)) --confirm")
        return true
    }
}
