import ArgumentParser
import FoundationEssentials
import Glibc
import MailReports
import ReportConsumer
import Storage

/// `sealgate report`: reports for people and for programs.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Shows reports, and counts what was taken in.",
        subcommands: [
            Show.self, Check.self, Stats.self, List.self, Identify.self,
            ReportDestinationsCommand.self,
        ])

    enum ShowFormat: String, ExpressibleByArgument, CaseIterable {
        case text, json, ndjson, csv
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Prints reports straight from files; nothing is stored.")
        @Argument(help: "Files or folders; '-' reads standard input.") var paths: [String]
        @Option(help: "text, json, ndjson (an object a line) or csv (a line a record)")
        var format = ShowFormat.text
        @Option(help: "Rows shown of each report (text).") var rows = 50
        @Flag(help: "Show addresses in failure reports whole.") var personalData = false

        func run() throws {
            let rendering = ReportRendering(
                isColoured: isatty(1) == 1, showsPersonalData: personalData, rows: rows)
            let output = StandardOutput()
            let refusals: Int
            switch format {
            case .text:
                var renderer = ReportTextRenderer(output: output, rendering: rendering)
                try readReports(paths, into: &renderer)
                renderer.output.flush()
                refusals = renderer.refusals
            case .csv:
                var renderer = ReportCSVRenderer(output: output, rendering: rendering)
                try readReports(paths, into: &renderer)
                renderer.output.flush()
                refusals = renderer.refusals
            case .json, .ndjson:
                var renderer = ReportJSONRenderer(
                    output: output, layout: format == .json ? .array : .lines,
                    rendering: rendering)
                try readReports(paths, into: &renderer)
                renderer.finish()
                renderer.output.flush()
                refusals = renderer.refusals
            }
            if refusals > 0 { throw ExitCode(2) }
        }

    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Reads reports and says what is wrong with them; nothing is stored.")
        @Argument(help: "Files or folders; '-' reads standard input.") var paths: [String]
        @Option(help: "text or json") var format = OutputFormat.text

        func run() throws {
            var counter = CheckingVisitor()
            try readReports(paths, into: &counter)
            if format == .json {
                try printJSON(counter.result)
            } else {
                for line in counter.result.problems { print(plain(line, limit: 400)) }
                print(
                    "\(counted(counter.result.reports, "report")), "
                        + "\(counted(counter.result.records, "record")), "
                        + "\(counted(counter.result.messages, "message")); "
                        + "\(grouped(counter.result.repaired)) to be repaired, "
                        + "\(grouped(counter.result.refused)) unreadable.")
            }
            if counter.result.refused > 0 { throw ExitCode(2) }
        }
    }

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Counts reports, records and messages, in all and by domain.")
        @OptionGroup var store: StoreOptions
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let statistics = try await house.reports.statistics()
            try await house.close()
            if format == .json { return try printJSON(statistics) }
            print(
                "\(counted(statistics.reports, "report")), "
                    + "\(counted(statistics.records, "record")), "
                    + "\(counted(statistics.messages, "message")).")
            if statistics.repaired.reports > 0 {
                print(
                    "Counted apart because they had to be repaired to be read: "
                        + "\(counted(statistics.repaired.reports, "report")), "
                        + "\(counted(statistics.repaired.records, "record")), "
                        + "\(counted(statistics.repaired.messages, "message")).")
            }
            print(
                "TLS reports: \(grouped(statistics.tlsReports)). Failure reports: "
                    + "\(grouped(statistics.failureReports)). Set aside: "
                    + "\(grouped(statistics.quarantined)).\n")
            var table = TextTable([
                .left("Domain"), .right("Reports"), .right("Records"), .right("Messages"),
            ])
            let largest = statistics.domains.sorted { $0.messages > $1.messages }
            table.rows = largest.prefix(40).map {
                [plain($0.domain), grouped($0.reports), grouped($0.records), grouped($0.messages)]
            }
            print(table.render())
            if largest.count > 40 {
                print("… and \(grouped(largest.count - 40)) more (--format json lists all).")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists reports, newest intake first.")
        @OptionGroup var store: StoreOptions
        @Option(help: "How many.") var limit = 50
        @Flag(help: "Only those that had to be repaired, and what was changed.")
        var repaired = false
        @Flag(help: "Why each is believed, or not.") var why = false
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let found =
                repaired
                ? try await house.reports.repaired(limit: limit)
                : try await house.reports.recent(limit: limit)
            var reasons: [Int64: [String]] = [:]
            for report in found where why {
                reasons[report.id] =
                    try await house.reports.report(report.id, rows: 1)?.trust?.reasons
            }
            try await house.close()
            if format == .json { return try printJSON(found) }
            for report in found {
                print(
                    "\(UTCDay(secondsSinceEpoch: report.begin))  \(plain(report.reporter))  "
                        + "\(plain(report.policyDomain))  \(counted(report.messages, "message"))  "
                        + plain(report.path) + Self.trust(report.trust))
                for reason in reasons[report.id] ?? [] {
                    print("    \(plain(reason, limit: 400))")
                }
                for repair in report.repairs where repaired && repair.weight == .repair {
                    print("    repaired: \(plain(repair.detail, limit: 300))")
                }
            }
            if found.isEmpty { print("None.") }
        }

        private static func trust(_ level: ReportTrust.Level?) -> String {
            switch level {
            case .proved: "  ● proved"
            case .plausible: "  ◐ plausible"
            case .unproved: "  ○ unproved"
            case .forged: "  ✕ looks forged"
            case nil: ""
            }
        }
    }
}

/// Reads files and folders, and standard input for `-`.
private func readReports(_ paths: [String], into visitor: inout some ReportVisitor) throws {
    // What is only shown may be as old as it likes; the intake refuses dates before DMARC.
    var limits = ReportLimits()
    limits.earliestBegin = 0
    let reader = ReportReader(reportLimits: limits)
    var list = FileList()
    for path in paths where path != "-" { list.add(path) }
    for refusal in list.unreadable {
        try visitor.begin(path: refusal.path)
        try visitor.refused(refusal)
    }
    for file in list.files { try reader.read(file: file.path, into: &visitor) }
    if paths.contains("-") { try reader.read(file: "-", into: &visitor) }
}
