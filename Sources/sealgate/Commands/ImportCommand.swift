import ArgumentParser
import Storage
import FoundationEssentials
import Glibc
import Identities
import MailReports
import ReportConsumer
import SQLDatabase

/// `sealgate import`: reports in.
struct ImportCommand: AsyncParsableCommand, GivesFlags {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Takes in reports: files, folders, mbox, Maildir, mails, zip and gzip in any nesting.",
        discussion: """
            What is stored is never stored twice: repeat an interrupted import with the same
            command. What cannot be read is kept and set aside with its reason: see
            'sealgate intake list'.
            """)

    @Argument(help: "Files or folders; '-' reads standard input.")
    var paths: [String]

    @OptionGroup var store: StoreOptions
    @OptionGroup var resolver: ResolverOptions
    @OptionGroup var networks: NetworkOptions

    @Option(help: "Reports about single messages: off or redacted. (default: off)")
    var failureReports: String?

    @Option(help: "A DNS blocklist to ask about sources of unproved mail; may be repeated.")
    var blocklist: [DomainName] = []

    @Option(
        name: .customLong("only"),
        help: "Take in reports about this domain and its subdomains only; may be repeated.")
    var ownDomains: [DomainName] = []

    @Option(help: "Files read at once. (default: 2)")
    var width: Int?

    @Option(help: "text or json")
    var format = OutputFormat.text

    func give(to flags: inout GivenFlags) {
        flags.add("blocklists", blocklist.map(\.text))
        flags.add("own-domains", ownDomains.map(\.text))
        flags.add("files-at-once", width)
        flags.add("intake.failure-reports", failureReports)
    }

    func run() async throws {
        let settings = try await store.settings(resolver, networks, self)
        try await withLookup(settings) { lookup in
            let house = try await House.open(settings, lookup: lookup, takesIn: true)
            let started = ContinuousClock.now
            let (named, temporary) = try namedPaths(
                folder: settings.dataFolder, limit: house.pipeline.streamLimit)
            defer { temporary.map { _ = unlink($0) } }
            let bar = ProgressBar()
            let result: Importer.Result
            do {
                try await house.tell("report.import", paths.joined(separator: " "))
                result = try await Importer(
                    pipeline: house.pipeline, width: settings.filesAtOnce
                ).run(
                    named, door: "command line"
                ) { bar.show($0) }
            } catch let error as SQLError {
                bar.end()
                throw PlainError(
                    "The import stopped: \(error) What was counted so far is stored; repeat the "
                        + "same command to go on.")
            }
            bar.end()
            try await house.close()
            switch format {
            case .json: try printJSON(result.counts)
            case .text:
                let seconds = ContinuousClock.now - started
                tell(result, seconds: Double(seconds.components.seconds), house)
                await house.tellWhatWasMissing()
            }
            let isWhole = result.counts.refused == 0 && result.unreadable.isEmpty
            if temporary == nil {
                withExtendedLifetime((house, result)) { leave(isWhole ? 0 : 2) }
            }
            if !isWhole { throw ExitCode(2) }
        }
    }

    /// The paths, with standard input spooled to a file: it can be read only once.
    private func namedPaths(folder: String, limit: Int64) throws -> ([String], String?) {
        guard paths.contains("-") else { return (paths, nil) }
        let temporary = "\(folder)/standard-input.\(getpid())"
        try spoolStandardInput(to: temporary, limit: limit)
        return (paths.map { $0 == "-" ? temporary : $0 }, temporary)
    }

    private func tell(_ result: Importer.Result, seconds: Double, _ house: House) {
        let counts = result.counts
        print(
            "Took in \(counted(counts.reports, "report")) with "
                + "\(counted(counts.records, "record")) about "
                + "\(counted(counts.messages, "message")), from "
                + "\(counted(counts.files, "file")), into \(house.database.label).")
        if counts.repaired > 0 {
            print(
                "  \(grouped(counts.repaired)) of them had to be repaired to be read: "
                    + "'sealgate report list --repaired' says what was changed.")
        }
        if counts.tlsReports > 0 { print("  \(counted(counts.tlsReports, "TLS report")).") }
        if counts.failureReports > 0 {
            print("  \(counted(counts.failureReports, "failure report")).")
        }
        if counts.passedOver > 0 {
            print(
                "  \(counted(counts.passedOver, "failure report")) passed over: they tell of "
                    + "persons. intake.failure-reports: redacted keeps them without names.")
        }
        if counts.knownFiles > 0 {
            print("  \(counted(counts.knownFiles, "file")) came in before: nothing was done.")
        }
        if counts.repeated > 0 {
            print("  \(counted(counts.repeated, "report")) came in before, in other files.")
        }
        if counts.refused > 0 {
            print(
                "\n\(counted(counts.refused, "document")) could not be read and "
                    + "\(counts.refused == 1 ? "is" : "are") set aside ('sealgate intake list'):")
            for refusal in result.refusals.prefix(10) { print("  " + line(refusal)) }
            if counts.refused > 10 { print("  … and \(grouped(counts.refused - 10)) more.") }
        }
        for refusal in result.unreadable { print("Not read: " + line(refusal)) }
        if counts.reports > 0 {
            print("\nNext: sealgate senders --domain D, sealgate plan --domain D, sealgate serve")
        }
    }

    private func line(_ refusal: ReportRefusal) -> String {
        "\(plain(refusal.path)): \(plain(refusal.explanation, limit: 300))"
    }
}

extension House {
    /// Says what was to help to name senders, and did not.
    func tellWhatWasMissing() async {
        if await facts.gaveUp {
            note(
                "The DNS resolver did not answer, so senders were named without reverse names. "
                    + "Check --resolver, then let 'sealgate report identify' name them again.")
        }
        for path in facts.damagedNetworks {
            note(
                "The networks file \(path) is damaged in places: some addresses were left without "
                    + "a network. Get it again from its maker.")
        }
    }
}

/// Copies standard input to a file, up to a limit.
private func spoolStandardInput(to path: String, limit: Int64) throws {
    let source = try FileSource(path: "-")
    guard let file = fopen(path, "wb") else {
        throw PlainError("\(path) cannot be written. Choose another folder with --data.")
    }
    defer { fclose(file) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    var total: Int64 = 0
    while true {
        let count = try source.read(into: buffer)
        guard count > 0 else { return }
        total += Int64(count)
        guard total <= limit, fwrite(buffer.baseAddress, 1, count, file) == count else {
            unlink(path)
            throw PlainError(
                "Standard input holds more than \(limit >> 20) MiB, or the disk is full. Save it "
                    + "to a file and import that.")
        }
    }
}
