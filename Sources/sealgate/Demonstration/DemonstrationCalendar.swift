import Console
import DNS
import Demonstration
import DomainWatch
import FoundationEssentials
import HostedDNS
import Identities
import MailReports
import ReportConsumer

/// Lets days pass in the demonstration: receivers report them by what the DNS says now, their
/// reports come in as everybody's, and alerts and rules are looked at.
actor DemonstrationCalendar {
    /// Days that pass at once.
    static let days = 7

    private let house: House
    private let folder: String
    private let clock: DemonstrationClock
    private let lookup: any DNSLookup
    private let rules: WayRunner?
    private var future: DemonstrationFuture
    private var isPassing = false
    private var weeks = 0

    /// - Parameters:
    ///   - folder: in which each week's reports get one of their own.
    ///   - rules: nil where nobody changes policies.
    init(
        house: House, folder: String, clock: DemonstrationClock, lookup: any DNSLookup,
        rules: WayRunner?, future: DemonstrationFuture
    ) {
        self.house = house
        self.folder = folder
        self.clock = clock
        self.lookup = lookup
        self.rules = rules
        self.future = future
    }

    /// - Returns: what came of it; nil while days are passing already.
    func letPass() async throws -> DemonstrationServices.Week? {
        guard !isPassing else { return nil }
        isPassing = true
        defer { isPassing = false }
        var records: [String: DemonstrationFuture.Records] = [:]
        for question in DemonstrationFuture.questions {
            records[question.domain] = await ask(question)
        }
        weeks += 1
        let place = "\(folder)/reports-week-\(weeks)"
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        let first = future.lastDay.advanced(by: 1)
        try future.write(days: Self.days, records: records, to: place)
        clock.advance(days: Self.days)
        let taken = try await Importer(pipeline: house.pipeline, width: 2).run(
            [place], door: "demonstration"
        ) { _ in }
        _ = try await AlertRound(database: house.database).step(now: clock.now)
        _ = try await rules?.step()
        let week = DemonstrationServices.Week(
            first: first, last: future.lastDay, reports: taken.counts.reports,
            messages: taken.counts.messages)
        clock.note(week)
        return week
    }

    private func ask(
        _ question: DemonstrationFuture.Question
    ) async -> DemonstrationFuture.Records {
        var policy: String?
        if let name = DomainName("_dmarc." + question.domain) {
            let texts = await lookup.lookUp(name, .txt).texts.filter {
                $0.lowercased().hasPrefix("v=dmarc1")
            }
            // Receivers heed none of several records (RFC 9989 §4.10).
            policy = texts.count == 1 ? texts.first : nil
        }
        var keys: Set<String> = []
        for name in question.keyNames {
            guard let found = DomainName(name) else { continue }
            if await lookup.lookUp(found, .txt).outcome == .records { keys.insert(name) }
        }
        return DemonstrationFuture.Records(policy: policy, keyNames: keys)
    }
}
