import Identities
import MailReports
import Storage
import TestSupport
import Testing

/// What the gateway saw adds up in the store, within limits that strangers cannot move.
struct ReportObservationTests {
    static let begin: Int64 = 1_795_219_200

    static func each(
        _ engine: TestEngine, limits: ReportObservationLimits = ReportObservationLimits(),
        _ body: @Sendable (ReportObservationStore, OutgoingReportStore) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            try await body(
                ReportObservationStore(database: database, limits: limits),
                OutgoingReportStore(database: database))
        }
    }

    static func domain(_ text: String) throws -> DomainName {
        try #require(DomainName(text))
    }

    static func row(
        _ source: String, count: Int64 = 1, from: String? = "acme.example", selector: String = "s1"
    ) -> AggregateRecord {
        var record = AggregateRecord()
        record.sourceText = source
        record.source = IPAddress(source)
        record.count = count
        record.disposition = "reject"
        record.headerFrom = "acme.example"
        record.envelopeFrom = from
        record.envelopeTo = "receiver.example"
        record.reasons = [.init(type: "other", comment: "\"a\" <b>")]
        record.dkim = [
            .init(domain: "x.example", selector: selector, result: "fail", humanResult: "é")
        ]
        record.spf = [.init(domain: "acme.example", scope: "mfrom", result: "fail")]
        return record
    }

    static func batch(
        _ rows: [AggregateRecord], domain: String = "acme.example", top: String = "acme.example",
        record: String = "v=DMARC1; p=none; rua=mailto:d@acme.example", seenAt: Int64 = begin + 5,
        aboutReports: Int64 = 0, leftOut: Int64 = 0
    ) throws -> ReportObservationBatch {
        ReportObservationBatch(
            domain: try Self.domain(domain), organization: try Self.domain(top), begin: begin,
            seconds: 86_400, record: record, method: "treewalk", seenAt: seenAt, rows: rows,
            aboutReports: aboutReports, leftOut: leftOut)
    }

    @Test(arguments: TestEngine.allCases)
    func `rows come back as they went in, and equal ones add up`(engine: TestEngine) async throws {
        try await Self.each(engine) { store, _ in
            let acme = try Self.domain("acme.example")
            let rows = [
                Self.row("192.0.2.1", count: 3), Self.row("192.0.2.1", count: 4, from: ""),
                Self.row("2001:db8::1", from: nil),
            ]
            for _ in 0..<2 {
                let outcome = try await store.add([
                    try Self.batch(rows, aboutReports: 1),
                    try Self.batch([Self.row("192.0.2.7")], domain: "other.example"),
                ])
                #expect(outcome == ReportObservationOutcome())
            }
            let found = try await store.records(of: acme, begin: Self.begin)
            var expected = rows
            for index in expected.indices { expected[index].count *= 2 }
            #expect(Set(found) == Set(expected))
            #expect(found == (try await store.records(of: acme, begin: Self.begin)))
            let summary = try #require(await store.summary(of: acme, begin: Self.begin))
            #expect(summary.messages == 16)
            #expect(summary.aboutReports == 2)
            #expect(try await store.summary(of: acme, begin: Self.begin + 86_400) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of several policies the one that was seen last is kept`(
        engine: TestEngine
    ) async throws {
        try await Self.each(engine) { store, _ in
            let acme = try Self.domain("acme.example")
            for (record, seenAt) in [("first", 10), ("third", 30), ("second", 20)] {
                try await store.add([
                    try Self.batch([Self.row("192.0.2.1")], record: record, seenAt: Int64(seenAt))
                ])
            }
            #expect(try await store.summary(of: acme, begin: Self.begin)?.record == "third")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `beyond the limit rows lose details, then only count`(engine: TestEngine) async throws {
        var limits = ReportObservationLimits()
        limits.rows = 10
        limits.mergedRows = 13
        try await Self.each(engine, limits: limits) { store, _ in
            let acme = try Self.domain("acme.example")
            try await store.add([
                try Self.batch((0..<9).map { Self.row("192.0.2.\($0)", count: 2) })
            ])
            // Two more rows: one fits. Of 20 random senders of one source one merged row is left.
            let flood =
                [Self.row("192.0.2.0", count: 5), Self.row("192.0.2.100")]
                + (0..<20).map { Self.row("203.0.113.1", from: "\($0).example", selector: "\($0)") }
            var outcome = try await store.add([try Self.batch(flood)])
            #expect(outcome == ReportObservationOutcome(merged: 20))
            var found = try await store.records(of: acme, begin: Self.begin)
            #expect(found.count == 11)
            let merged = try #require(found.first { $0.sourceText == "203.0.113.1" })
            #expect(merged.count == 20)
            #expect(merged.envelopeFrom == nil)
            #expect(merged.dkim.isEmpty)
            #expect(merged.disposition == "reject")
            #expect(found.first { $0.sourceText == "192.0.2.0" }?.count == 7)
            // Many sources: two of them fit, the others are counted.
            outcome = try await store.add([
                try Self.batch((0..<50).map { Self.row("198.51.100.\($0)") }, leftOut: 4)
            ])
            #expect(outcome == ReportObservationOutcome(merged: 2, leftOut: 52))
            found = try await store.records(of: acme, begin: Self.begin)
            #expect(found.count == 13)
            let summary = try #require(await store.summary(of: acme, begin: Self.begin))
            #expect(summary.messages == 18 + 26 + 54)
            #expect(summary.merged == 22)
            #expect(summary.leftOut == 52)
            #expect(
                found.reduce(0) { $0 + $1.count } + summary.leftOut == summary.messages)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `one organisation gets only so many domains, and all together too`(
        engine: TestEngine
    ) async throws {
        var limits = ReportObservationLimits()
        limits.domainsPerOrganization = 3
        limits.domains = 5
        try await Self.each(engine, limits: limits) { store, _ in
            let evil = try (0..<6).map {
                try Self.batch(
                    [Self.row("192.0.2.1", count: 2)], domain: "\($0).evil.example",
                    top: "evil.example")
            }
            #expect(try await store.add(evil).refused == 6)
            let others = try (0..<6).map {
                try Self.batch(
                    [Self.row("192.0.2.1")], domain: "a\($0).example", top: "a\($0).example")
            }
            #expect(try await store.add(others).refused == 4)
            // Who is in stays in.
            #expect(try await store.add([evil[0], others[1]]).refused == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `sessions add up to the policies of a report`(engine: TestEngine) async throws {
        var limits = ReportObservationLimits()
        limits.sessions = 4
        limits.mergedSessions = 5
        try await Self.each(engine, limits: limits) { store, _ in
            let acme = try Self.domain("acme.example")
            var sts = TLSReport.PolicyResult()
            sts.type = "sts"
            sts.strings = ["version: STSv1", "mode: enforce \"x\""]
            sts.domain = "acme.example"
            sts.mxHosts = ["*.acme.example"]
            var none = TLSReport.PolicyResult()
            none.type = "no-policy-found"
            none.domain = "acme.example"
            func session(
                _ policy: TLSReport.PolicyResult, _ failure: TLSReport.FailureDetail?,
                _ count: Int64
            ) -> SessionObservation {
                SessionObservation(
                    domain: acme, begin: Self.begin, policy: policy, failure: failure, count: count)
            }
            func failure(_ type: String, _ host: String) -> TLSReport.FailureDetail {
                var detail = TLSReport.FailureDetail()
                detail.resultType = type
                detail.receivingMXHost = host
                return detail
            }
            for _ in 0..<2 {
                let leftOut = try await store.add(sessions: [
                    session(sts, nil, 10), session(none, nil, 1),
                    session(sts, failure("certificate-expired", "mx1"), 2),
                    session(sts, failure("certificate-expired", "mx2"), 3),
                ])
                #expect(leftOut == 0)
            }
            // The fifth kind loses its host, the sixth has no place.
            #expect(
                try await store.add(sessions: [
                    session(sts, failure("validation-failure", "mx3"), 4),
                    session(sts, failure("validation-failure", "mx4"), 5),
                    session(none, failure("starttls-not-supported", "mx5"), 6),
                ]) == 6)
            let policies = try await store.policies(of: acme, begin: Self.begin)
            #expect(policies.count == 2)
            let found = try #require(policies.first { $0.type == "sts" })
            #expect(found.strings == sts.strings)
            #expect(found.mxHosts == sts.mxHosts)
            #expect(found.successfulSessions == 20)
            #expect(found.failedSessions == 19)
            #expect(
                Set(found.failures.map { "\($0.resultType) \($0.receivingMXHost ?? "-")" })
                    == [
                        "certificate-expired mx1", "certificate-expired mx2",
                        "validation-failure -",
                    ])
            #expect(policies.first { $0.type != "sts" }?.successfulSessions == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is old is forgotten`(engine: TestEngine) async throws {
        try await Self.each(engine) { store, _ in
            let acme = try Self.domain("acme.example")
            try await store.add([try Self.batch([Self.row("192.0.2.1")])])
            try await store.forget(before: Self.begin)
            #expect(try await store.records(of: acme, begin: Self.begin).count == 1)
            try await store.forget(before: Self.begin + 1)
            #expect(try await store.records(of: acme, begin: Self.begin).isEmpty)
            #expect(try await store.summary(of: acme, begin: Self.begin) == nil)
        }
    }
}
