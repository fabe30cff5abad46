import Console
import Foundation
import Storage
import Testing

/// What programs ask for with a token, and the document that tells them how.
@Suite struct ProgramTests {
    private func serve(
        _ size: SampleDomains.Size = .small,
        _ body: @escaping @Sendable (Browser, [String: String]) async throws -> Void
    ) async throws {
        let console = try await SampleConsole(size)
        let made = try await console.accounts.tokens(of: .first).make(
            "collector", scopes: [.read, .readAudit], role: .auditor, days: 10,
            by: AuditActor(.rule, name: "test"), now: console.clock.now)
        try await console.serve { try await body($0, ["Authorization": "Bearer \(made.text)"]) }
    }

    private func object(_ answer: Browser.Answer) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    @Test func `the document tells of every address, and of nothing else`() async throws {
        // With everything that a console may have.
        let tenants = try await Tenants()
        let routes = try consoleRoutes(
            services: tenants.services, configuration: ConsoleConfiguration())
        let registered = Set(
            routes.filter { $0.path.hasPrefix("/api/") && $0.method != "HEAD" }.map {
                "\($0.method) \($0.path)"
            })
        try await tenants.serve { port in
            let answer = try await Browser(port: port).get("/api/v1/openapi.json")
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "application/json")
            let document = try object(answer)
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            var told: Set<String> = []
            for (path, methods) in paths {
                for (method, operation) in methods {
                    told.insert("\(method.uppercased()) \(path)")
                    let operation = try #require(operation as? [String: Any])
                    #expect(operation["summary"] as? String != "")
                    #expect(operation["responses"] is [String: Any])
                }
            }
            #expect(told == registered)
            // Every name that is referred to is there.
            let components = try #require(document["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: Any])
            let pieces = answer.text.components(separatedBy: "#/components/schemas/").dropFirst()
            #expect(pieces.count > 20)
            for piece in pieces {
                #expect(schemas[String(piece.prefix { $0 != "\"" })] != nil)
            }
        }
    }

    @Test func `domains come page by page, most mail first`() async throws {
        try await serve(.large) { browser, token in
            let whole = try object(
                try await browser.get("/api/v1/domains?limit=1000", headers: token))
            let domains = try #require(whole["domains"] as? [[String: Any]])
            #expect(domains.count > 1)
            #expect(whole["next"] == nil)
            var names: [String] = []
            var offset: Int? = 0
            while let from = offset, names.count < 2_000 {
                let page = try object(
                    try await browser.get(
                        "/api/v1/domains?limit=150&offset=\(from)", headers: token))
                names += try #require(page["domains"] as? [[String: Any]]).compactMap {
                    $0["domain"] as? String
                }
                offset = page["next"] as? Int
            }
            #expect(names == domains.compactMap { $0["domain"] as? String })
            let name = try #require(names.first)
            let detail = try object(
                try await browser.get("/api/v1/domains/\(name)?days=7", headers: token))
            #expect(detail["domain"] as? String == name)
            let sums = try #require(detail["messages"] as? [String: Int])
            let parts = sums.filter { $0.key != "total" }.values.reduce(0, +)
            #expect(sums["total"] == parts && parts > 0)
            #expect(
                try await browser.get("/api/v1/domains/nobody.example", headers: token).status
                    == 404)
        }
    }

    @Test func `a misspelt, doubled or unreadable parameter is told, not passed over`()
        async throws
    {
        try await serve { browser, token in
            for (query, word) in [
                ("dayz=7", "It takes: days, until, limit, offset"), ("days=0", "from 1 to"),
                ("days=07", "whole number"), ("days=1e3", "whole number"), ("days=", "whole"),
                ("days=1&days=2", "twice"), ("until=2026-02-30", "a day"),
                ("limit=99999999999999999999", "whole number"), ("offset=-1", "whole number"),
            ] {
                let answer = try await browser.get("/api/v1/domains?\(query)", headers: token)
                #expect(answer.status == 400, "\(query)")
                #expect(answer["Content-Type"] == "application/json")
                #expect(answer.text.contains(word), "\(query): \(answer.text)")
            }
            let none = try await browser.get("/api/v1/totals?x=1", headers: token)
            #expect(none.text.contains("It takes none."))
        }
    }

    @Test func `a record is tried, and what is none is answered with the reason`() async throws {
        try await serve { browser, token in
            let list = try object(try await browser.get("/api/v1/domains", headers: token))
            let first = try #require((list["domains"] as? [[String: Any]])?.first)
            let name = try #require(first["domain"] as? String)
            func ask(
                _ body: String, _ kind: String = "application/json"
            ) async throws -> Browser.Answer {
                try await browser.send(
                    "POST", "/api/v1/domains/\(name)/replay",
                    headers: token.merging(["Content-Type": kind]) { $1 }, body: Array(body.utf8))
            }
            let tried = try await ask(#"{"record": "v=DMARC1; p=reject", "days": 90}"#)
            #expect(tried.status == 200, "\(tried.text)")
            let sums = try #require(try object(tried)["treewalk"] as? [String: Any])
            #expect(sums["reject"] is Int)
            for body in [
                "", "[]", "{}", #"{"record": 5}"#, #"{"record": ""}"#, #"{"record": "v=DMARC1"#,
                #"{"record": "v=DMARC1; p=none", "days": "7"}"#,
                #"{"record": "v=DMARC1; p=none", "until": "yesterday"}"#,
                #"{"record": "v=DMARC1; p=none", "dayz": 7}"#,
                #"{"record": "v=DMARC1; p=none", "days": 7.5}"#,
                String(repeating: "[", count: 10_000),
            ] {
                let answer = try await ask(body)
                #expect(answer.status == 400, "\(body.prefix(60)) \(answer.text)")
            }
            #expect(try await ask("{}", "text/plain").status == 415)
            let large = #"{"record": "\#(String(repeating: "x", count: 70_000))"}"#
            #expect(try await ask(large).status == 413)
        }
    }

    @Test func `an address that takes other methods names them`() async throws {
        try await serve { browser, token in
            for (method, path, allowed) in [
                ("DELETE", "/api/v1/domains", "GET"), ("PUT", "/api/v1/reports", "GET, POST"),
                ("GET", "/api/v1/domains/a.example/replay", "POST"),
                ("GET", "/api/v1/programme/find", "POST"),
                ("POST", "/api/v1/programme/a.example", "GET, PUT, DELETE"),
            ] {
                let answer = try await browser.send(method, path, headers: token, body: [])
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer["Allow"] == allowed)
                #expect(answer["Content-Type"] == "application/json")
            }
        }
    }

    @Test func `what happened is fetched from cursor to cursor with a scope of its own`()
        async throws
    {
        let tenants = try await Tenants()
        let tokens = tenants.accounts.tokens(of: .first)
        let (actor, now) = (AuditActor(tenants.owner), tenants.clock.now)
        let made = try await tokens.make(
            "siem", scopes: [.exportEvents], role: .auditor, days: 1, by: actor, now: now)
        let other = try await tokens.make(
            "other", scopes: [.readAudit, .read], role: .auditor, days: 1, by: actor, now: now)
        try await tenants.serve { port in
            let browser = Browser(port: port)
            let token = ["Authorization": "Bearer \(made.text)"]
            func ask(_ query: String) async throws -> [[String: Any]] {
                let answer = try await browser.get("/api/v1/events\(query)", headers: token)
                #expect(answer.status == 200 && answer["Content-Type"] == "application/x-ndjson")
                return try answer.text.split(separator: "\n").map {
                    try #require(
                        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                }
            }
            let whole = try await ask("")
            #expect(whole.count > 2)
            var (lines, cursor) = ([[String: Any]](), "a0.l0.m0")
            while let line = try await ask("?limit=1&after=\(cursor)").first {
                lines.append(line)
                cursor = try #require(line["cursor"] as? String)
            }
            #expect(lines as NSArray == whole as NSArray)
            for query in ["after=5", "after=", "after=a1.l1.m-1", "limit=0", "limit=1501"] {
                let answer = try await browser.get("/api/v1/events?\(query)", headers: token)
                #expect(answer.status == 400, "\(query)")
            }
            let narrow = try await browser.get(
                "/api/v1/events", headers: ["Authorization": "Bearer \(other.text)"])
            #expect(narrow.status == 403)
        }
    }

    @Test func `the audit log is fetched from where it was left`() async throws {
        try await serve { browser, token in
            let whole = try await browser.get("/api/v1/audit", headers: token)
            #expect(whole["Content-Type"] == "application/x-ndjson")
            #expect(whole.text.contains("token.make"))
            let rest = try await browser.get("/api/v1/audit?after=1", headers: token)
            #expect(rest.status == 200)
            #expect(!rest.text.contains("token.make"))
        }
    }
}
