import Gateway
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Whatever is seen, in whatever order and over however many steps: reports add up to it.
struct ReportRandomTests {
    private static func observation(
        _ domains: [DomainName], _ template: DMARCObservation, _ generator: inout ReportRandom
    ) -> DMARCObservation {
        func pick(_ count: UInt64) -> Int { Int(generator.next() % count) }
        var observation = template
        observation.domain = domains[pick(UInt64(domains.count))]
        observation.organization = observation.domain
        observation.record =
            "v=DMARC1; p=reject; rua=mailto:dmarc@\(observation.domain)"
        var row = observation.row
        let source = IPAddress(ipv4: 0xC000_0200 + UInt32(pick(5)))
        row.source = source
        row.sourceText = source.description
        row.headerFrom = ["", "a.", "b."][pick(3)] + observation.domain.text
        row.envelopeFrom = [nil, "", "bounce.example"][pick(3)]
        row.disposition = ["none", "pass", "quarantine", "reject"][pick(4)]
        row.reasons = pick(3) == 0 ? [.init(type: "local_policy", comment: "a <\"&'> é")] : []
        row.dkim = (0..<pick(3)).map {
            .init(domain: "d\($0).example", selector: "s", result: ["pass", "fail"][pick(2)])
        }
        row.spf = [.init(domain: "x.example", scope: "mfrom", result: "softfail")]
        observation.row = row
        return observation
    }

    @Test(arguments: TestEngine.allCases)
    func `random messages add up in the reports that go out`(engine: TestEngine) async throws {
        for seed in 1...3 {
            try await TestDatabase.each(engine) { database in
                try await Schema.prepare(database)
                try await Self.check(database, seed: UInt64(seed))
            }
        }
    }

    private static func check(_ database: any SQLDatabase, seed: UInt64) async throws {
        var generator = ReportRandom(seed: seed)
        let workshop = try ReportWorkshop()
        let composer = workshop.composer(database)
        let found = await workshop.authenticate("203.0.113.9")
        let template = try #require(
            DMARCObservation(found, Decision(.reject, .policyReject, "")))
        let domains = try (0..<4).map { try reportDomain("d\($0).example") }
        var expected: [String: [AggregateRecord: Int64]] = [:]
        workshop.now = ReportWorkshop.midnight - 86_400
        while workshop.now < ReportWorkshop.midnight + 86_400 {
            for _ in 0..<(generator.next() % 12) {
                let observation = Self.observation(domains, template, &generator)
                composer.messages.add(observation, at: workshop.now)
                let day = workshop.now - workshop.now % 86_400
                var row = observation.row
                row.count = 0
                expected["\(observation.domain) \(day)", default: [:]][row, default: 0] += 1
            }
            workshop.now += Int64(generator.next() % 4_000)
            _ = try await composer.step()
        }
        workshop.now = ReportWorkshop.midnight + 2 * 86_400
        _ = try await composer.step()
        var told: [String: [AggregateRecord: Int64]] = [:]
        for mail in workshop.outbox {
            let (report, records) = try #require(try FoundReports(mail.octets).aggregates.first)
            let place = "\(report.policy.domain) \(report.begin)"
            #expect(told[place] == nil, "seed \(seed): two reports about \(place)")
            told[place] = [:]
            for record in records {
                var row = record
                row.count = 0
                told[place]?[row, default: 0] += record.count
            }
        }
        #expect(told == expected, "seed \(seed)")
        #expect(told.count == 8)
    }
}
