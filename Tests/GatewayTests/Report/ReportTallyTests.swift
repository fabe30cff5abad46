import Gateway
import Identities
import MailReports
import Storage
import TestSupport
import Testing

/// Counting in memory costs one entry for each message, and never more room than it may.
struct ReportTallyTests {
    private static func observation(
        _ source: String, of name: String = "acme.example"
    ) async throws -> DMARCObservation {
        let workshop = try ReportWorkshop()
        let found = await workshop.authenticate(source)
        var observation = try #require(
            DMARCObservation(found, Decision(.reject, .policyReject, "")))
        observation.domain = try reportDomain(name)
        return observation
    }

    @Test func `equal messages are one row, and each day stands by itself`() async throws {
        let tally = DMARCTally()
        let first = try await Self.observation("203.0.113.9")
        let second = try await Self.observation("203.0.113.10")
        for _ in 0..<5 { tally.add(first, at: ReportWorkshop.noon) }
        tally.add(second, at: ReportWorkshop.noon + 9)
        tally.add(first, at: ReportWorkshop.midnight)
        let batches = tally.drain().batches.sorted { $0.begin < $1.begin }
        #expect(
            batches.map(\.begin) == [ReportWorkshop.midnight - 86_400, ReportWorkshop.midnight])
        #expect(batches[0].rows.map(\.count).sorted() == [1, 5])
        #expect(batches[0].seenAt == ReportWorkshop.noon + 9)
        #expect(tally.drain().batches.isEmpty)
    }

    @Test func `shorter times than a day divide it`() async throws {
        let tally = DMARCTally(interval: 6 * 3_600)
        tally.add(try await Self.observation("203.0.113.9"), at: ReportWorkshop.noon + 1)
        let batch = try #require(tally.drain().batches.first)
        #expect(batch.begin == ReportWorkshop.noon)
        #expect(batch.seconds == 21_600)
    }

    @Test func `a flood of different messages fills its room and is counted beyond`() async throws {
        let tally = DMARCTally(rows: 10, domains: 2)
        var observation = try await Self.observation("203.0.113.9")
        for number in 0..<100 {
            observation.row.envelopeFrom = "\(number).bad.example"
            tally.add(observation, at: ReportWorkshop.noon)
        }
        observation.row.envelopeFrom = "3.bad.example"
        tally.add(observation, at: ReportWorkshop.noon)
        for number in 0..<5 {
            observation.domain = try reportDomain("d\(number).example")
            tally.add(observation, at: ReportWorkshop.noon)
        }
        let (batches, refused) = tally.drain()
        #expect(batches.count == 2)
        #expect(batches.flatMap(\.rows).reduce(0) { $0 + $1.count } == 11)
        #expect(batches.reduce(0) { $0 + $1.leftOut } == 91)
        #expect(refused == 4)
    }

    @Test func `more rows than one step stores are stored in several`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let composer = try ReportWorkshop().composer(database)
            var observation = try await Self.observation("203.0.113.9")
            observation.isAboutReport = true
            let count = 2 * Limits.observedRowsPerStep + 7
            for number in 0..<count {
                observation.row.envelopeFrom = "\(number).bad.example"
                composer.messages.add(observation, at: ReportWorkshop.noon)
            }
            #expect(try await composer.flush() == 0)
            let store = ReportObservationStore(database: database)
            let begin = ReportWorkshop.midnight - 86_400
            let summary = try await store.summary(of: observation.domain, begin: begin)
            #expect(summary?.messages == Int64(count))
            #expect(summary?.aboutReports == Int64(count))
            let rows = try await store.records(of: observation.domain, begin: begin)
            #expect(rows.count == count)
        }
    }

    @Test func `what could not be stored is taken back`() async throws {
        let tally = DMARCTally(rows: 3)
        var observation = try await Self.observation("203.0.113.9")
        observation.isAboutReport = true
        for number in 0..<5 {
            observation.row.envelopeFrom = "\(number).bad.example"
            tally.add(observation, at: ReportWorkshop.noon)
        }
        let drained = tally.drain().batches
        observation.row.envelopeFrom = "9.bad.example"
        tally.add(observation, at: ReportWorkshop.noon)
        tally.restore(drained)
        let batch = try #require(tally.drain().batches.first)
        #expect(batch.rows.count == 3)
        #expect(batch.rows.reduce(0) { $0 + $1.count } + batch.leftOut == 6)
        #expect(batch.aboutReports == 6)
    }

    @Test func `sessions are counted by day, up to a limit`() throws {
        let tally = TLSTally(limit: 2)
        let acme = try reportDomain("acme.example")
        var observation = TLSObservation(
            domain: acme, policy: .init(type: .noPolicyFound, domain: acme),
            at: ReportWorkshop.noon * 1_000)
        for _ in 0..<3 { tally.add(observation) }
        observation.at += 86_400_000
        tally.add(observation)
        observation.at += 86_400_000
        tally.add(observation)
        let (sessions, refused) = tally.drain()
        #expect(sessions.map(\.count).sorted() == [1, 3])
        #expect(sessions.map(\.begin).min() == ReportWorkshop.midnight - 86_400)
        #expect(refused == 1)
    }
}
