import ArgumentParser
import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// `sealgate way rules`: by which rules a domain goes on, and back, by itself.
struct WayRulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Agrees on rules by which a domain goes on by itself, or ends them.")
    @OptionGroup var place: WayPlace
    @Argument(help: "The domain.") var domain: DomainName
    @Option(help: "Days of watching before p=quarantine.") var quarantineAfter = 14
    @Option(help: "Days of that before p=reject.") var rejectAfter = 14
    @Option(help: "Days of test (t=y) before each; 0 for none.") var testDays = 0
    @Option(help: "On only with less than this share of legitimate mail at risk, in percent.")
    var share = "0.5"
    @Option(help: "Back when more than this share of a sender's mail starts to fail, in percent.")
    var backAt = "1"
    @Flag(help: "Also raise weaker policies for names below the domain (np first, then sp).")
    var subdomains = false
    @Flag(help: "End the rules.") var end = false

    private func rules() throws -> WayRules {
        guard let share = WayRules.hundredths(share), let back = WayRules.hundredths(backAt) else {
            throw ValidationError("Shares are percents with two digits at most, as 0.5.")
        }
        do {
            return try WayRules(
                quarantineAfter: quarantineAfter, rejectAfter: rejectAfter, testDays: testDays,
                share: share, backShare: back, subdomains: subdomains)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func validate() throws { _ = try rules() }

    func run() async throws {
        let rules = try rules()
        try await place.with { desk in
            guard !end else {
                guard
                    try await desk.store.stop(
                        domain, because: "Ended by a person.", by: commandLineActor(),
                        now: clock())
                else { throw WayError.noRules(domain) }
                return print("Nothing goes on by itself any more.")
            }
            try await desk.agree(rules, try await desk.survey(domain), by: commandLineActor())
            print(rules.sentence)
            print("The server looks at them every quarter of an hour.")
        }
    }
}

/// `sealgate way emergency`: from a domain never seen before to a proposed policy that refuses.
struct WayEmergencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emergency",
        abstract: "Works out how to close a domain to forgers at once, and what may be lost by it.")
    @OptionGroup var place: WayPlace
    @Argument(help: "The domain; it need not be known here yet.") var domain: DomainName
    @Option(help: "An address for reports, where the domain asks for none yet.")
    var reports: String?
    @Flag(help: "Only look; keep no proposal.") var dryRun = false
    @Option(help: "text or json") var format = OutputFormat.text

    func validate() throws {
        guard reports.map({ EmailAddress($0) != nil }) ?? true else {
            throw ValidationError("--reports wants a mail address, as dmarc@example.org.")
        }
    }

    func run() async throws {
        try await place.with { desk in
            let found = try await desk.emergency(
                domain, reportsTo: reports.flatMap { EmailAddress($0) })
            if format == .json {
                try printJSON(found)
            } else {
                print("\(domain) is at \(found.survey.step.tags), \(found.survey.step.words).")
                print("\n  _dmarc.\(domain) TXT")
                if let record = found.survey.record { print("  - \(plain(record, limit: 900))") }
                print("  + \(plain(found.record, limit: 900))\n\nWhat may be lost by it:")
                for (index, danger) in found.dangers.enumerated() {
                    print("  \(index + 1). \(plain(danger, limit: 600))")
                }
            }
            guard !dryRun, found.survey.step != .reject else { return }
            let proposal = try await desk.propose(
                domain, record: found.record, reason: "In an emergency.", days: 30,
                by: commandLineActor())
            note(
                "\nThis is proposal \(proposal.id). Approve it: sealgate way approve "
                    + "\(proposal.id) --confirm \(domain)")
        }
    }
}
