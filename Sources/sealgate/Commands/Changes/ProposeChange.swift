import ArgumentParser
import DomainAnalysis
import HostedDNS
import Identities
import ReportConsumer
import Storage

/// `sealgate change propose`: works out a change and shows it; nothing is made yet.
struct ProposeChange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Works out a change and shows its exact difference; nothing is made yet.",
        discussion: """
            From a step of the plan (--step), as the closing of a domain without mail \
            (--lock-down), or of one record (--name, --type, --remove, --add).
            """)

    @OptionGroup var place: ChangePlace
    @Option(help: "The domain.") var domain: DomainName
    @Option(help: "A step of the plan, by its number; may be repeated.") var step: [Int] = []
    @Flag(help: "Close a domain that sends and takes no mail.") var lockDown = false
    @Option(help: "The name of one record to change.") var name: String?
    @Option(help: "Its type.") var type = "TXT"
    @Option(help: "A record that goes; may be repeated.") var remove: [String] = []
    @Option(help: "A record that comes; may be repeated.") var add: [String] = []
    @Option(help: "Seconds that what is new may be kept. (default: as it was, or 3600)")
    var ttl: UInt32?
    @Option(help: "Where reports about a closed domain go: an address.") var reports: String?
    @Option(help: "Why; it is kept with the change.") var reason: String?
    @OptionGroup var window: WindowOptions
    @Option(
        help: """
            text, json, zone, terraform, terraform-cloudflare, terraform-route53 or domain-connect
            """)
    var format = ChangeExport.text

    func validate() throws {
        let ways = [!step.isEmpty, lockDown, name != nil].count { $0 }
        guard ways == 1 else {
            throw ValidationError("Say one of --step, --lock-down and --name.")
        }
        guard name == nil || !remove.isEmpty || !add.isEmpty else {
            throw ValidationError("With --name, say what goes (--remove) or comes (--add).")
        }
    }

    func run() async throws {
        try await place.with { house, desk, _ in
            let stored = try await lockDown ? close(house, desk) : change(house, desk)
            print(try format.render(stored.change), terminator: "")
            guard format == .text else { return note("This is change \(stored.id).") }
            let confirm = stored.change.isDangerous ? " --confirm \(domain)" : ""
            print(
                "\nNothing is changed yet. Make it: sealgate change apply \(stored.id)\(confirm)")
        }
    }

    private func close(_ house: House, _ desk: ChangeDesk) async throws -> StoredChange {
        let overview = try await house.domains.overview(
            of: domain, days: window.days, until: try window.untilDay, now: clock())
        let counts = overview?.counts ?? ClassCounts()
        return try await desk.proposeLockDown(
            of: domain, by: place.who,
            reportURI: reports.map { $0.contains(":") ? $0 : "mailto:\($0)" },
            legitimate: ClassCounts.sum(counts[.compliant], counts[.misconfigured]),
            undecided: counts[.unknown], days: window.days)
    }

    private func change(_ house: House, _ desk: ChangeDesk) async throws -> StoredChange {
        let plan = try await house.adviser.plan(
            for: domain, days: window.days, until: try window.untilDay, now: clock())
        let mail = plan.map { ChangeConsequences.Mail(of: $0) }
        if let name {
            return try await desk.propose(
                [DNSChange(name: name, type: type, remove: remove, add: add)], for: domain,
                reason: reason ?? "Change \(type) of \(name).", by: place.who, timeToLive: ttl,
                mail: mail)
        }
        guard let plan else {
            throw PlainError(
                "No report about \(domain) was taken in, so there is no plan. Import its reports "
                    + "first, or name a record with --name.")
        }
        let steps = plan.steps.filter { step.contains($0.order) }
        guard steps.count == Set(step).count else {
            throw PlainError("The plan of \(domain) has \(counted(plan.steps.count, "step")).")
        }
        return try await desk.propose(
            steps.flatMap(\.changes), for: domain,
            reason: reason ?? steps.map(\.title).joined(separator: "; "), by: place.who,
            timeToLive: ttl, mail: mail)
    }
}

/// `sealgate change watch`: looks at the zone's servers until nothing is on its way any more.
struct WatchChanges: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watches changes until they are visible; sealgate serve does so all the time.")

    @OptionGroup var place: ChangePlace
    @Option(help: "Changes of this domain only.") var domain: DomainName?
    @Option(help: "Seconds between two looks.") var pause = 10
    @Option(help: "Seconds after which to end in any case.") var atMost = 600

    func validate() throws {
        guard (1...3_600).contains(pause), (0...86_400).contains(atMost) else {
            throw ValidationError("--pause wants 1 to 3600, --at-most 0 to 86400 seconds.")
        }
    }

    func run() async throws {
        try await place.with { _, desk, watch in
            let end = clock() + Int64(atMost)
            var told: [Int64: String] = [:]
            while true {
                let all = try await desk.store.list(of: domain, limit: ChangeStore.Limits.listed)
                for stored in all where ChangeState.watched.contains(stored.state) {
                    try await watch.check(stored.id, now: clock())
                    let now = try await desk.store.change(stored.id) ?? stored
                    let words = "\(now.state.words). \(plain(now.remark, limit: 600))"
                    if told.updateValue(words, forKey: stored.id) != words {
                        say("\(stored.id)  \(stored.change.domain)  \(words)")
                    }
                }
                let open = try await desk.store.list(
                    of: domain, limit: ChangeStore.Limits.listed
                ).contains { $0.state == .pending || $0.state == .applying }
                guard open, clock() < end else { break }
                try await Task.sleep(for: .seconds(pause))
            }
            if told.isEmpty { print("Nothing is watched: no change was made yet.") }
        }
    }
}
