import ArgumentParser
import Identities
import MailAuthentication
import ReportConsumer

/// `sealgate report destinations`: whether reports can arrive where a record sends them.
struct ReportDestinationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destinations",
        abstract: "Checks that the addresses of a DMARC record may be sent its reports.",
        discussion: """
            An address at another organisation needs a record of that organisation's. Exit code 1: \
            reports to one of the addresses are not sent.
            """)

    @Option(help: "A domain; may be repeated.") var domain: [DomainName]
    @OptionGroup var file: ConfigurationOptions
    @OptionGroup var resolver: ResolverOptions

    func run() async throws {
        let settings = try await Settings.load(config: file.config, [resolver])
        let isWell = try await withLookup(settings) { lookup in
            let check = ReportDestinations(lookup: lookup ?? NoLookup(), suffixes: .system)
            var isWell = true
            for domain in domain {
                let (lines, isFine) = Self.told(await check.check(domain), domain)
                for line in lines { print(line) }
                isWell = isWell && isFine
            }
            return isWell
        }
        guard isWell else { throw ExitCode(1) }
    }

    private static func told(
        _ answer: ReportDestinations.Answer, _ domain: DomainName
    ) -> ([String], Bool) {
        switch answer {
        case .noRecord:
            return (["\(domain): there is no DMARC record, so nobody sends reports."], false)
        case .noAddresses(let place):
            return (
                ["\(domain): the record at \(place) names no address for reports (rua=)."], false
            )
        case .unknown(let failure):
            return (["\(domain): the DNS did not answer: \(plain(failure, limit: 300))"], false)
        case .destinations(let all, let place):
            var lines = ["\(domain): the record at \(place)"]
            for destination in all {
                let tag = destination.kind == .aggregate ? "rua" : "ruf"
                lines.append(
                    "  \(sign(destination.found.verdict)) \(tag) "
                        + "\(plain(destination.found.uri, limit: 200))")
                lines.append("      \(plain(destination.found.reason, limit: 300))")
                if let line = destination.missingLine {
                    let host = destination.found.host.map { "\($0)" } ?? "its host"
                    lines.append("      Whoever keeps the zone of \(host) adds this line:")
                    lines.append("      \(plain(line, limit: 600))")
                }
            }
            let isFine = all.allSatisfy {
                $0.found.verdict == .own || $0.found.verdict == .authorized
            }
            return (lines, isFine)
        }
    }

    private static func sign(_ verdict: ExternalReportDestination.Verdict) -> String {
        switch verdict {
        case .own, .authorized: "●"
        case .unknown: "◐"
        case .refused, .unusable: "✕"
        }
    }
}
