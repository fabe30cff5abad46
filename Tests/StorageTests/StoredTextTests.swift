import MailReports
import Storage
import TestSupport
import Testing

/// What a report says of itself is kept as text and comes back as it was, whatever it says.
struct StoredTextTests {
    static let oddities = [
        "", "plain", "\"quoted\" \\ and / slashed", "tab\tline\nreturn\r\u{1}\u{1F}\u{7F}",
        "Zürich 東京 🏛 e\u{301}", "}{][,:", "\\u0041", String(repeating: "long ", count: 3_000),
    ]

    @Test("a report full of odd text reads back as it was", arguments: TestEngine.allCases)
    func readsBack(engine: TestEngine) async throws {
        try await IngestTests.each(engine) { stores in
            for (number, text) in Self.oddities.enumerated() {
                var report = Samples.report("id \(number)", reporter: "reporter \(number)")
                report.email = text
                report.extraContact = number.isMultiple(of: 2) ? text : nil
                report.version = text
                report.generator = text
                report.errors = [text, "second", text]
                report.policy.failureOptions = text
                report.policy.percentage = number.isMultiple(of: 2) ? number : nil
                report.policy.testing = number.isMultiple(of: 3) ? true : nil
                report.policy.discoveryMethod = number.isMultiple(of: 2) ? "treewalk" : nil
                report.repairs = [
                    Repair(.bareAmpersand, .repair, at: text, text, occurrences: number),
                    Repair(.letterCase, .note, at: "", "second"),
                ]
                report.recordCount = 1
                report.messageCount = 7
                var row = Samples.row("192.0.2.1", 7)
                row.record.reasons = [.init(type: text, comment: text), .init(type: "other")]
                guard
                    case .stored(let id) = try await stores.take(
                        report, [row], raw: "raw \(number)")
                else {
                    Issue.record("The report was not stored.")
                    continue
                }
                let found = try await stores.reports.report(id, rows: 10)
                #expect(found?.report == report)
                #expect(found?.records.first?.reasons == row.record.reasons)
            }
        }
    }

    @Test(
        "a report given up while its rows wait leaves the rows of the others",
        arguments: TestEngine.allCases)
    func givenUp(engine: TestEngine) async throws {
        try await IngestTests.each(engine) { stores in
            for rows in [3, 700, 6_000] {
                let ids = try await stores.intake.ingest(now: Samples.now) { step in
                    let object = try step.addRawObject(
                        digest: "of \(rows)", byteCount: 3, encoding: .plain, name: "raw",
                        door: "test")
                    var ids: [Int64] = []
                    for (report, isKept) in [("first", true), ("second", false), ("third", true)] {
                        try step.begin()
                        for number in 0..<rows {
                            try step.add(Samples.row("192.0.2.\(number % 250)", 2))
                        }
                        guard isKept else {
                            try step.abandon()
                            continue
                        }
                        let end = try step.end(
                            Samples.report("\(report) of \(rows)"), domain: Samples.domain,
                            rawObject: object, path: report)
                        if case .stored(let id) = end { ids.append(id) }
                    }
                    return ids
                }
                #expect(ids.count == 2)
                for id in ids {
                    let found = try await stores.reports.report(id, rows: 10_000)
                    #expect(found?.records.count == rows)
                    #expect(found?.records.allSatisfy { $0.count == 2 } == true)
                }
            }
        }
    }
}
