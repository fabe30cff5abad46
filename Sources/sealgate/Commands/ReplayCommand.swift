import ArgumentParser
import ReportConsumer
import DomainAnalysis
import Identities
import MailAuthentication

/// `sealgate replay`: what a DMARC record would have done with past mail.
struct ReplayCommand: AsyncParsableCommand, GivesFlags {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Works out what a DMARC record would have done with the mail reported so far.",
        discussion: """
            Every row is worked out twice: for receivers that follow RFC 9989 (tree walk) and for
            those that still use a public suffix list.
            """)

    @Option(help: "The domain.") var domain: DomainName
    @Option(help: "The DMARC record to try, for example 'v=DMARC1; p=reject'.") var record: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var window: WindowOptions
    @Option(help: "A public suffix list to use instead of the system's.") var suffixes: String?
    @Option(help: "text or json") var format = OutputFormat.text

    func give(to flags: inout GivenFlags) { flags.add("suffixes", suffixes) }

    func run() async throws {
        let settings = try await store.settings(resolver, self)
        try await withLookup(settings) { lookup in
            let house = try await House.open(settings, lookup: lookup)
            let result = try await house.adviser.replay(
                domain: domain, record: record, days: window.days, until: try window.untilDay,
                now: clock())
            try await house.close()
            if format == .json { return try printJSON(result) }
            tell(result)
        }
    }

    private func tell(_ result: ReplayResult) {
        let walk = result.methods.treewalk
        let stopped = walk.totals.quarantine + walk.totals.reject
        print(
            "Under  \(plain(result.record, limit: 300))\n"
                + "\(counted(stopped, "message")) of \(grouped(walk.totals.messages)) would have "
                + "been held back, \(grouped(walk.atRisk.forged)) of them forged. "
                + "\(grouped(walk.atRisk.legitimate)) may be legitimate: "
                + "\(grouped(walk.atRisk.misconfigured)) from senders to set up, "
                + "\(grouped(walk.atRisk.forwarded)) forwarded, "
                + "\(grouped(walk.atRisk.unknown)) unknown.\n")
        var table = TextTable([
            .left("Method"), .right("Messages"), .right("Pass"), .right("Untouched"),
            .right("Quarantined"), .right("Rejected"), .right("Other record"),
            .right("Not known"),
        ])
        for (name, method) in [
            ("Tree walk (RFC 9989)", result.methods.treewalk),
            ("Public suffix list", result.methods.psl),
        ] {
            let totals = method.totals
            table.rows.append(
                [
                    name, grouped(totals.messages), grouped(totals.pass), grouped(totals.none),
                    grouped(totals.quarantine), grouped(totals.reject),
                    grouped(totals.notCovered), grouped(totals.undetermined),
                ])
        }
        print(table.render() + "\n")
        var senders = TextTable([
            .left("Sender"), .right("Messages"), .right("Quarantined"), .right("Rejected"),
        ])
        senders.rows = walk.senders.prefix(30).map {
            [
                plain($0.name, limit: 50), grouped($0.messages), grouped($0.wouldBeQuarantined),
                grouped($0.wouldBeRejected),
            ]
        }
        print(senders.render())
        let changing = result.divergences.filter(\.changesOutcome)
        for divergence in changing.prefix(10) {
            print(
                "\nThe two methods differ for \(divergence.headerFrom) "
                    + "(\(counted(divergence.messages, "message"))): \(plain(divergence.reason, limit: 400))"
            )
        }
        for warning in result.warnings { print("\nNote: \(plain(warning, limit: 400))") }
        if !result.unresolved.isEmpty {
            print(
                "\n\(counted(result.unresolved.count, "name")) could not be looked up: their "
                    + "messages are counted as not known. First: "
                    + "\(plain(result.unresolved[0].name)) (\(plain(result.unresolved[0].reason)))."
            )
        }
    }
}
