import ArgumentParser
import Storage
import Demonstration
import FoundationEssentials
import MailReports
import ReportConsumer

/// `sealgate demo`: a console with made-up domains, its reports taken in through the real intake.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows the console with five made-up domains and their reports.",
        discussion: """
            Nothing leaves this machine: names are answered from a zone file of the demonstration.
            The data folder is made anew at each start.
            """)

    @Option(help: "Folder of the demonstration's store; made anew at each start.")
    var data = "./sealgate-data/demo"
    @Option(help: "The last day of the made-up reports, YYYY-MM-DD; yesterday without it.")
    var until: String?
    @OptionGroup var console: ConsoleOptions
    @Flag(help: "Take the reports in, and stop before the console.") var noConsole = false

    func run() async throws {
        let last = try lastDay()
        try? FileManager.default.removeItem(atPath: data)
        let store = try StoreOptions.parse(["--data", data])
        let portfolio = DemonstrationPortfolio(lastDay: last)
        let folder = data + "/reports"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try portfolio.write(to: folder)
        try Data(portfolio.zone.utf8).write(to: URL(filePath: data + "/dns.zone"))

        let house = try await House.open(
            store, lookup: try zoneLookup(data + "/dns.zone"),
            blocklists: portfolio.blocklists)
        let bar = ProgressBar()
        note("Making and taking in the reports of five made-up domains …")
        let result = try await Importer(pipeline: house.pipeline, width: 2).run(
            [folder], door: "demonstration"
        ) { bar.show($0) }
        bar.end()
        print(
            "Took in \(counted(result.counts.reports, "report")) about "
                + "\(counted(result.counts.messages, "message")); "
                + "\(counted(result.counts.refused, "document")) set aside, as in real life.")
        if noConsole { return try await house.close() }
        try await serve(house, console) { address in
            let link = try await house.firstSignInLink(address) ?? address
            say(
                """

                Open the console:  \(link)

                Then try it on your own reports:
                  sealgate import FOLDER          files, mails, mbox, Maildir, zip, gzip
                  sealgate senders --domain D     who sends as D
                  sealgate plan --domain D        what stands between D and p=reject

                Stop it with Ctrl-C.
                """)
        }
        try await house.close()
    }

    private func lastDay() throws -> UTCDay {
        guard let until else { return UTCDay(secondsSinceEpoch: clock() - 86_400) }
        guard let day = UTCDay(until) else {
            throw ValidationError("--until wants a day as YYYY-MM-DD, not \"\(until)\".")
        }
        return day
    }
}
