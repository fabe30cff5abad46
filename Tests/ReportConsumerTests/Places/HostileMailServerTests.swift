import FoundationEssentials
import Identities
import ReportConsumer
import Storage
import TestSupport
import Testing

/// Mail servers that hang, lie and break off: a round ends within its bounds, says why in plain
/// words, and changes nothing there.
@Suite(.serialized) struct HostileMailServerTests {
    static let report = String(
        decoding: MailboxTests.mail(IntakeTests.xml("a", rows: 1), 1), as: UTF8.self)

    static var limits: PlaceLimits {
        var limits = PlaceLimits()
        limits.messageBytes = 64 << 10
        limits.answers = 500
        limits.lineBytes = 4 << 10
        return limits
    }

    /// For servers that hang: others may take their time on a busy machine.
    static var impatient: PlaceLimits {
        var limits = limits
        limits.connecting = .seconds(2)
        limits.command = .seconds(1)
        return limits
    }

    static func place(_ port: Int) throws -> MailboxPlace {
        let file = TestDatabase.temporaryFolder()
        try Data("secret\n".utf8).write(to: URL(filePath: file))
        return MailboxPlace(
            host: "127.0.0.1", port: port, security: .none, user: "u",
            secret: .passwordFile(file), folder: "INBOX", afterwards: .archive("Archive"))
    }

    /// How a round with such a server ends.
    static func failure(
        greeting: String = "* OK hello\r\n", mails: [UInt32: String] = [3: report],
        limits: PlaceLimits = limits, _ script: @escaping FakeIMAPServer.Script
    ) async throws -> (PlaceFailure?, [String], Int64) {
        let server = try FakeIMAPServer(greeting: greeting, mails: mails, script: script)
        defer { server.stop() }
        var outcome: (PlaceFailure?, [String], Int64) = (nil, [], 0)
        try await ReportTrustTests.withIntake { intake, database, _ in
            let place = ReportPlace.mailbox(try Self.place(server.port))
            var memory = PlaceKeeper.Memory()
            let ending = await MailboxTests.keeper(place, intake, database, limits: limits)
                .round(place, &memory)
            let reports = try await ReportStore(database: database).statistics().reports
            if case .failed(let failure, let failures) = ending {
                #expect(failures == 1)
                let state = try await IntakePlaceStore(database: database).states().first
                #expect(state?.failure == failure.description)
                outcome = (failure, server.commands, reports)
            } else {
                outcome = (nil, server.commands, reports)
            }
        }
        return outcome
    }

    @Test func `an honest server of this kind is read`() async throws {
        let (failure, commands, reports) = try await Self.failure { _, _, _ in .usual }
        #expect(failure == nil && reports == 1)
        #expect(commands.contains { $0.hasPrefix("UID MOVE 3 ") })
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        var what: String
        var code: PlaceFailure.Code
        var script: FakeIMAPServer.Script

        var testDescription: String { what }
    }

    static func lie(
        _ what: String, _ code: PlaceFailure.Code, on prefix: String,
        _ answer: @escaping @Sendable (String, Wire) -> FakeIMAPServer.Answer
    ) -> Lie {
        Lie(what: what, code: code) { command, tag, wire in
            command.hasPrefix(prefix) ? answer(tag, wire) : .usual
        }
    }

    static let lies: [Lie] = [
        lie("it hangs while somebody signs in", .silence, on: "LOGIN") { _, _ in .hang },
        lie("it hangs at a folder", .silence, on: "SELECT") { _, _ in .hang },
        lie("it hangs at a mail", .silence, on: "UID FETCH") { _, _ in .hang },
        lie("it hangs in the middle of a mail", .silence, on: "UID FETCH") { _, wire in
            wire.send("* 1 FETCH (UID 3 BODY[]<0> {5000}\r\nFrom: ")
            return .hang
        },
        lie("it drops at a mail", .dropped, on: "UID FETCH") { _, _ in .drop },
        lie("it drops in the middle of a mail", .dropped, on: "UID FETCH") { _, wire in
            wire.send("* 1 FETCH (UID 3 BODY[]<0> {5000}\r\nFrom: ")
            return .drop
        },
        lie("it says goodbye", .dropped, on: "SELECT") { _, _ in .send("* BYE too many\r\n") },
        lie("it refuses the folder", .refused, on: "SELECT") { tag, _ in
            .send("\(tag) NO no such folder\r\n")
        },
        lie("it has no UIDVALIDITY", .nonsense, on: "SELECT") { tag, _ in
            .send("* 1 EXISTS\r\n\(tag) OK done\r\n")
        },
        lie("it announces more octets than were asked for", .nonsense, on: "UID FETCH") {
            _, _ in .send("* 1 FETCH (UID 3 BODY[]<0> {9000000}\r\n")
        },
        lie("it announces octets that no number holds", .nonsense, on: "UID FETCH") {
            _, _ in .send("* 1 FETCH (UID 3 BODY[]<0> {99999999999999999999}\r\n")
        },
        lie("it sends a line without end", .nonsense, on: "SELECT") { _, wire in
            while wire.send(String(repeating: "x", count: 4_096)) {}
            return .drop
        },
        lie("it answers without end", .nonsense, on: "SELECT") { _, wire in
            while wire.send("* OK still here\r\n") {}
            return .drop
        },
        lie("it sends the same mail again and again", .nonsense, on: "UID FETCH") { _, wire in
            let mail = String(repeating: "x", count: 60_000)
            while wire.send("* 1 FETCH (UID 3 BODY[]<0> {60000}\r\n\(mail))\r\n") {}
            return .drop
        },
        lie("it drips", .silence, on: "SELECT") { _, wire in
            while wire.send("x") { usleepHalfSecond() }
            return .drop
        },
    ]

    @Test("a server that lies ends its round and nothing else", arguments: lies)
    func hostile(lie: Lie) async throws {
        let (failure, commands, reports) = try await Self.failure(
            limits: lie.code == .silence ? Self.impatient : Self.limits, lie.script)
        #expect(failure?.code == lie.code, "\(failure?.description ?? "no failure")")
        #expect(failure?.description.hasSuffix(".") == true)
        #expect(reports == 0)
        #expect(!commands.contains { $0.hasPrefix("UID MOVE") || $0.hasPrefix("UID STORE") })
    }

    @Test func `a greeting that never comes ends the round`() async throws {
        let (failure, _, _) = try await Self.failure(
            greeting: "", limits: Self.impatient
        ) { _, _, _ in .hang }
        #expect(failure?.code == .silence)
    }

    @Test func `a server without TLS is told no password`() async throws {
        let server = try FakeIMAPServer()
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            var mailbox = try Self.place(server.port)
            mailbox.security = .startTLS
            let place = ReportPlace.mailbox(mailbox)
            var memory = PlaceKeeper.Memory()
            let ending = await MailboxTests.keeper(place, intake, database, limits: Self.limits)
                .round(place, &memory)
            guard case .failed(let failure, _) = ending else {
                Issue.record("It was believed")
                return
            }
            #expect(failure.code == .connection)
            #expect(!server.commands.contains { $0.contains("LOGIN") || $0.contains("AUTH") })
        }
    }

    @Test func `four thousand million mails that are not there are listed once`() async throws {
        let (failure, commands, reports) = try await Self.failure { command, tag, _ in
            if command.hasPrefix("SELECT") {
                return .send("* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n\(tag) OK done\r\n")
            }
            return command.hasPrefix("FETCH") ? .send("\(tag) OK done\r\n") : .usual
        }
        #expect(failure == nil && reports == 0)
        #expect(commands.count { $0.hasPrefix("FETCH") } == 1)
    }

    @Test func `mails that were not asked for are not taken`() async throws {
        let stranger = Self.report.replacing("<report_id>a<", with: "<report_id>z<")
        let (failure, commands, reports) = try await Self.failure { command, tag, _ in
            guard command.hasPrefix("UID FETCH") else { return .usual }
            return .send(
                "* 9 FETCH (UID 99 BODY[]<0> {\(stranger.utf8.count)}\r\n\(stranger))\r\n"
                    + "\(tag) OK done\r\n")
        }
        #expect(failure == nil && reports == 0)
        #expect(!commands.contains { $0.hasPrefix("UID MOVE") })
    }

    @Test func `a mail that is longer than its size said is left there`() async throws {
        let long = "From: a@b.example\r\n\r\n" + String(repeating: "x", count: 80 << 10)
        let cut = String(decoding: long.utf8.prefix(Self.limits.messageBytes + 1), as: UTF8.self)
        let (failure, commands, _) = try await Self.failure { command, tag, _ in
            if command.hasPrefix("FETCH") {
                return .send("* 1 FETCH (UID 3 RFC822.SIZE 10)\r\n\(tag) OK done\r\n")
            }
            guard command.hasPrefix("UID FETCH") else { return .usual }
            return .send(
                "* 1 FETCH (BODY[]<0> {\(cut.utf8.count)}\r\n\(cut) UID 3)\r\n\(tag) OK done\r\n")
        }
        #expect(failure == nil)
        #expect(!commands.contains { $0.hasPrefix("UID MOVE") })
    }

    @Test func `without MOVE a mail is copied and marked, and never taken twice`() async throws {
        let server = try FakeIMAPServer(mails: [3: Self.report]) { command, tag, _ in
            command.hasPrefix("CAPABILITY")
                ? .send("* CAPABILITY IMAP4rev1\r\n\(tag) OK done\r\n") : .usual
        }
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            let place = ReportPlace.mailbox(try Self.place(server.port))
            for _ in 0..<2 { _ = try await MailboxTests.round(place, intake, database) }
            #expect(server.commands.count { $0.hasPrefix("UID COPY 3 ") } == 1)
            #expect(server.commands.count { $0.hasPrefix("UID STORE 3 ") } == 1)
            #expect(!server.commands.contains { $0.hasPrefix("EXPUNGE") })
        }
    }

    @Test func `what was stored and not archived is archived by the next round`() async throws {
        final class Switch: Sendable {
            nonisolated let broken = Clock()
        }
        let state = Switch()
        state.broken.now = 1
        let server = try FakeIMAPServer(mails: [3: Self.report]) { command, _, _ in
            command.hasPrefix("UID MOVE") && state.broken.now == 1 ? .drop : .usual
        }
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            let place = ReportPlace.mailbox(try Self.place(server.port))
            await #expect(throws: PlaceFailure.self) {
                try await MailboxTests.round(place, intake, database)
            }
            #expect(try await ReportStore(database: database).statistics().reports == 1)
            state.broken.now = 0
            let round = try await MailboxTests.round(place, intake, database)
            #expect(round.taken == 0 && round.known == 0)
            #expect(server.commands.count { $0.hasPrefix("UID FETCH") } == 1)
            #expect(server.commands.count { $0.hasPrefix("UID MOVE") } == 2)
        }
    }

    @Test func `another UIDVALIDITY means other mails, and the same are known by their bytes`()
        async throws
    {
        let validity = Clock()
        validity.now = 7
        let server = try FakeIMAPServer(mails: [3: Self.report]) { command, tag, _ in
            command.hasPrefix("SELECT")
                ? .send(
                    "* 1 EXISTS\r\n* OK [UIDVALIDITY \(validity.now)] x\r\n\(tag) OK done\r\n")
                : .usual
        }
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            var mailbox = try Self.place(server.port)
            mailbox.afterwards = .mark
            let place = ReportPlace.mailbox(mailbox)
            #expect(try await MailboxTests.round(place, intake, database).taken == 1)
            #expect(try await MailboxTests.round(place, intake, database).known == 0)
            validity.now = 8
            let round = try await MailboxTests.round(place, intake, database)
            #expect(round.taken == 0 && round.known == 1)
        }
    }

    @Test func `a token signs in where the server takes one`() async throws {
        let server = try FakeIMAPServer { command, tag, wire in
            if command.hasPrefix("CAPABILITY") {
                return .send(
                    "* CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER SASL-IR MOVE\r\n\(tag) OK done\r\n")
            }
            return .usual
        }
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            var mailbox = try Self.place(server.port)
            let file = TestDatabase.temporaryFolder()
            try Data("token-of-today\n".utf8).write(to: URL(filePath: file))
            mailbox.secret = .tokenFile(file)
            _ = try await MailboxTests.round(.mailbox(mailbox), intake, database)
            let words = server.commands.first { $0.hasPrefix("AUTHENTICATE OAUTHBEARER ") }
            let response = words?.split(separator: " ").last.map(String.init) ?? ""
            let text = String(
                decoding: Data(base64Encoded: response) ?? Data(), as: UTF8.self)
            #expect(text.contains("auth=Bearer token-of-today"))
        }
    }

    @Test func `a place that fails is left alone longer and longer`() async throws {
        let server = try FakeIMAPServer { _, _, _ in .drop }
        defer { server.stop() }
        try await ReportTrustTests.withIntake { intake, database, _ in
            let place = ReportPlace.mailbox(try Self.place(server.port))
            let keeper = MailboxTests.keeper(place, intake, database, limits: Self.limits)
            var failures: [Int64] = []
            var memory = PlaceKeeper.Memory()
            for _ in 0..<3 {
                if case .failed(_, let count) = await keeper.round(place, &memory) {
                    failures.append(count)
                }
            }
            #expect(failures == [1, 2, 3])
            let pauses = [1, 2, 3, 20, .max].map { keeper.pause(after: $0) }
            #expect(
                pauses == [
                    .seconds(30), .seconds(60), .seconds(120), .seconds(1_800), .seconds(1_800),
                ])
        }
    }
}
