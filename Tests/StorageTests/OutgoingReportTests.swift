import Identities
import MailReports
import Storage
import TestSupport
import Testing

/// A report that is owed goes through its states one by one, and no two processes work on it.
struct OutgoingReportTests {
    private static let end = ReportObservationTests.begin + 86_400

    private static func plan(
        _ reports: OutgoingReportStore, now: Int64, limit: Int = 100
    ) async throws -> Int {
        try await reports.plan(.dmarc, before: now, limit: limit) { domain, end in
            ("id_\(domain)@receiver.example", end + 301)
        }
    }

    private static func plannedReport(
        _ store: ReportObservationStore, _ reports: OutgoingReportStore
    ) async throws -> OutgoingReport {
        try await store.add([
            try ReportObservationTests.batch([ReportObservationTests.row("192.0.2.1")])
        ])
        #expect(try await Self.plan(reports, now: Self.end) == 1)
        return try #require(
            try await reports.claim(by: "a", now: Self.end + 300, until: Self.end + 900))
    }

    @Test(arguments: TestEngine.allCases)
    func `a report is planned once its time is over, and once only`(
        engine: TestEngine
    ) async throws {
        try await ReportObservationTests.each(engine) { store, reports in
            let row = [ReportObservationTests.row("192.0.2.1")]
            try await store.add([
                try ReportObservationTests.batch(row),
                // Two receivers would send each other reports about reports for ever.
                try ReportObservationTests.batch(row, domain: "reporter.example", aboutReports: 1),
                try ReportObservationTests.batch(row, domain: "both.example", aboutReports: 0),
            ])
            #expect(try await Self.plan(reports, now: Self.end - 1) == 0)
            #expect(try await Self.plan(reports, now: Self.end, limit: 1) == 1)
            #expect(try await Self.plan(reports, now: Self.end) == 1)
            #expect(try await Self.plan(reports, now: Self.end) == 0)
            let planned = try await reports.recent(limit: 10)
            #expect(planned.map(\.domain.text) == ["acme.example", "both.example"])
            #expect(planned.allSatisfy { $0.state == .planned && $0.end == Self.end - 1 })
            #expect(planned[0].reportID == "id_acme.example@receiver.example")
            #expect(try await reports.nextDue() == Self.end + 300)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `nobody else gets a report that is being worked on`(engine: TestEngine) async throws {
        try await ReportObservationTests.each(engine) { store, reports in
            let report = try await Self.plannedReport(store, reports)
            #expect(report.domain.text == "acme.example")
            #expect(
                try await reports.claim(by: "b", now: Self.end + 899, until: Self.end + 2_000)
                    == nil)
            // Whoever had it is gone.
            #expect(
                try await reports.claim(by: "b", now: Self.end + 900, until: Self.end + 2_000)
                    != nil)
            try await reports.postpone(report, until: Self.end + 5_000, remark: "later")
            #expect(
                try await reports.claim(by: "c", now: Self.end + 4_999, until: Self.end + 9_000)
                    == nil)
            let again = try await reports.claim(
                by: "c", now: Self.end + 5_000, until: Self.end + 9_000)
            #expect(again?.remark == "later")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of many that ask at once each report goes to one`(engine: TestEngine) async throws {
        try await ReportObservationTests.each(engine) { store, reports in
            for number in 0..<12 {
                try await store.add([
                    try ReportObservationTests.batch(
                        [ReportObservationTests.row("192.0.2.1")], domain: "d\(number).example",
                        top: "d\(number).example")
                ])
            }
            #expect(try await Self.plan(reports, now: Self.end) == 12)
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var mine: [String] = []
                        while let report = try await reports.claim(
                            by: "w\(worker)", now: Self.end + 300, until: Self.end + 900)
                        {
                            mine.append(report.domain.text)
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 12)
            #expect(Set(claimed).count == 12)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what was composed does not change any more`(engine: TestEngine) async throws {
        try await ReportObservationTests.each(engine) { store, reports in
            let report = try await Self.plannedReport(store, reports)
            let mails = [
                OutgoingReportMail(position: 0, destination: "d@acme.example"),
                OutgoingReportMail(
                    position: 1, destination: "x@victim.example", state: .refused,
                    remark: "not asked for"),
            ]
            for octets: [UInt8] in [[0, 1, 255], [9]] {
                try await reports.compose(
                    report, file: ReportFile(name: "n", mediaType: "m", octets: octets),
                    messages: 7, mails: mails, now: Self.end + 310)
            }
            #expect(try await reports.content(of: report) == [0, 1, 255])
            #expect(try await reports.mails(of: report) == mails)
            let stored = try #require(try await reports.recent(limit: 1).first)
            #expect(stored.state == .composed)
            #expect(stored.composedAt == Self.end + 310)
            #expect(stored.messages == 7)
            var first = mails[0]
            first.state = .sent
            first.attempts = 1
            try await reports.update(first, of: report, now: Self.end + 311)
            #expect(try await reports.mails(of: report) == [first, mails[1]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a finished report takes what it was made of with it`(engine: TestEngine) async throws {
        try await ReportObservationTests.each(engine) { store, reports in
            let report = try await Self.plannedReport(store, reports)
            try await reports.compose(
                report, file: ReportFile(name: "n", mediaType: "m", octets: [1]), messages: 1,
                mails: [], now: Self.end + 310)
            try await reports.finish(report, remark: "sent")
            #expect(try await reports.content(of: report) == nil)
            #expect(
                try await store.records(of: report.domain, begin: report.begin).isEmpty)
            #expect(try await reports.recent(limit: 5).map(\.state) == [.done])
            #expect(try await reports.nextDue() == nil)
            // Late observations of a reported time make no second report.
            try await store.add([
                try ReportObservationTests.batch([ReportObservationTests.row("192.0.2.9")])
            ])
            #expect(try await Self.plan(reports, now: Self.end + 1_000) == 0)
            try await reports.forget(before: report.begin + 1)
            #expect(try await reports.recent(limit: 5).isEmpty)
            #expect(try await reports.mails(of: report).isEmpty)
        }
    }
}
