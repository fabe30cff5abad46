import Console
import MailReports
import ReportConsumer
import Storage
import Testing

/// Reports that programs hand in over HTTP, each with a token.
@Suite struct ReportPushTests {
    private func serve(
        _ body: @escaping @Sendable (Browser, _ authorization: String) async throws -> Void
    ) async throws {
        let console = try await SampleConsole(.empty)
        let made = try await console.accounts.tokens(of: .first).make(
            "collector", scopes: [.bringReports], role: .operator, days: 10,
            by: AuditActor(.rule, name: "test"), now: console.clock.now)
        try await console.serve { try await body($0, "Bearer \(made.text)") }
    }

    private func push(
        _ browser: Browser, _ body: [UInt8], _ authorization: String?
    ) async throws -> Browser.Answer {
        var headers = ["Content-Type": "application/octet-stream"]
        headers["Authorization"] = authorization
        return try await browser.send("POST", "/api/v1/reports", headers: headers, body: body)
    }

    @Test func `a token is needed, and nothing is taken from strangers`() async throws {
        try await serve { browser, authorization in
            let long = "Bearer " + String(repeating: "x", count: 600)
            let other = authorization.replacing("Bearer", with: "Basic")
            for field in [nil, "Bearer bad", other, "Bearer ", "bearer", long] {
                let answer = try await push(browser, Array("<?xml".utf8), field)
                #expect(answer.status == 401, "\(field ?? "none")")
                #expect(answer["WWW-Authenticate"] == "Bearer")
                #expect(answer["Content-Type"] == "application/json")
            }
        }
    }

    @Test func `a report is taken in, and what is none is set aside with its reason`()
        async throws
    {
        try await serve { browser, authorization in
            let good = try await push(browser, Array("<?xml mail.example".utf8), authorization)
            #expect(good.status == 200)
            #expect(good.text.contains("\"setAside\":[]"))
            #expect(good.text.contains("mail.example"))
            let junk = try await push(browser, Array("junk".utf8), authorization)
            #expect(junk.status == 200)
            #expect(junk.text.contains(#""document":"handed in by collector""#))
            #expect(junk.text.contains("It begins like no report that we know."))
        }
    }

    @Test func `nothing, too much, and what cannot be stored are told apart`() async throws {
        try await serve { browser, authorization in
            #expect(try await push(browser, [], authorization).status == 400)
            let large = [UInt8](repeating: 0x20, count: Limits.upload + 1)
            #expect(try await push(browser, large, authorization).status == 413)
            let broken = try await push(browser, SampleReports.breaking, authorization)
            #expect(broken.status == 503)
            #expect(!broken.text.contains("Broken"))
            let whole = [UInt8](repeating: 0x20, count: Limits.upload)
            #expect(try await push(browser, whole, authorization).status == 200)
        }
    }

    @Test func `a token that brings reports reads none`() async throws {
        try await serve { browser, authorization in
            let answer = try await browser.get(
                "/api/v1/reports", headers: ["Authorization": authorization])
            #expect(answer.status == 403)
        }
    }
}
