import Console
import Identities
import Storage
import Testing

/// Every address of the console, asked by everybody who may not have it.
@Suite struct RouteTests {
    /// What needs no session: said here once more, apart from the table that decides.
    private static let open: Set<String> = [
        "/healthz", "/health/live", "/health/ready", "/metrics", "/favicon.ico", "/sign-in",
        "/sign-in/code", "/sign-in/provider", "/sign-in/provider/back", "/join/provider",
        "/welcome", "/join", "/reset", "/glossary", "/theme", "/sign-out",
        "/api/v1/openapi.json",
    ]
    /// What needs a person, whatever their role.
    private static let own: Set<String> = [
        "/account", "/account/password", "/account/provider/link", "/account/provider/unlink",
        "/account/second-step/begin", "/account/second-step/confirm",
        "/account/second-step/end", "/organisations", "/organisations/look",
    ]
    /// What a domain owner may ask for.
    private static let ofDomains: Set<String> = [
        "/", "/domains", "/domains/{domain}", "/domains/{domain}/senders/{key}",
        "/domains/{domain}/replay", "/domains/{domain}/plan", "/search", "/reports/{id}",
        "/domains/{domain}/senders/{key}/authorise", "/domains/{domain}/senders/{key}/reject",
        "/domains/{domain}/senders/{key}/owner", "/domains/{domain}/senders/{key}/note",
        "/domains/{domain}/senders/{key}/undo", "/programme", "/programme/export",
    ]
    /// What a token needs more than `read` for.
    private static let ofChanges: Set<String> = [
        "POST /api/v1/domains/{domain}/senders/{key}", "POST /api/v1/domains/{domain}/way/propose",
        "POST /api/v1/proposals/{id}/approve", "POST /api/v1/proposals/{id}/decline",
        "PUT /api/v1/domains/{domain}/way/rules", "DELETE /api/v1/domains/{domain}/way/rules",
        "PUT /api/v1/programme/{domain}", "DELETE /api/v1/programme/{domain}",
        "POST /api/v1/programme/find", "POST /api/v1/changes/{id}/apply",
        "POST /api/v1/changes/{id}/made", "POST /api/v1/changes/{id}/dismiss",
        "POST /api/v1/changes/{id}/undo", "POST /api/v1/alerts/{id}/seen",
        "POST /api/v1/domains/{domain}/plan/propose",
        "POST /api/v1/domains/{domain}/lock-down", "PUT /api/v1/two-people",
    ]

    /// What a program with every scope is told that sends nothing: that its body is of no kind, or
    /// that the sample has no such thing.
    private static func told(_ route: ConsoleRoute) -> Int {
        switch "\(route.method) \(route.path)" {
        case "POST /api/v1/domains/{domain}/replay",
            "POST /api/v1/domains/{domain}/senders/{key}",
            "POST /api/v1/domains/{domain}/way/propose", "PUT /api/v1/programme/{domain}",
            "PUT /api/v1/domains/{domain}/way/rules", "PUT /api/v1/two-people",
            "POST /api/v1/domains/{domain}/plan/propose",
            "POST /api/v1/domains/{domain}/lock-down":
            415
        case "POST /api/v1/programme/find": 200
        case let name where ofChanges.contains(name): 404
        case "GET /api/v1/domains/{domain}/plan", "HEAD /api/v1/domains/{domain}/plan": 404
        default:
            ["proposals/{id}", "changes/{id}", "programme/{domain}", "evidence/"].contains {
                route.path.hasPrefix("/api/v1/\($0)")
            } ? 404 : 200
        }
    }
    /// Pages that only lead to a change.
    private static let confirmations: Set<String> = [
        "/intake/quarantine/{id}/discard", "/messages/{id}/delete", "/queue/delete", "/people/{id}",
        "/tokens/{id}/revoke", "/domains/{domain}/senders/{key}/authorise",
    ]
    private static let ofOwners = ["/people/", "/tokens/", "/way/two-people"]

    private static func isOpen(_ route: ConsoleRoute) -> Bool {
        open.contains(route.path) || route.path.hasPrefix("/assets/")
    }

    private static func isForPrograms(_ route: ConsoleRoute) -> Bool {
        route.path.hasPrefix("/api/") && !isOpen(route)
    }

    private static func may(_ role: Role, _ route: ConsoleRoute) -> Bool {
        if isOpen(route) || own.contains(route.path) { return true }
        if isForPrograms(route) { return false }
        let isOwners = ofOwners.contains { route.path.hasPrefix($0) }
        switch role {
        case .owner: return true
        case .operator: return !isOwners
        case .auditor: return route.method != "POST" && !confirmations.contains(route.path)
        case .domainOwner: return ofDomains.contains(route.path)
        }
    }

    private static func address(_ route: ConsoleRoute) -> String {
        route.path.replacing("{domain}", with: "one.example").replacing("{key}", with: "x")
            .replacing("{provider}", with: "x").replacing("{id}", with: "1")
            .replacing("{form}", with: "zone")
    }

    private static func ask(
        _ route: ConsoleRoute, _ browser: Browser, form: String = "",
        headers: [String: String] = [:]
    ) async throws -> Browser.Answer {
        let address = address(route)
        guard route.method == "POST" else {
            return try await browser.send(
                route.method, address, headers: headers, body: [])
        }
        return try await browser.post(address, ["form_token": form], headers: headers)
    }

    private static func routes(_ tenants: Tenants) throws -> [ConsoleRoute] {
        let routes = try consoleRoutes(
            services: tenants.services, configuration: ConsoleConfiguration())
        #expect(routes.count > 60)
        return routes
    }

    @Test func `every route says who may use it`() async throws {
        let tenants = try await Tenants()
        for route in try Self.routes(tenants) {
            #expect(route.isDeclared, "\(route.method) \(route.path)")
        }
    }

    @Test func `without a session, or with one that ended, every route leads to the sign-in form`()
        async throws
    {
        let tenants = try await Tenants()
        let routes = try Self.routes(tenants)
        try await tenants.serve { port in
            let stranger = Browser(port: port)
            let expired = try await tenants.browser(tenants.owner, port: port)
            let closed = try await tenants.browser(tenants.owner, port: port)
            try await tenants.accounts.closeSession(closed.session)
            tenants.clock.advance(by: AccountLimits.idleSession)
            for route in routes where !Self.isOpen(route) && !Self.isForPrograms(route) {
                for (browser, form) in [
                    (stranger, ""), (expired.browser, expired.form), (closed.browser, closed.form),
                ] {
                    let answer = try await Self.ask(route, browser, form: form)
                    #expect(answer.status == 303, "\(route.method) \(route.path)")
                    #expect(answer["Location"]?.hasPrefix("/sign-in") == true, "\(route.path)")
                    #expect(answer.body.isEmpty)
                }
            }
        }
    }

    @Test(arguments: Role.allCases)
    func `each role gets what it may have and is refused the rest`(_ role: Role) async throws {
        let tenants = try await Tenants()
        let routes = try Self.routes(tenants)
        let domain = try #require(DomainName("one.example"))
        let person = try await tenants.person("Ben", Standing(role, domains: [domain]))
        try await tenants.serve { port in
            // Each route with a session of its own: signing out is among them.
            for route in routes {
                let (browser, _, form) = try await tenants.browser(person, port: port)
                let answer = try await Self.ask(route, browser, form: form)
                let isRefused = answer.status == (Self.isForPrograms(route) ? 401 : 403)
                #expect(
                    isRefused == !Self.may(role, route),
                    "\(role) \(route.method) \(route.path): \(answer.status)")
                if isRefused, !Self.isForPrograms(route), route.method != "HEAD" {
                    #expect(answer.text.contains("This is for"), "\(route.path)")
                }
                #expect(answer.status < 500, "\(route.method) \(route.path)")
                // Somebody who may remove people removed nobody: the form named none.
            }
        }
    }

    @Test func `who was taken out is refused at once, with the session that is open`()
        async throws
    {
        let tenants = try await Tenants()
        let routes = try Self.routes(tenants)
        let person = try await tenants.person("Ben", Standing(.owner))
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(person, port: port)
            #expect(try await browser.get("/").status == 200)
            try await tenants.accounts.people(of: .first).remove(
                person.id, by: AuditActor(tenants.owner), now: tenants.clock.now)
            for route in routes
            where !Self.isOpen(route) && !Self.own.contains(route.path)
                && !Self.isForPrograms(route)
            {
                let answer = try await Self.ask(route, browser, form: form)
                #expect(answer.status == 403, "\(route.method) \(route.path)")
            }
            #expect(try await browser.get("/account").status == 200)
        }
    }

    @Test func `nothing opens to a token that is missing, wrong, too narrow, over or revoked`()
        async throws
    {
        let tenants = try await Tenants()
        let routes = try Self.routes(tenants)
        let tokens = tenants.accounts.tokens(of: .first)
        let (actor, now) = (AuditActor(tenants.owner), tenants.clock.now)
        func make(_ scopes: Set<TokenScope>, days: Int64 = 10) async throws -> (Int64, String) {
            let made = try await tokens.make(
                "x", scopes: scopes, role: .owner, days: days, by: actor, now: now)
            return (made.token.id, made.text)
        }
        let all = try await make(Set(TokenScope.allCases))
        let narrow = try await make([.change])
        let reading = try await make([.read])
        let short = try await make(Set(TokenScope.allCases), days: 1)
        let revoked = try await make(Set(TokenScope.allCases))
        try await tokens.revoke(revoked.0, by: actor, now: now)
        try await tenants.serve { port in
            let (browser, session, form) = try await tenants.browser(tenants.owner, port: port)
            let program = Browser(port: port)
            tenants.clock.advance(by: 2 * 86_400)
            for route in routes where Self.isForPrograms(route) {
                func status(_ shown: String?) async throws -> Int {
                    let headers = shown.map { ["Authorization": $0] } ?? [:]
                    return try await Self.ask(route, program, headers: headers).status
                }
                for word in ["Bearer", "bearer"] {
                    // Let in, and then told what is wrong.
                    #expect(
                        try await status("\(word) \(all.1)") == Self.told(route),
                        "\(route.method) \(route.path)")
                }
                for shown in [
                    nil, "", "Bearer", "Bearer ", "Bearer \(all.1)0", "Basic \(all.1)",
                    "Bearer \(session.text)", "Bearer \(String(repeating: "x", count: 9_000))",
                    "Bearer \(short.1)", "Bearer \(revoked.1)",
                ] {
                    #expect(try await status(shown) == 401, "\(route.path) \(shown ?? "")")
                }
                let isChange = Self.ofChanges.contains("\(route.method) \(route.path)")
                let narrow = isChange ? reading.1 : narrow.1
                #expect(try await status("Bearer \(narrow)") == 403, "\(route.path)")
                // A person's cookie opens nothing that is for programs.
                #expect(try await Self.ask(route, browser, form: form).status == 401)
            }
            let nothing = try await program.get("/api/v1/nothing")
            #expect(nothing.status == 404)
            #expect(nothing["Content-Type"] == "application/json")
            // And a token opens nothing that is for people.
            for route in routes where !Self.isOpen(route) && !Self.isForPrograms(route) {
                let answer = try await Self.ask(
                    route, program, headers: ["Authorization": "Bearer \(all.1)"])
                #expect(answer.status == 303, "\(route.path)")
            }
        }
    }

    @Test func `a tenant reads nothing of another, whatever it asks for`() async throws {
        let tenants = try await Tenants()
        let other = try await tenants.person("Olga", Standing(.owner), in: Tenants.second)
        let others = tenants.accounts.tokens(of: Tenants.second)
        let token = try await others.make(
            "secret-token", scopes: [.readAudit], role: .owner, days: 1, by: AuditActor(other),
            now: tenants.clock.now)
        _ = try await tenants.accounts.people(of: Tenants.second).invite(
            "secret-guest", as: Standing(.auditor), by: AuditActor(other), now: tenants.clock.now)
        let paths = [
            "/domains/two.example", "/domains/two.example/senders/x",
            "/domains/two.example/replay", "/domains/two.example/plan", "/reports/2",
            "/intake/quarantine/2", "/intake/quarantine/2/export", "/intake/quarantine/2/discard",
            "/people/\(other.id)", "/tokens/\(token.token.id)/revoke",
        ]
        try await tenants.serve { port in
            let (mine, _, form) = try await tenants.browser(tenants.owner, port: port)
            let (theirs, _, _) = try await tenants.browser(other, port: port)
            for path in paths where !path.hasSuffix("/plan") && !path.hasSuffix("/senders/x") {
                #expect(try await theirs.get(path).status == 200, "\(path)")
            }
            for path in paths where !path.hasSuffix("/plan") {
                let answer = try await mine.get(path)
                #expect(answer.status == 404, "\(path)")
            }
            for (path, fields) in [
                ("/people/\(other.id)/role", ["role": "auditor"]),
                ("/people/\(other.id)/remove", ["typed": "Olga"]),
                ("/people/invitations/1/withdraw", [:]), ("/people/invitations/2/withdraw", [:]),
                ("/tokens/\(token.token.id)/revoke", [:]),
                ("/intake/quarantine/2/retry", [:]), ("/intake/quarantine/2/discard", [:]),
                ("/organisations/look", ["organisation": "2"]),
            ] {
                var fields = fields
                fields["form_token"] = form
                let answer = try await mine.post(path, fields)
                #expect((400...499).contains(answer.status), "\(path): \(answer.status)")
            }
            // Lists, searches and exports tell nothing of the other either.
            for path in [
                "/", "/search?q=example", "/intake", "/people", "/tokens", "/audit",
                "/audit?what=secret", "/audit/export", "/organisations", "/alerts", "/evidence",
                "/evidence/file/csv", "/evidence/file/json",
            ] {
                let answer = try await mine.get(path)
                #expect(answer.status == 200, "\(path)")
                for secret in ["two.example", "Olga", "secret-token", "secret-guest", "Other"] {
                    #expect(!answer.text.contains(secret), "\(path): \(secret)")
                }
            }
            #expect(try await theirs.get("/").text.contains("two.example"))
            #expect(try await theirs.get("/people").text.contains("secret-guest"))
            // The mail that passes here is the first organisation's.
            for path in ["/messages", "/queue"] {
                #expect(try await mine.get(path).status == 200, "\(path)")
                #expect(try await theirs.get(path).status == 404, "\(path)")
            }
            let audit = try await Browser(port: port).get(
                "/api/v1/audit", headers: ["Authorization": "Bearer \(token.text)"])
            #expect(audit.text.contains("secret-token"))
            #expect(!audit.text.contains("\"organisation\":1,"))
            // Nothing of theirs was changed.
            #expect(try await others.token(token.token.id)?.revokedAt == nil)
            #expect(
                try await tenants.accounts.people(of: Tenants.second).member(other.id)?.standing
                    == Standing(.owner))
        }
    }

    @Test func `a domain owner sees one's own domains alone`() async throws {
        let tenants = try await Tenants()
        let mine = try #require(DomainName("example.org"))
        let person = try await tenants.person("Dora", Standing(.domainOwner, domains: [mine]))
        try await tenants.serve { port in
            let (browser, _, _) = try await tenants.browser(person, port: port)
            for path in [
                "/domains/one.example", "/domains/one.example/replay",
                "/domains/one.example/plan", "/domains/one.example/senders/x", "/reports/1",
            ] {
                #expect(try await browser.get(path).status == 404, "\(path)")
            }
            for path in ["/", "/search?q=one"] {
                let answer = try await browser.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(!answer.text.contains("one.example"), "\(path)")
                #expect(!answer.text.contains("href=\"/intake\""))
            }
            try await tenants.accounts.people(of: .first).change(
                person.id,
                to: Standing(.domainOwner, domains: [try #require(DomainName("one.example"))]),
                by: AuditActor(tenants.owner), now: tenants.clock.now)
            #expect(try await browser.get("/").text.contains("one.example"))
            #expect(try await browser.get("/domains/one.example").status == 200)
            #expect(try await browser.get("/reports/1").status == 200)
            #expect(try await browser.get("/reports/2").status == 404)
        }
    }
}
