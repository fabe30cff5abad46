import ArgumentParser
import Logging
import ReportConsumer
import Storage

/// `sealgate intake places`: where reports are fetched from, and how that goes.
struct PlacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "places",
        abstract: "Lists the mailboxes and folders that reports are fetched from.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var flags: PlaceFlags
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let settings = try await store.settings(flags)
        let house = try await House.open(settings, lookup: nil)
        let stored = try await house.places.states()
        var left: [String: [IntakeItem]] = [:]
        for state in stored where state.left > 0 {
            left[state.place] = try await house.places.left(in: state.place, limit: 20)
        }
        try await house.close()
        let named = settings.intake.all.map(\.name)
        let states =
            named.map { name in
                stored.first { $0.place == name } ?? IntakePlaceState(place: name)
            } + stored.filter { !named.contains($0.place) }
        if format == .json { return try printJSON(states) }
        if states.isEmpty {
            return print(
                "Reports are fetched from nowhere. Name a mailbox or a folder with --place or "
                    + "intake.places: see 'sealgate config describe'.")
        }
        for state in states {
            print(plain(state.place, limit: 200) + (named.contains(state.place) ? "" : "  (gone)"))
            for line in Self.lines(state) { print("    " + line) }
            for item in left[state.place] ?? [] {
                print("    left: \(plain(item.name, limit: 80)): \(plain(item.remark ?? ""))")
            }
        }
    }

    private static func lines(_ state: IntakePlaceState) -> [String] {
        var lines: [String] = []
        switch (state.succeededAt, state.failure) {
        case (nil, nil): lines.append("Not looked into yet.")
        case (let last, let failure?):
            let since = state.failedAt.map { " at \(instant($0))" } ?? ""
            lines.append("✕ Failed\(since): \(plain(failure, limit: 400))")
            if let last { lines.append("  Last went well at \(instant(last)).") }
        case (let last?, nil): lines.append("● Went well at \(instant(last)).")
        }
        lines.append(
            "\(grouped(state.found)) there; in all \(grouped(state.taken)) taken in, "
                + "\(grouped(state.known)) known already, \(grouped(state.refused)) set aside, "
                + "\(grouped(state.left)) left there.")
        return lines
    }
}

/// `sealgate intake check`: connects to each place and says what is there.
struct PlaceCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Connects to each mailbox and folder and says what is there; takes nothing.",
        discussion: "Exit code 1: one of them cannot be reached.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var flags: PlaceFlags

    func run() async throws {
        let settings = try await store.settings(flags)
        let places = settings.intake.all
        guard !places.isEmpty else {
            throw PlainError("No place is named: name one with --place or intake.places.")
        }
        let house = try await House.open(settings, lookup: nil)
        let keeper = house.placeKeeper(settings, logger: Logger(label: "intake"))
        var isWell = true
        for place in places {
            do {
                print("● \(plain(place.name, limit: 200)): \(try await keeper.look(place)) there.")
            } catch {
                isWell = false
                print("✕ \(plain(place.name, limit: 200)): \(plain("\(error)", limit: 500))")
            }
        }
        try await house.close()
        guard isWell else { throw ExitCode(1) }
    }
}
