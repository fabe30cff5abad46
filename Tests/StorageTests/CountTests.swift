import DomainAnalysis
import Identities
import MailReports
import Storage
import TestSupport
import Testing

/// Counts that strangers made up add up to something that can be shown; counts of decisions are the
/// same wherever they are shown.
struct CountTests {
    private static let day: Int64 = 86_400

    @Test(
        "counts beyond 64 bits stop at their end, in one report, over reports and over days",
        arguments: TestEngine.allCases)
    func beyondTheEnd(engine: TestEngine) async throws {
        try await IngestTests.each(engine) { stores in
            let huge = (0..<3).map { _ in Samples.row("192.0.2.1", .max - 1, class: .spoofing) }
            // One step for all: sums meet in memory before they meet in the database.
            try await stores.intake.ingest(now: Samples.now) { step in
                let object = try step.addRawObject(
                    digest: "all", byteCount: 0, encoding: .plain, name: "all", door: "test")
                for number in 0..<3 {
                    let seconds = number == 2 ? 3 * Self.day - 1 : Self.day - 1
                    let report = Samples.report(
                        "r\(number)", begin: 1_700_006_400 - Int64(number) * Self.day,
                        seconds: seconds)
                    try step.begin()
                    for row in huge { try step.add(row) }
                    _ = try step.end(
                        report, domain: Samples.domain, rawObject: object, path: "\(number)")
                    var failure = FailureReport()
                    failure.incidents = .max
                    _ = try step.store(
                        failure, domain: "example.com", digest: "\(number)", rawObject: object,
                        path: "f")
                }
            }
            _ = try await stores.take(
                Samples.report("again", begin: 1_700_006_400 - 5 * Self.day), huge, raw: "again")

            let statistics = try await stores.reports.statistics()
            #expect(statistics.reports == 4)
            #expect(statistics.messages == .max)
            #expect(statistics.failureReports == 3)
            let overview = try #require(
                try await stores.domains.overview(
                    of: Samples.domain, days: 30, until: nil, now: Samples.now))
            #expect(overview.counts[.forged] == .max)
            #expect(overview.reporters.map(\.reports) == [4])
            let counted = try #require(overview.reporters.first?.messages)
            #expect(counted % DomainStore.Limits.messagesADay == 0)
            #expect(counted >= 2 * DomainStore.Limits.messagesADay)
            let portfolio = try await stores.domains.portfolio(
                days: DomainStore.Limits.days, until: nil, now: Samples.now)
            #expect(portfolio.counts.total == .max)
        }
    }

    @Test("the longest window of the fullest days ends within 64 bits")
    func longestWindow() {
        let days = Int64(DomainStore.Limits.days)
        let (_, overflow) = DomainStore.Limits.messagesADay.multipliedReportingOverflow(by: days)
        #expect(!overflow)
    }

    @Test(
        "one message in twenty asks for a decision, one in twenty-one does not",
        arguments: [
            (1, 19, true), (1, 20, false), (0, 0, false), (0, 50, false), (1, 0, true),
            (5, 95, true), (4, 96, false), (Int64.max, Int64.max, true),
            (1, Int64.max - 1, false),
        ] as [(Int64, Int64, Bool)])
    func decision(undecided: Int64, proved: Int64, expected: Bool) {
        var counts = ClassCounts()
        counts.compliant = proved
        counts.unknown = undecided / 2
        counts.misconfigured = undecided - undecided / 2
        #expect(counts.needsDecision == expected)
        #expect((counts.state == .undecided) == expected)
    }

    @Test(
        "portfolio and domain count the same senders that need a decision",
        arguments: TestEngine.allCases)
    func sameCount(engine: TestEngine) async throws {
        try await IngestTests.each(engine) { stores in
            // Ten days ago a sender was undecided altogether; since then hardly.
            for (number, undecided) in [(0, 2), (10, 100)] as [(Int64, Int64)] {
                _ = try await stores.take(
                    Samples.report("r\(number)", begin: 1_700_006_400 - number * Self.day),
                    [
                        Samples.row("192.0.2.1", 100 - undecided, sender: "service:a"),
                        Samples.row("192.0.2.1", undecided, sender: "service:a", class: .unknown),
                        Samples.row("192.0.2.2", 95, sender: "service:b"),
                        Samples.row(
                            "192.0.2.2", 5, sender: "service:b", class: .misconfigured),
                        Samples.row("192.0.2.3", 96, sender: "service:c"),
                        Samples.row("192.0.2.3", 4, sender: "service:c", class: .unknown),
                        Samples.row("192.0.2.4", 10, sender: "unknown", class: .spoofing),
                    ], raw: "raw \(number)")
            }
            for (days, expected, messages) in [(5, 1, 5), (30, 2, 112)] as [(Int, Int, Int64)] {
                let portfolio = try await stores.domains.portfolio(
                    days: days, until: nil, now: Samples.now)
                #expect(portfolio.domains.map(\.undecidedSenders) == [expected])
                let overview = try #require(
                    try await stores.domains.overview(
                        of: Samples.domain, days: days, until: nil, now: Samples.now))
                #expect(overview.undecidedSenders == expected)
                #expect(overview.undecidedMessages == messages)
                #expect(overview.senders.count { $0.state == .undecided } == expected)
            }
        }
    }
}
