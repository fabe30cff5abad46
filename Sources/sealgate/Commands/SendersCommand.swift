import ArgumentParser
import MailReports
import DomainAnalysis
import Identities
import Storage

/// `sealgate senders`: who sends in a domain's name.
struct SendersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "senders", abstract: "Shows who sends in a domain's name, with the evidence.")

    @Option(help: "The domain.") var domain: DomainName
    @OptionGroup var store: StoreOptions
    @OptionGroup var window: WindowOptions
    @Flag(help: "Show the evidence for each sender.") var evidence = false
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let house = try await House.open(store.settings(), lookup: nil)
        let overview = try await house.domains.overview(
            of: domain, days: window.days, until: try window.untilDay, now: clock())
        try await house.close()
        guard let overview else {
            throw PlainError(
                "No report about \(domain) was taken in. Import its reports first, or check the "
                    + "name.")
        }
        if format == .json { return try printJSON(overview) }
        let counts = overview.counts
        print(
            "From \(overview.window.first) to \(overview.window.last), "
                + "\(share(counts[.proved], of: counts.total)) of the "
                + "\(counted(counts.total, "message")) sent as \(domain.unicode) "
                + "was proved to be yours.\n")
        var table = TextTable([
            .left("  Sender"), .right("Messages"), .right("Proved"), .right("DKIM"),
            .right("SPF"), .left("What it is"),
        ])
        for sender in overview.senders {
            let total = sender.counts.total
            table.rows.append([
                "\(sign(of: sender)) \(plain(sender.name, limit: 40))", grouped(total),
                share(sender.counts[.proved], of: total), share(sender.dkimAligned, of: total),
                share(sender.spfAligned, of: total), words(for: sender),
            ])
        }
        print(table.render())
        if overview.otherSenders > 0 {
            print(
                "… and \(counted(overview.otherSenders, "smaller sender")) with "
                    + "\(counted(overview.otherCounts.total, "message")).")
        }
        if evidence {
            for sender in overview.senders where !sender.evidence.isEmpty {
                print("\n\(plain(sender.name))")
                for item in sender.evidence {
                    print("  \(plain(item.observation)) → \(plain(item.match))")
                }
            }
        }
        print(
            "\n● yours and proved   ◐ to decide   ↪ forwarded   ✕ forged\n"
                + "Next: sealgate plan --domain \(domain)")
    }

    private func sign(of sender: SenderVolume) -> String {
        switch sender.state {
        case .proved: "●"
        case .undecided: "◐"
        case .forwarded: "↪"
        case .forged: "✕"
        }
    }

    private func words(for sender: SenderVolume) -> String {
        let unproved = sender.counts.total - sender.counts[.proved]
        if unproved == 0 { return "proved" }
        return plain(sender.reason, limit: 90)
    }
}
