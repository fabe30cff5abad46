import Gateway
import Identities
import MailReports
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// However often the process dies, each report goes to each address once.
struct ReportCrashTests {
    /// A database that dies at one write: before it, or when it is done and nobody was told.
    private final class DyingDatabase: SQLDatabase {
        struct Death: Error {}

        let database: any SQLDatabase
        let isBefore: Bool
        private let left: Mutex<Int>

        init(_ database: any SQLDatabase, writes: Int, isBefore: Bool) {
            self.database = database
            self.isBefore = isBefore
            left = Mutex(writes)
        }

        var label: String { database.label }

        func read<Value: Sendable>(
            _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
        ) async throws -> Value {
            guard left.withLock({ $0 >= 0 }) else { throw Death() }
            return try await database.read(body)
        }

        func write<Value: Sendable>(
            _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
        ) async throws -> Value {
            let left = left.withLock { left in
                left -= 1
                return left
            }
            if left < 0, isBefore || left < -1 { throw Death() }
            let value = try await database.write(body)
            if left < 0 { throw Death() }
            return value
        }

        func close() async throws {}
    }

    private static func see(_ workshop: ReportWorkshop, _ composer: ReportComposer) async throws {
        for source in ["203.0.113.9", "192.0.2.1"] {
            let found = await workshop.authenticate(source)
            let decision = Decision(.reject, .policyReject, "")
            let observation = try #require(DMARCObservation(found, decision))
            composer.messages.add(observation, at: workshop.now)
        }
        let acme = try reportDomain("acme.example")
        composer.sessions.add(
            TLSObservation(
                domain: acme, policy: .init(type: .noPolicyFound, domain: acme),
                at: workshop.now * 1_000))
        _ = try await composer.step()
    }

    @Test(arguments: TestEngine.allCases, [true, false])
    func `a death at any write loses no mail and doubles none`(
        engine: TestEngine, isBefore: Bool
    ) async throws {
        var survived = false
        var death = 0
        while !survived {
            let writes = death
            let isDone = Mutex(false)
            try await TestDatabase.each(engine) { database in
                try await Schema.prepare(database)
                let workshop = try ReportWorkshop()
                try await Self.see(workshop, workshop.composer(database))
                workshop.now = ReportWorkshop.midnight + 3_600
                let dying = DyingDatabase(database, writes: writes, isBefore: isBefore)
                do {
                    let step = try await workshop.composer(dying).step()
                    if step.finished == 2 { isDone.withLock { $0 = true } }
                } catch {
                    #expect(error is DyingDatabase.Death)
                }
                // The next process, and the one after it.
                for _ in 0..<4 {
                    workshop.now += Limits.reportClaimSeconds + Limits.reportRetrySeconds
                    _ = try await workshop.composer(database).step()
                }
                let mails = workshop.outbox.map(\.identifier)
                #expect(mails.count == 3, "death at write \(writes)")
                #expect(Set(mails).count == 3, "death at write \(writes)")
                // A web server may be told twice, and the same both times.
                #expect((1...2).contains(workshop.posts.count))
                #expect(Set(workshop.posts).count == 1)
                for mail in workshop.outbox where mail.kind == .dmarc {
                    let found = try FoundReports(mail.octets)
                    #expect(found.aggregates.first?.report.messageCount == 2)
                }
                let reports = try await OutgoingReportStore(database: database).recent(limit: 9)
                #expect(reports.map(\.state) == [.done, .done])
            }
            survived = isDone.withLock { $0 }
            death += 1
            try #require(death < 100)
        }
        // Planning, claiming, composing, two notes for each mail, finishing: each of them died.
        #expect(death > 14)
    }

    @Test func `a mail that the spool does not take is offered again, and is the same`()
        async throws
    {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            try await Self.see(workshop, composer)
            workshop.now = ReportWorkshop.midnight + 3_600
            workshop.refuse(1)
            _ = try await composer.step()
            #expect(workshop.outbox.count == 2)
            #expect(workshop.notes.count == 1)
            workshop.now += Limits.reportRetrySeconds
            _ = try await composer.step()
            #expect(Set(workshop.outbox.map(\.identifier)).count == 3)
            workshop.refuse(1_000)
            let again = workshop.composer(database)
            try await Self.see(workshop, again)
            for _ in 0..<(Limits.reportAttempts + 30) {
                workshop.now += Limits.reportRetrySeconds
                _ = try await again.step()
            }
            let reports = try await OutgoingReportStore(database: database).recent(limit: 9)
            #expect(reports.count == 4)
            #expect(reports.allSatisfy { $0.state == .done })
            #expect(workshop.outbox.count == 3)
        }
    }

    @Test func `what could not be stored is stored with the next step`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(
                DyingDatabase(database, writes: 0, isBefore: true))
            await #expect(throws: DyingDatabase.Death.self) {
                try await Self.see(workshop, composer)
            }
            #expect(composer.messages.drain().batches.flatMap(\.rows).count == 2)
        }
    }
}
