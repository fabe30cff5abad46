import ArgumentParser
import ReportConsumer
import DomainAnalysis
import Identities
import Storage

/// `sealgate plan`: what stands between a domain and p=reject.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows, step by step, what stands between a domain and p=reject.")

    @Option(help: "The domain.") var domain: DomainName
    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var window: WindowOptions
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let settings = try await store.settings(resolver)
        try await withLookup(settings) { lookup in
            let house = try await House.open(settings, lookup: lookup)
            let plan = try await house.adviser.plan(
                for: domain, days: window.days, until: try window.untilDay, now: clock())
            if let plan {
                try await house.accounts.programme(of: .first).note(
                    plan, of: domain, now: clock())
            }
            try await house.close()
            guard let plan else {
                throw PlainError(
                    "No report about \(domain) was taken in. Import its reports first, or check "
                        + "the name.")
            }
            if format == .json { return try printJSON(plan) }
            print(PlanText.render(plan))
        }
    }
}
