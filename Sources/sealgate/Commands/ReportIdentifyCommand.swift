import ArgumentParser
import Identities
import ReportConsumer
import SQLDatabase
import Storage

extension ReportCommand {
    /// `sealgate report identify`: what is stored, identified with what is known today.
    struct Identify: AsyncParsableCommand, GivesFlags {
        static let configuration = CommandConfiguration(
            commandName: "identify",
            abstract: "Identifies all stored rows anew, and makes every sum again from them.",
            discussion: """
                For reports that were taken in before you gave a networks file, with an older
                catalogue of senders or without DNS, and for sums that you do not trust any more.
                Give the same options as for 'sealgate import': what they name is all that the
                senders are recognised by.

                The console shows the old sums until all new ones are there, and reports may come
                in meanwhile. If it is interrupted, repeat the same command: it goes on.
                """)

        @OptionGroup var store: StoreOptions
        @OptionGroup var resolver: ResolverOptions
        @OptionGroup var networks: NetworkOptions

        @Option(help: "A DNS blocklist to ask about sources of unproved mail; may be repeated.")
        var blocklist: [DomainName] = []

        @Option(help: "text or json")
        var format = OutputFormat.text

        func give(to flags: inout GivenFlags) { flags.add("blocklists", blocklist.map(\.text)) }

        func run() async throws {
            let settings = try await store.settings(resolver, networks, self)
            try await withLookup(settings) { lookup in
                let house = try await House.open(settings, lookup: lookup, takesIn: true)
                let bar = ProgressBar()
                let done: Rebuilding
                do {
                    try await house.tell("report.identify", "all reports")
                    done = try await house.reidentification.run { rebuilding in
                        bar.show(
                            Double(rebuilding.reports), of: Double(rebuilding.reportsInAll),
                            "\(grouped(rebuilding.reports)) of "
                                + "\(grouped(rebuilding.reportsInAll)) reports, "
                                + "\(grouped(rebuilding.records)) records")
                    }
                } catch let error as SQLError {
                    bar.end()
                    throw PlainError(
                        "It stopped: \(error) The sums are as they were; repeat the same command "
                            + "to go on.")
                }
                bar.end()
                try await house.close()
                switch format {
                case .json: try printJSON(Answer(done))
                case .text:
                    tell(done, house)
                    await house.tellWhatWasMissing()
                }
            }
        }

        private struct Answer: Encodable {
            var reports: Int64
            var records: Int64
            var changed: Int64
            var isResumed: Bool

            init(_ done: Rebuilding) {
                reports = done.reports
                records = done.records
                changed = done.changed
                isResumed = done.isResumed
            }
        }

        private func tell(_ done: Rebuilding, _ house: House) {
            print(
                (done.isResumed ? "Went on where an earlier run had stopped. " : "")
                    + "Identified \(counted(done.records, "record")) of "
                    + "\(counted(done.reports, "report")) anew in \(house.database.label): "
                    + "\(grouped(done.changed)) changed. All sums were made again.")
        }
    }
}
