import Console
import Foundation
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// An authorisation is undone, and its change of the DNS is left where it is: people and programs
/// are told so.
@Suite struct LeftChangeTests {
    /// Who undoes.
    enum Asker: CaseIterable {
        case page, program
    }

    /// A server that takes what it is sent, and closes without an answer.
    private static let silent = """
        import socket, sys
        door = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        while True:
            connection, _ = door.accept()
            connection.recv(65536)
            connection.close()
        """

    /// Authorises, and reads what the undo says.
    ///
    /// - Parameters:
    ///   - words: in the answer.
    ///   - prepare: between the authorisation and its undo.
    private func undo(
        _ console: SenderConsole, _ asker: Asker, says words: [String],
        after prepare: @escaping @Sendable (Browser, String) async throws -> Void
    ) async throws {
        let tokens = console.tenants.accounts.tokens(of: .first)
        let robot = try await tokens.make(
            "robot", scopes: [.read, .change], role: .operator, days: 1,
            by: AuditActor(console.tenants.owner), now: console.tenants.clock.now)
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            let shown = try await browser.get(SenderConsole.senderPage + "/authorise")
            let done = try await browser.post(
                SenderConsole.senderPage + "/authorise",
                ["form_token": form, "shown": shown.field("shown")])
            let told = try await browser.get(try #require(done["Location"]))
            try await prepare(browser, form)
            let answer: Browser.Answer
            switch asker {
            case .page:
                answer = try await browser.post(
                    SenderConsole.senderPage + "/undo",
                    ["form_token": form, "event": told.field("event")])
                #expect(answer.text.contains("role=\"alert\""))
                #expect(answer.text.contains("href=\"/changes/1\""))
                #expect(answer.text.contains("take it back there"))
            case .program:
                answer = try await Browser(port: port).send(
                    "POST", "/api/v1" + SenderConsole.senderPage,
                    headers: [
                        "Authorization": "Bearer \(robot.text)",
                        "Content-Type": "application/json",
                    ], body: Array(#"{"act": "undo"}"#.utf8))
                #expect(answer.text.contains("\"left\":{\"change\":1,"))
                #expect(answer.text.contains("/api/v1/changes/1"))
                #expect(!answer.text.contains("\"back\""))
            }
            #expect(answer.status == 200 && answer.text.contains("The decision is undone."))
            for word in words { #expect(answer.text.contains(word), "\(word): \(answer.text)") }
        }
        #expect(try await console.log().last?.act == "sender.undo")
    }

    @Test(arguments: Asker.allCases)
    func `a change whose making nobody answered for may still be published`(
        _ asker: Asker
    ) async throws {
        let console = try await SenderConsole()
        let port = try LoopbackPort.free()
        let server = try Command.start(
            ["/usr/bin/python3", "-c", Self.silent, String(port)], log: "/dev/null")
        defer { ChildProgram.end(server) }
        for _ in 0..<600 where !LoopbackPort.connects(port) {
            try await Task.sleep(for: .milliseconds(100))
        }
        console.zone.move(to: "127.0.0.1:\(port)")
        try await undo(
            console, asker,
            says: [
                "change 1, may still be published", "the server&#39;s answer is not known yet",
                "127.0.0.1:\(port)",
            ].map { asker == .page ? $0 : $0.replacingOccurrences(of: "&#39;", with: "'") }
        ) { _, _ in }
        let change = try await ChangeStore(database: console.tenants.database).change(1)
        #expect(change?.state == .applying)
    }

    @Test(arguments: Asker.allCases)
    func `a change that was made is still published where its way back cannot be kept`(
        _ asker: Asker
    ) async throws {
        let console = try await SenderConsole()
        let database = console.tenants.database
        try await undo(
            console, asker,
            says: ["change 1, is still published", "the disk is full"]
        ) { browser, form in
            let made = try await browser.post("/changes/1/made", ["form_token": form])
            #expect(made.status == 303)
            try await database.write {
                try $0.execute(
                    """
                    CREATE TRIGGER full BEFORE INSERT ON zone_change
                    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                    """)
            }
        }
    }

    @Test(arguments: Asker.allCases)
    func `a later change of the same names leaves no way back, and says so`(
        _ asker: Asker
    ) async throws {
        let console = try await SenderConsole()
        let store = ChangeStore(database: console.tenants.database)
        try await undo(
            console, asker,
            says: ["change 1, may still be published", "replaced by a later change", "Change 7"]
        ) { browser, form in
            let made = try await browser.post("/changes/1/made", ["form_token": form])
            #expect(made.status == 303)
            let moved = try await store.move(
                1, from: ChangeState.made,
                ChangeMove(to: .replaced, remark: "Change 7 has other records."), now: 1)
            #expect(moved)
        }
    }

    @Test func `who may not open the change is told whom to ask, and what is not kept is said`()
        async throws
    {
        let console = try await SenderConsole()
        let domain = try #require(DomainName("one.example"))
        let dora = try await console.tenants.person(
            "Dora", Standing(.domainOwner, domains: [domain]))
        let database = console.tenants.database
        try await console.serve { port in
            let (owner, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            let (browser, _, own) = try await console.tenants.browser(dora, port: port)
            for number in 1...2 {
                let shown = try await browser.get(SenderConsole.senderPage + "/authorise")
                let done = try await browser.post(
                    SenderConsole.senderPage + "/authorise",
                    ["form_token": own, "shown": shown.field("shown")])
                let told = try await browser.get(try #require(done["Location"]))
                _ = try await owner.post("/changes/\(number)/made", ["form_token": form])
                try await database.write {
                    try $0.execute(
                        number == 1
                            ? "UPDATE zone_change SET state = 'replaced'"
                            : "UPDATE zone_change SET change = 'cut o'")
                }
                let answer = try await browser.post(
                    SenderConsole.senderPage + "/undo",
                    ["form_token": own, "event": told.field("event")])
                #expect(answer.status == 200 && !answer.text.contains("/changes/"))
                let words =
                    number == 1
                    ? "Ask an owner or an operator to take the change 1 back"
                    : "Look at your zone where your DNS is kept"
                #expect(answer.text.contains(words), "\(answer.text)")
            }
        }
    }
}
