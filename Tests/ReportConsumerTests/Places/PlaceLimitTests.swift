import FoundationEssentials
import Identities
import ReportConsumer
import Storage
import SQLDatabase
import TestSupport
import Testing

/// A connection that says what a test wrote down, in pieces of any length.
private actor WrittenConnection: MailConnection {
    private var octets: [UInt8]
    private let piece: Int
    private var sent: [String] = []

    init(_ text: String, piece: Int) {
        octets = Array(text.utf8)
        self.piece = piece
    }

    func send(_ octets: [UInt8], within time: Duration) async throws(PlaceFailure) {
        sent.append(String(decoding: octets, as: UTF8.self))
    }

    func receive(within time: Duration) async throws(PlaceFailure) -> [UInt8] {
        guard !octets.isEmpty else { throw PlaceFailure(.dropped, "It is over.") }
        let part = Array(octets.prefix(piece))
        octets.removeFirst(part.count)
        return part
    }

    func close() async {}

    var commands: [String] { sent }
}

/// What a server says is read alike whatever pieces it comes in, and within its bounds.
@Suite struct PlaceLimitTests {
    static let mail = HostileMailServerTests.report

    /// A whole dialogue in which every string is written another way.
    static let dialogue = """
        * CAPABILITY IMAP4rev1 MOVE\r
        S1 OK done\r
        * FLAGS (\\Seen "odd \\" one")\r
        * 2 EXISTS\r
        * OK [UIDVALIDITY 7] fine\r
        S2 OK [READ-WRITE] done\r
        * 1 FETCH (RFC822.SIZE \(mail.utf8.count) UID 3)\r
        * 2 FETCH (UID 4 RFC822.SIZE 10)\r
        S3 OK done\r
        * 1 FETCH (BODY[]<0> {\(mail.utf8.count)}\r
        \(mail) FLAGS (\\Seen) UID 3)\r
        * 2 FETCH (UID 4 BODY[]<0> "From: \\"a\\" x")\r
        S4 OK done\r
        * 1 EXPUNGE\r
        S5 OK moved\r
        * BYE\r
        S6 OK done\r

        """

    static func round(
        _ text: String, piece: Int, limits: PlaceLimits = PlaceLimits()
    ) async throws -> (PlaceKeeper.Ending, [String], Int64) {
        var found: (PlaceKeeper.Ending, [String], Int64)?
        try await ReportTrustTests.withIntake { intake, database, _ in
            found = try await round(text, piece: piece, limits: limits, intake, database)
        }
        return try #require(found)
    }

    private static func round(
        _ text: String, piece: Int, limits: PlaceLimits, _ intake: Intake,
        _ database: any SQLDatabase
    ) async throws -> (PlaceKeeper.Ending, [String], Int64) {
        let mailbox = MailboxPlace(
            host: "h", port: 1, security: .tls, user: "u", secret: .passwordFile("/nowhere"),
            folder: "INBOX", afterwards: .archive("Archive"))
        let connection = WrittenConnection(text, piece: piece)
        let keeper = PlaceKeeper(
            places: [], intake: intake, store: IntakePlaceStore(database: database),
            limits: limits, connect: { _, _ in connection }, note: { _ in },
            now: { 1_700_300_000 })
        var memory = PlaceKeeper.Memory()
        let ending = await keeper.round(.mailbox(mailbox), &memory)
        let reports = try await ReportStore(database: database).statistics().reports
        return (ending, await connection.commands, reports)
    }

    @Test("any pieces give the same", arguments: [1, 2, 3, 7, 64, 100_000])
    func pieces(piece: Int) async throws {
        let (ending, commands, reports) = try await Self.round(Self.dialogue, piece: piece)
        guard case .done(let round) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(round.taken == 2 && round.refused == 1 && reports == 1)
        #expect(commands.last == "S6 LOGOUT\r\n")
        #expect(commands.contains("S5 UID MOVE 3:4 \"Archive\"\r\n"))
    }

    @Test func `a dialogue that is damaged anywhere ends with a sentence`() async throws {
        var random = SeededOctets(seed: 20_260_101)
        let octets = Array(Self.dialogue.utf8)
        try await ReportTrustTests.withIntake { intake, database, _ in
            for _ in 0..<300 {
                var damaged = octets
                for _ in 0..<(1 + random.next() % 4) {
                    damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(
                        random.next() % 256)
                }
                let (ending, _, _) = try await Self.round(
                    String(decoding: damaged, as: UTF8.self), piece: 50, limits: PlaceLimits(),
                    intake, database)
                if case .failed(let failure, _) = ending {
                    #expect(failure.description.hasSuffix("."))
                }
            }
        }
    }

    @Test func `an answer has so many pieces and lists so many levels`() async throws {
        let many = String(repeating: "{1}\r\nx ", count: 100)
        let (first, _, _) = try await Self.round("* 1 FETCH (\(many))\r\n", piece: 1_000)
        guard case .failed(let failure, _) = first else {
            Issue.record("It was believed")
            return
        }
        #expect(failure.code == .nonsense)
        let deep = Self.dialogue.replacing(
            "FLAGS (\\Seen) UID 3", with: String(repeating: "(", count: 40) + " UID 3")
        let (second, _, reports) = try await Self.round(deep, piece: 1_000)
        guard case .done = second else {
            Issue.record("\(second)")
            return
        }
        #expect(reports == 0)
    }

    @Test func `a round takes so many mails, lists so many, and lasts so long`() async throws {
        let mails = Dictionary(
            uniqueKeysWithValues: (1...9).map { number in
                (
                    UInt32(number),
                    Self.mail.replacing("<report_id>a<", with: "<report_id>\(number)<")
                )
            })
        let server = try FakeIMAPServer(mails: mails)
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            var mailbox = try HostileMailServerTests.place(server.port)
            mailbox.afterwards = .mark
            let place = ReportPlace.mailbox(mailbox)
            var limits = PlaceLimits()
            limits.itemsInRound = 4
            limits.itemsTogether = 2
            let first = try await MailboxTests.round(place, intake, database, limits: limits)
            #expect(first.taken == 4 && first.hasMore)
            #expect(server.commands.contains { $0.hasPrefix("UID FETCH 1:2 ") })
            limits.bytesTogether = 1
            let second = try await MailboxTests.round(place, intake, database, limits: limits)
            #expect(second.taken == 4 && second.hasMore)
            #expect(server.commands.contains { $0.hasPrefix("UID FETCH 5 ") })
            limits.round = .zero
            let third = try await MailboxTests.round(place, intake, database, limits: limits)
            #expect(third.taken == 0 && third.hasMore)
        }
    }

    @Test func `a secret is a short line`() async throws {
        let file = TestDatabase.temporaryFolder()
        try Data(repeating: 0x61, count: 20 << 10).write(to: URL(filePath: file))
        try await ReportTrustTests.withIntake { intake, database, _ in
            var mailbox = try HostileMailServerTests.place(1)
            mailbox.secret = .passwordFile(file)
            for secret in [
                MailboxPlace.Secret.passwordFile(file), .tokenFile("/dev/null"),
                .passwordVariable("SEALGATE_NO_SUCH_VARIABLE"),
            ] {
                mailbox.secret = secret
                let failure = await #expect(throws: PlaceFailure.self) {
                    try await MailboxTests.round(.mailbox(mailbox), intake, database)
                }
                #expect(failure?.code == .secret)
            }
        }
    }
}

private struct SeededOctets {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
