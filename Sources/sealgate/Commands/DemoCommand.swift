import ArgumentParser
import Console
import DNS
import DNSResolver
import Demonstration
import DomainWatch
import FoundationEssentials
import HostedDNS
import MailReports
import ReportConsumer
import ServiceLifecycle
import Storage

/// `sealgate demo`: a console with made-up domains, its reports taken in through the real intake.
struct DemoCommand: AsyncParsableCommand, GivesFlags {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows the console with five made-up domains and their reports.",
        discussion: """
            Nothing leaves this machine: names are answered from a zone file of the demonstration. \
            Where Knot DNS is installed (apt install knot), one of its own serves the five domains \
            on this machine, and their DNS can be changed. The data folder is made anew at each \
            start.
            """)

    @Option(
        help: """
            Folder of the demonstration's store; made anew at each start. (default: \
            ./sealgate-data/demo)
            """)
    var data: String?
    @Option(help: "The last day of the made-up reports, YYYY-MM-DD; yesterday without it.")
    var until: String?
    @OptionGroup var file: ConfigurationOptions
    @OptionGroup var console: ConsoleOptions
    @Option(help: "Port of the demonstration's mail gateway; 0 takes a free one.")
    var smtpPort = 2525
    @Flag(help: "Take the reports in, and stop before the console.") var noConsole = false

    func give(to flags: inout GivenFlags) { flags.add("demo-folder", data) }

    func run() async throws {
        let last = try lastDay()
        let settings = try await Settings.load(config: file.config, [self, console])
        let data = settings.demoFolder
        try clear(data)
        let portfolio = DemonstrationPortfolio(lastDay: last)
        let folder = data + "/reports"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try portfolio.write(to: folder)
        try Data(portfolio.zone.utf8).write(to: URL(filePath: data + "/dns.zone"))

        // Its own store, names and blocklists, whatever is configured for real reports.
        var own = Settings()
        own.dataFolder = data
        own.blocklists = portfolio.blocklists
        let (primary, missing) = try await startPrimary(portfolio, data)
        defer { primary?.stop() }
        let world = try zoneLookup(data + "/dns.zone")
        let lookup: any DNSLookup =
            primary.map { DemonstrationLookup(world: world, primary: $0) } ?? world
        let clock = DemonstrationClock()
        let house = try await House.open(own, lookup: lookup, takesIn: true) { clock.now }
        try await takeIn(folder, house)
        if noConsole { return try await house.close() }
        // Here nothing is sent: the page tells.
        _ = try await AlertRound(database: house.database).step(now: clock.now)
        own.changes.keys = primary?.keyFile
        own.changes.primaries = primary?.primaries ?? []
        let mail = try DemonstrationMail(folder: data, port: smtpPort)
        let gateway = try GatewayHouse.open(
            mail.settings, house: house, lookup: house.lookup, logger: gatewayLogger())
        let zones = try primary.map { try DemonstrationZones(house, own, primary: $0) }
        let calendar = DemonstrationCalendar(
            house: house, folder: data, clock: clock, lookup: lookup, rules: zones?.rules,
            future: DemonstrationFuture(after: portfolio))
        try await serve(
            house, settings.console, gateway: gateway, desk: zones?.desk, way: zones?.way,
            demonstration: DemonstrationServices(
                state: { clock.state }, missing: missing,
                letPass: { try await calendar.letPass() }),
            also: [mail.server] + (zones?.services ?? [])
        ) { address in
            let link = try await house.firstSignInLink(address) ?? address
            say(Self.words(link: link, mail: mail, primary: primary, missing: missing))
        }
        try await house.close()
    }

    /// The primary server of the five domains, or what is missing for it.
    private func startPrimary(
        _ portfolio: DemonstrationPortfolio, _ data: String
    ) async throws -> (DemonstrationPrimary?, String?) {
        guard !noConsole else { return (nil, nil) }
        guard FileManager.default.isExecutableFile(atPath: DemonstrationPrimary.program) else {
            return (
                nil, "Without Knot DNS no record can be changed here: apt install knot."
            )
        }
        do {
            let place = URL(filePath: data).standardizedFileURL.path(percentEncoded: false)
            return (
                try await DemonstrationPrimary.start(
                    in: place + "/knot", zones: portfolio.primaryZones), nil
            )
        } catch let error as PlainError {
            return (nil, "No record can be changed here: \(error)")
        }
    }

    private func takeIn(_ folder: String, _ house: House) async throws {
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
    }

    private static func words(
        link: String, mail: DemonstrationMail, primary: DemonstrationPrimary?, missing: String?
    ) -> String {
        let zone =
            primary.map { primary in
                """
                Stop an attack: on the page of harbour-bank.example authorise the three services that \
                wait
                for it, publish p=reject, and let seven days pass. Its DNS is a Knot of its own:
                  dig @127.0.0.1 -p \(primary.server.port) _dmarc.harbour-bank.example TXT
                """
            } ?? missing ?? ""
        return """

            Open the console:  \(link)

            \(zone)

            Send mail to the bank through its gateway, and see on its page "Messages" what became
            of it. A supplier that proves itself, a forged director, a shop that proves nothing:
            \(mail.lines)

            Then try it on your own reports:
              sealgate import FOLDER          files, mails, mbox, Maildir, zip, gzip
              sealgate senders --domain D     who sends as D
              sealgate plan --domain D        what stands between D and p=reject

            Stop it with Ctrl-C.
            """
    }

    /// Makes the folder anew if it is a demonstration's; anything else in it is somebody's data.
    private func clear(_ data: String) throws {
        let marker = data + "/this-is-a-demonstration"
        let files = FileManager.default
        if files.fileExists(atPath: data) {
            let isEmpty = try files.contentsOfDirectory(atPath: data).isEmpty
            guard isEmpty || files.fileExists(atPath: marker) else {
                throw PlainError(
                    "\(data) holds something that is not a demonstration, and would be deleted. "
                        + "Choose another folder with --data.")
            }
            try files.removeItem(atPath: data)
        }
        try files.createDirectory(
            atPath: data, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try Data().write(to: URL(filePath: marker))
    }

    private func lastDay() throws -> UTCDay {
        guard let until else { return UTCDay(secondsSinceEpoch: clock() - 86_400) }
        guard let day = UTCDay(until) else {
            throw ValidationError("--until wants a day as YYYY-MM-DD, not \"\(until)\".")
        }
        return day
    }
}
