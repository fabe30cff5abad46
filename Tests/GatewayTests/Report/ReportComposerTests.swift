import Gateway
import Identities
import InternetMessage
import MailAuthentication
import MailReports
import SMTP
import SMTPClient
import Storage
import TestSupport
import Testing

/// From messages that came in to reports that go out, over a day and on both engines.
struct ReportComposerTests {
    private static func spoof(
        _ workshop: ReportWorkshop, _ composer: ReportComposer, count: Int = 1,
        source: String = "203.0.113.9"
    ) async throws {
        let found = await workshop.authenticate(source)
        let observation = try #require(
            DMARCObservation(
                found, Decision(.reject, .policyReject, ""),
                recipients: [try reportDomain("receiver.example")]))
        for _ in 0..<count { composer.messages.add(observation, at: workshop.now) }
    }

    @Test(arguments: TestEngine.allCases)
    func `a day's messages become one signed mail for each address`(
        engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            try await Self.spoof(workshop, composer, count: 7)
            let good = await workshop.authenticate("192.0.2.1")
            composer.messages.add(
                try #require(DMARCObservation(good, Decision(.deliver, .authenticated, ""))),
                at: workshop.now)
            _ = try await composer.step()
            try await Self.spoof(workshop, composer, count: 5)
            _ = try await composer.step()
            #expect(workshop.outbox.isEmpty)

            // After midnight, but not at once.
            workshop.now = ReportWorkshop.midnight + 60
            #expect(try await composer.step() == .init(planned: 1))
            workshop.now = ReportWorkshop.midnight + 3_600
            #expect(try await composer.step() == .init(composed: 1, sent: 2, finished: 1))
            #expect(try await composer.step() == .init())

            let mails = workshop.outbox
            #expect(
                mails.map(\.envelope.recipients.first?.path.description)
                    == ["dmarc@acme.example", "d@service.example"])
            #expect(Set(mails.map(\.identifier)).count == 2)
            for mail in mails {
                #expect(mail.envelope.reversePath.description == "reports@receiver.example")
                #expect(mail.envelope.recipients.first?.notify == .never)
                let verified = await DKIMVerifier(lookup: workshop.lookup).verify(
                    RawMessage(mail.octets, lineEnds: .asSent), now: workshop.now)
                #expect(verified.map(\.result) == [.pass])
                let found = try FoundReports(mail.octets)
                let (report, records) = try #require(found.aggregates.first)
                #expect(found.refusals.isEmpty)
                #expect(report.repairs.isEmpty)
                #expect(report.specification == .rfc9990)
                #expect(report.reporter == "Receiver Söhne")
                #expect(report.email == "postmaster@receiver.example")
                #expect(report.begin == ReportWorkshop.midnight - 86_400)
                #expect(report.end == ReportWorkshop.midnight - 1)
                #expect(report.messageCount == 13)
                #expect(report.policy.policy == "reject")
                #expect(report.policy.subdomainPolicy == "reject")
                #expect(report.policy.discoveryMethod == "treewalk")
                #expect(mail.identifier.hasSuffix(report.reportID))
                #expect(records.map(\.count).sorted() == [1, 12])
                let parsed = MessageParser().parse(mail.octets)
                #expect(parsed.subject?.contains("Report-ID: <\(report.reportID)>") == true)
                #expect(parsed.defects.isEmpty)
            }
        }
    }

    @Test func `who did not agree is sent nothing`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            workshop.set("acme.example._report._dmarc.service.example", nil)
            let composer = workshop.composer(database)
            try await Self.spoof(workshop, composer)
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 3_600
            _ = try await composer.step()
            #expect(
                workshop.outbox.map(\.envelope.recipients.first?.path.description)
                    == ["dmarc@acme.example"])
            let report = try #require(
                try await OutgoingReportStore(database: database).recent(limit: 1).first)
            #expect(report.state == .done)
            #expect(report.remark.contains("service.example has not agreed"))
        }
    }

    @Test func `while the DNS fails the report waits, and goes without those who stay unknown`()
        async throws
    {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            try await Self.spoof(workshop, composer)
            _ = try await composer.step()
            workshop.fail(["acme.example._report._dmarc.service.example"])
            workshop.now = ReportWorkshop.midnight + 3_600
            #expect(try await composer.step() == .init(planned: 1))
            #expect(try await composer.step() == .init())
            workshop.now += Limits.reportRetrySeconds
            #expect(try await composer.step() == .init())
            #expect(workshop.outbox.isEmpty)
            workshop.now = ReportWorkshop.midnight + 600 + Limits.reportPatienceSeconds
            #expect(try await composer.step() == .init(composed: 1, sent: 1, finished: 1))
        }
    }

    @Test func `reports about reports do not keep two receivers busy`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            let found = await workshop.authenticate("192.0.2.1")
            let decision = Decision(.deliver, .report, "")
            composer.messages.add(
                try #require(DMARCObservation(found, decision, isAboutReport: true)),
                at: workshop.now)
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 3_600
            #expect(try await composer.step() == .init())
            // Beside other mail they are told of.
            composer.messages.add(
                try #require(DMARCObservation(found, decision, isAboutReport: true)),
                at: workshop.now)
            try await Self.spoof(workshop, composer)
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 90_000
            _ = try await composer.step()
            let mail = try #require(workshop.outbox.first)
            #expect(try FoundReports(mail.octets).aggregates.first?.report.messageCount == 2)
        }
    }

    @Test func `a report that is off neither keeps nor sends anything`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            var options = workshop.options
            options.isEnabled = false
            let composer = workshop.composer(database, options: options)
            try await Self.spoof(workshop, composer)
            #expect(try await composer.step() == .init())
            workshop.now = ReportWorkshop.midnight + 3_600
            #expect(try await composer.step() == .init())
            #expect(workshop.outbox.isEmpty)
        }
    }

    @Test func `what does not fit is counted in the report`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            var limits = ReportObservationLimits()
            limits.rows = 40
            limits.mergedRows = 40
            let composer = workshop.composer(database, limits: limits, documentOctets: 10_000)
            for number in 0..<60 {
                try await Self.spoof(workshop, composer, source: "198.51.100.\(number)")
            }
            #expect(try await composer.step().leftOut == 20)
            workshop.now = ReportWorkshop.midnight + 3_600
            _ = try await composer.step()
            let mail = try #require(workshop.outbox.first)
            let (report, records) = try #require(try FoundReports(mail.octets).aggregates.first)
            #expect(records.count < 40 && records.count > 10)
            let told = try #require(report.errors.first)
            #expect(
                told == "\(60 - records.count) more messages were seen and are in no row of this "
                    + "report.")
        }
    }

    @Test func `a mail that is too large for anybody is not sent`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database, mailOctets: 5_000)
            try await Self.spoof(workshop, composer)
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 3_600
            #expect(try await composer.step() == .init(planned: 1, composed: 1, finished: 1))
            #expect(workshop.outbox.isEmpty)
        }
    }

    @Test func `what is old is forgotten, reported or not`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            try await Self.spoof(workshop, composer)
            let found = await workshop.authenticate("192.0.2.1", from: "a@sub.acme.example")
            var aboutReport = try #require(
                DMARCObservation(found, Decision(.deliver, .report, ""), isAboutReport: true))
            aboutReport.domain = try reportDomain("reporter.example")
            composer.messages.add(aboutReport, at: workshop.now)
            _ = try await composer.step()
            let observations = ReportObservationStore(database: database)
            let reports = OutgoingReportStore(database: database)
            let begin = ReportWorkshop.midnight - 86_400
            func isKept() async throws -> Bool {
                try await observations.summary(of: aboutReport.domain, begin: begin) != nil
            }
            workshop.now = ReportWorkshop.midnight + (Limits.observationDays - 1) * 86_400
            _ = try await composer.step()
            #expect(try await isKept())
            workshop.now += 86_400
            _ = try await composer.step()
            #expect(try await !isKept())
            workshop.now = begin + Limits.reportDays * 86_400
            _ = try await composer.step()
            #expect(try await reports.recent(limit: 9).count == 1)
            workshop.now += 86_400
            _ = try await composer.step()
            #expect(try await reports.recent(limit: 9).isEmpty)
        }
    }

    @Test func `running is one step after another until it is cancelled`() async throws {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            try await Self.spoof(workshop, composer)
            await composer.run { _ in
                guard workshop.outbox.isEmpty else { throw CancellationError() }
                workshop.now += 3_600
            }
            #expect(workshop.outbox.count == 2)
            #expect(workshop.notes.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `attempts at delivery become TLS reports by mail and by web`(
        engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            let composer = workshop.composer(database)
            let acme = try reportDomain("acme.example")
            var seen = TLSObservation(
                domain: acme,
                policy: .init(
                    type: .sts, text: ["version: STSv1", "mode: testing"], domain: acme,
                    hosts: ["*.acme.example"]), host: "mx.acme.example",
                address: IPAddress("203.0.113.7"), source: IPAddress("192.0.2.7"),
                at: workshop.now * 1_000)
            for _ in 0..<3 { composer.sessions.add(seen) }
            seen.result = .certificateExpired
            seen.detail = "it ended on 2026-11-01"
            composer.sessions.add(seen)
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 3_600
            workshop.answer([.status(503), .unreachable("refused"), .status(201)])
            #expect(try await composer.step() == .init(planned: 1, composed: 1, sent: 1))
            workshop.now += Limits.reportRetrySeconds + Limits.reportClaimSeconds
            #expect(try await composer.step() == .init())
            workshop.now += Limits.reportRetrySeconds + Limits.reportClaimSeconds
            #expect(try await composer.step() == .init(sent: 1, finished: 1))
            #expect(workshop.outbox.count == 1)
            #expect(workshop.posts.count == 3)
            #expect(Set(workshop.posts).count == 1)
            let mail = try #require(workshop.outbox.first)
            let post = try #require(workshop.posts.first)
            #expect(mail.toleratesTLSFailure)
            #expect(post.uri == "https://tls.acme.example/report?a=1")
            #expect(post.mediaType == "application/tlsrpt+gzip")
            let found = try FoundReports(mail.octets)
            #expect(found.tls == (try FoundReports(post.octets).tls))
            let report = try #require(found.tls.first)
            #expect(report.repairs.isEmpty)
            #expect(report.end == ReportWorkshop.midnight - 1)
            let policy = try #require(report.policies.first)
            #expect(policy.successfulSessions == 3)
            #expect(policy.failedSessions == 1)
            #expect(policy.failures.map(\.resultType) == ["certificate-expired"])
            #expect(policy.failures.first?.reasonCode == "it ended on 2026-11-01")
            let verified = await DKIMVerifier(lookup: workshop.lookup).verify(
                RawMessage(mail.octets, lineEnds: .asSent), now: workshop.now)
            #expect(verified.map(\.result) == [.pass])
            let header = String(decoding: mail.octets.prefix(3_000), as: UTF8.self)
            #expect(header.contains("tls-report-domain"))
        }
    }

    @Test func `a web server that says no is not asked again, nor one that never answers for ever`()
        async throws
    {
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let workshop = try ReportWorkshop()
            workshop.set(
                "_smtp._tls.acme.example", "v=TLSRPTv1; rua=https://a.example/,https://b.example/")
            let composer = workshop.composer(database)
            let acme = try reportDomain("acme.example")
            composer.sessions.add(
                TLSObservation(
                    domain: acme, policy: .init(type: .noPolicyFound, domain: acme),
                    at: workshop.now * 1_000))
            _ = try await composer.step()
            workshop.answer([.status(404)] + Array(repeating: .unreachable("gone"), count: 99))
            workshop.now = ReportWorkshop.midnight + 3_600
            var finished = 0
            for _ in 0..<40 {
                finished += try await composer.step().finished
                workshop.now += Limits.reportRetrySeconds
            }
            #expect(finished == 1)
            #expect(workshop.posts.count == 1 + Limits.reportAttempts)
            let report = try await OutgoingReportStore(database: database).recent(limit: 1).first
            #expect(
                report?.remark == "https://a.example/: The web server answered 404. "
                    + "https://b.example/: gone")
        }
    }

    @Test func `options that cannot work say so`() throws {
        let workshop = try ReportWorkshop()
        #expect(workshop.options.problem == nil)
        var options = workshop.options
        options.organisation = ""
        #expect(options.problem?.contains("name of your organisation") == true)
        options = workshop.options
        options.interval = 7_000
        #expect(options.problem?.contains("divide") == true)
        options = workshop.options
        options.spread = -1
        #expect(options.problem != nil)
        options = workshop.options
        options.signers[0].domain = try reportDomain("other.example")
        #expect(options.problem?.contains("DKIM key of receiver.example") == true)
    }
}
