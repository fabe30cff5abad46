import FoundationEssentials
import Glibc
import Identities
import ReportConsumer
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// Mailboxes of a real Dovecot: TLS with an authority of our own, what becomes of mails, and what
/// happens when connections break.
@Suite(.serialized) struct MailboxTests {
    static func mail(_ report: [UInt8], _ number: Int) -> [UInt8] {
        Array(
            """
            From: r@reporter.example\r
            To: dmarc@example.com\r
            Subject: Report \(number)\r
            MIME-Version: 1.0\r
            Content-Type: text/xml; name=r.xml\r
            \r

            """.utf8) + report
    }

    static func withDovecot(_ body: (DovecotFolder) async throws -> Void) async throws {
        let folder = try DovecotFolder()
        let process = try folder.start()
        defer {
            ChildProgram.end(process)
            folder.remove()
        }
        var isUp = false
        for _ in 0..<1_200 where !isUp {
            if let wire = LocalServer.connect(folder.securePort) {
                wire.cut()
                close(wire.descriptor)
                isUp = true
            } else {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        try #require(isUp, "Dovecot does not listen: \(folder.log)")
        try await body(folder)
    }

    static func place(
        _ folder: DovecotFolder, port: Int? = nil, security: MailboxPlace.Security = .tls,
        afterwards: MailboxPlace.Afterwards = .archive("Archive")
    ) -> MailboxPlace {
        let usual = security == .tls ? folder.securePort : folder.port
        var place = MailboxPlace(
            host: "localhost", port: port ?? usual, security: security, user: DovecotFolder.user,
            secret: .passwordFile(folder.passwordFile), folder: "INBOX", afterwards: afterwards)
        place.authorities = folder.authority
        return place
    }

    static func keeper(
        _ place: ReportPlace, _ intake: Intake, _ database: any SQLDatabase,
        limits: PlaceLimits = PlaceLimits()
    ) -> PlaceKeeper {
        PlaceKeeper(
            places: [place], intake: intake, store: IntakePlaceStore(database: database),
            limits: limits, note: { _ in }, now: { 1_700_300_000 })
    }

    /// One round that must go well.
    static func round(
        _ place: ReportPlace, _ intake: Intake, _ database: any SQLDatabase,
        limits: PlaceLimits = PlaceLimits()
    ) async throws -> IntakeRound {
        var memory = PlaceKeeper.Memory()
        let ending = await keeper(place, intake, database, limits: limits).round(place, &memory)
        switch ending {
        case .done(let round): return round
        case .failed(let failure, _): throw failure
        }
    }

    @Test("mails are taken in, and then archived, marked or removed", arguments: [0, 1, 2])
    func afterwards(choice: Int) async throws {
        let acts: [MailboxPlace.Afterwards] = [.archive("Über/Done"), .mark, .delete]
        try await Self.withDovecot { dovecot in
            for number in 0..<5 {
                try dovecot.deliver(
                    Self.mail(IntakeTests.xml("m\(number)"), number), "1700.\(number).host")
            }
            try dovecot.deliver(Array("From: a@b.example\r\n\r\nHello\r\n".utf8), "1700.9.host")
            try await ReportTrustTests.withIntake { intake, database, _ in
                let place = ReportPlace.mailbox(Self.place(dovecot, afterwards: acts[choice]))
                let first = try await Self.round(place, intake, database)
                #expect(first.taken == 6 && first.known == 0 && first.refused == 1)
                #expect(try await ReportStore(database: database).statistics().reports == 5)
                let second = try await Self.round(place, intake, database)
                #expect(second.taken == 0 && second.known == 0)
                switch choice {
                case 0:
                    #expect(dovecot.mails().isEmpty)
                    #expect(dovecot.mails(in: "&ANw-ber.Done").count == 6)
                case 1:
                    #expect(dovecot.mails().count == 6)
                    #expect(dovecot.mails().allSatisfy { $0.hasSuffix(":2,FS") })
                default: #expect(dovecot.mails().isEmpty)
                }
                let state = try await IntakePlaceStore(database: database).states().first
                #expect(state?.taken == 6 && state?.refused == 1 && state?.failure == nil)
                #expect(state?.succeededAt == 1_700_300_000)
                let looked = try await Self.keeper(place, intake, database).look(place)
                #expect(looked == (choice == 1 ? "6 mails" : "0 mails"))
            }
        }
    }

    @Test func `STARTTLS is used, a wrong authority and a wrong password are told`() async throws {
        try await Self.withDovecot { dovecot in
            try dovecot.deliver(Self.mail(IntakeTests.xml("m"), 1), "1700.1.host")
            try await ReportTrustTests.withIntake { intake, database, _ in
                let start = Self.place(dovecot, security: .startTLS)
                #expect(try await Self.round(.mailbox(start), intake, database).taken == 1)
                var stranger = Self.place(dovecot)
                stranger.authorities = nil
                let first = await #expect(throws: PlaceFailure.self) {
                    try await Self.round(.mailbox(stranger), intake, database)
                }
                #expect(first?.code == .connection)
                #expect(first?.description.contains("is not believed") == true)
                var wrong = Self.place(dovecot)
                let file = dovecot.path + "/wrong"
                try Data("wrong\n".utf8).write(to: URL(filePath: file))
                wrong.secret = .passwordFile(file)
                let second = await #expect(throws: PlaceFailure.self) {
                    try await Self.round(.mailbox(wrong), intake, database)
                }
                #expect(second?.code == .signIn)
                wrong.secret = .passwordFile(dovecot.path + "/nothing")
                let third = await #expect(throws: PlaceFailure.self) {
                    try await Self.round(.mailbox(wrong), intake, database)
                }
                #expect(third?.code == .secret)
                let states = try await IntakePlaceStore(database: database).states()
                #expect(states.contains { $0.failures > 0 && $0.failure?.isEmpty == false })
            }
        }
    }

    @Test func `a mail that is too long stays where it is, and it is told once`() async throws {
        try await Self.withDovecot { dovecot in
            try dovecot.deliver(
                Self.mail(IntakeTests.xml("long", rows: 200), 1), "1700.1.host")
            try dovecot.deliver(Self.mail(IntakeTests.xml("short"), 2), "1700.2.host")
            try await ReportTrustTests.withIntake { intake, database, _ in
                var limits = PlaceLimits()
                limits.messageBytes = 8 << 10
                let place = ReportPlace.mailbox(Self.place(dovecot))
                let first = try await Self.round(place, intake, database, limits: limits)
                #expect(first.taken == 1 && first.left == 1)
                let second = try await Self.round(place, intake, database, limits: limits)
                #expect(second.taken == 0 && second.left == 1)
                #expect(dovecot.mails().count == 1)
                let store = IntakePlaceStore(database: database)
                let left = try await store.left(in: place.name, limit: 9)
                #expect(left.first?.remark?.contains("longer than") == true)
            }
        }
    }

    /// `SEALGATE_MAILS=10000` for the whole of it (scripts/bench intake); `SEALGATE_SEED` repeats.
    @Test func `nothing is lost and nothing taken twice when connections break at any octet`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["SEALGATE_MAILS"].flatMap { Int($0) } ?? 1_000
        let seed =
            environment["SEALGATE_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        print("SEALGATE_SEED=\(seed)")
        try await Self.withDovecot { dovecot in
            for number in 0..<count {
                try dovecot.deliver(
                    Self.mail(IntakeTests.xml("m\(number)", rows: 1), number),
                    "1700.M\(number).host")
            }
            let proxy = try CuttingProxy(
                to: dovecot.securePort, seed: seed, cuts: 20, mostOctets: count * 90)
            defer { proxy.stop() }
            try await ReportTrustTests.withIntake { intake, database, _ in
                let place = ReportPlace.mailbox(Self.place(dovecot, port: proxy.port))
                // A new keeper remembers nothing, as a program that was started again.
                var rounds = 0
                var (taken, known) = (0, 0)
                while rounds < 100 {
                    rounds += 1
                    guard
                        let round = try? await Self.round(place, intake, database)
                    else { continue }
                    taken += round.taken
                    known += round.known
                    if !round.hasMore, round.found == 0 { break }
                }
                print("cuts \(proxy.cuts), rounds \(rounds)")
                #expect(proxy.cuts == 20)
                let statistics = try await ReportStore(database: database).statistics()
                #expect(statistics.reports == Int64(count))
                #expect(statistics.messages == Int64(count))
                let rows = try await database.read {
                    try $0.rows("SELECT COUNT(*), COUNT(DISTINCT report_id) FROM report")
                }
                #expect(rows[0].integer(0) == Int64(count))
                #expect(rows[0].integer(1) == Int64(count))
                #expect(dovecot.mails().isEmpty)
                #expect(dovecot.mails(in: "Archive").count == count)
                let items = try await database.read {
                    try $0.rows("SELECT COUNT(*) FROM intake_item")
                }
                #expect(items[0].integer(0) == 0)
            }
        }
    }
}
