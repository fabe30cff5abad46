import ArgumentParser
import Gateway
import Storage

/// `sealgate export`: what happened, line by line, for who keeps it elsewhere.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes changes, alerts and verdicts on mail, one line of JSON for each.",
        discussion: """
            Each line has a cursor. Give the last one to --since to go on from there: nothing is \
            left out and nothing comes twice. The names are those of the Elastic Common Schema: \
            see docs/export.md.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var place: OrganisationOptions
    @Option(help: "The cursor of the last line that you have, or 'end' for what comes from now on.")
    var since: String?
    @Flag(help: "Wait for what comes, until stopped with Ctrl-C.") var follow = false
    @Option(help: "The file to write; standard output without it.") var output: String?

    /// Seconds between two looks for something new.
    private static let pause: Duration = .seconds(1)

    func run() async throws {
        let house = try await House.open(store.settings(), lookup: nil)
        let organisation = try await place.organisation(house).id
        let export = house.accounts.export(of: organisation)
        var cursor = try await cursor(export)
        let line = ExportLine(organisation: organisation, verdict: MessageRecord.exported)
        let out = try LineWriter(path: output)
        repeat {
            let rows = try await export.rows(after: cursor, limit: ExportLimits.rows * 3)
            if let last = rows.last {
                try out.write(rows.map { line.render($0) + "\n" }.joined())
                cursor = last.cursor
            } else if follow {
                try await Task.sleep(for: Self.pause)
            } else {
                break
            }
        } while true
        try out.close()
        try await house.close()
        note("Go on from here with --since \(cursor)")
    }

    private func cursor(_ export: ExportStore) async throws -> ExportCursor {
        guard let since else { return .start }
        if since == "end" { return try await export.end() }
        guard let cursor = ExportCursor(since) else {
            throw ValidationError("--since wants the cursor of a line, as a12.l3.m456, or 'end'.")
        }
        return cursor
    }
}
