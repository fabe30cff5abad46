import DNS
import DomainAnalysis
import HostedDNS
import Identities
import Storage
import Testing

/// What programs propose and set: a plan's step, a closing, policies below a domain, two people.
@Suite struct PlansByProgramTests {
    @Test func `a parked domain is closed and a step of the plan taken, both as proposals`()
        async throws
    {
        let zone = SampleZone()
        zone["TXT _dmarc.bank.example."] = RecordSet(
            timeToLive: 300,
            data: [.text("v=DMARC1; p=none; rua=mailto:reports@bank.example; pct=50")])
        let console = try await SampleConsole(changes: zone)
        let ada = AuditActor(.person, id: 1, name: "Ada")
        let token = try await ActingProgram.token(
            console.accounts, "plans", of: ada, [.read, .change], now: console.clock.now)
        try await console.serve { browser in
            let program = ActingProgram(browser: browser, token: token)
            let closing = try await program.object(
                "POST", "/api/v1/domains/parked.example/lock-down", "{}")
            #expect(closing.text("state") == "proposed" && closing.text("askedBy") == "plans")
            #expect(closing.text("domain") == "parked.example")
            let sets = closing.list("sets").compactMap { $0["name"] as? String }
            #expect(sets.contains { $0.hasPrefix("_dmarc.parked.example") }, "\(sets)")
            #expect(closing.list("history").count == 1)
            // What makes it is a person's approval.
            let id = try #require(closing.values["id"] as? Int)
            #expect(
                try await program.send("POST", "/api/v1/changes/\(id)/apply", "{}").status == 403)

            let path = "/api/v1/domains/bank.example/plan"
            let plan = try await program.object("GET", path)
            let step = try #require(
                plan.list("steps").first { !(($0["changes"] as? [Any]) ?? []).isEmpty })
            let (order, kind) = (step["order"] as? Int ?? 0, step["kind"] as? String ?? "")
            let taken = try await program.object(
                "POST", path + "/propose", #"{"step": \#(order), "kind": "\#(kind)"}"#)
            #expect(taken.text("reason") == step["title"] as? String)
            let other = try await program.send(
                "POST", path + "/propose", #"{"step": \#(order), "kind": "watch"}"#)
            #expect(other.status == 409 && other.text.contains("Look at the plan again"))
            for body in [
                #"{"step": 0, "kind": "reject"}"#, #"{"step": 1, "kind": "x"}"#, #"{"step": 1}"#,
                #"{"step": 1, "kind": "reject", "until": "soon"}"#,
            ] {
                #expect(try await program.send("POST", path + "/propose", body).status == 400)
            }
            let unknown = try await program.send(
                "POST", "/api/v1/domains/nobody.example/plan/propose",
                #"{"step": 1, "kind": "reject"}"#)
            #expect(unknown.status == 404)
            let log = try await console.accounts.audit(of: .first).entries(after: 0)
                .map(\.change).filter { $0.act.hasPrefix("dns.") }
            #expect(log.count == 2, "\(log)")
            #expect(log.allSatisfy { $0.actor.kind == .token && $0.actor.name == "plans" })
        }
    }

    @Test func `whether two people decide is read by programs, and set by an owner's alone`()
        async throws
    {
        let console = try await ActingProgram.bank()
        let ada = AuditActor(.person, id: 1, name: "Ada")
        let (accounts, now) = (console.accounts, console.clock.now)
        let reading = try await ActingProgram.token(
            accounts, "reads", of: ada, [.read], role: .auditor, now: now)
        let working = try await ActingProgram.token(
            accounts, "works", of: ada, [.read, .approve], now: now)
        let owning = try await ActingProgram.token(
            accounts, "owns", of: ada, [.read, .approve], role: .owner, now: now)
        let changing = try await ActingProgram.token(
            accounts, "changes", of: ada, [.read, .change], role: .owner, now: now)
        try await console.serve { browser in
            func program(_ token: String) -> ActingProgram {
                ActingProgram(browser: browser, token: token)
            }
            let path = "/api/v1/two-people"
            #expect(
                try await program(reading).object("GET", path).values["wanted"] as? Bool == false)
            for token in [reading, working, changing] {
                let answer = try await program(token).send("PUT", path, #"{"wanted": true}"#)
                #expect(answer.status == 403, "\(answer.text)")
            }
            for _ in 0..<2 {
                let set = try await program(owning).object("PUT", path, #"{"wanted": true}"#)
                #expect(set.values["wanted"] as? Bool == true)
            }
            #expect(try await console.way?.store.wantsTwoPeople() == true)
            for bad in ["{}", #"{"wanted": "yes"}"#, #"{"wanted": true, "why": "x"}"#] {
                #expect(try await program(owning).send("PUT", path, bad).status == 400, "\(bad)")
            }
            let log = try await console.accounts.audit(of: .first).entries(after: 0)
                .filter { $0.change.act == "way.two-people" }
            #expect(log.count == 1 && log[0].change.actor.kind == .token)
        }
    }

    @Test func `programs of another organisation reach nothing of these zones`() async throws {
        let tenants = try await Tenants()
        let olga = try await tenants.person("Olga", Standing(.owner), in: Tenants.second)
        let made = try await tenants.accounts.tokens(of: Tenants.second).make(
            "theirs", scopes: Set(TokenScope.allCases), role: .owner, days: 1,
            by: AuditActor(olga), now: tenants.clock.now)
        let store = WayStore(database: tenants.database)
        let changes = ChangeStore(database: tenants.database)
        try await tenants.serve { port in
            let program = ActingProgram(browser: Browser(port: port), token: made.text)
            for (method, path, body) in [
                ("POST", "domains/one.example/lock-down", "{}"),
                ("POST", "domains/two.example/lock-down", "{}"),
                (
                    "POST", "domains/one.example/plan/propose",
                    #"{"step": 1, "kind": "reject"}"#
                ),
                ("PUT", "two-people", #"{"wanted": true}"#), ("GET", "two-people", nil),
            ] {
                let answer = try await program.send(method, "/api/v1/" + path, body)
                #expect(answer.status == 404, "\(method) \(path): \(answer.text)")
            }
            #expect(try await store.wantsTwoPeople() == false)
            #expect(try await changes.list(limit: 5).isEmpty)
        }
    }

    @Test func `what is weaker below a domain is told to programs and proposed by them`()
        async throws
    {
        let zone = SampleZone()
        zone["TXT _dmarc.bank.example."] = RecordSet(
            timeToLive: 300, data: [.text("v=DMARC1; p=reject; sp=none")])
        let console = try await SampleConsole(changes: zone)
        let token = try await ActingProgram.token(
            console.accounts, "below", of: AuditActor(.person, id: 1, name: "Ada"),
            now: console.clock.now)
        try await console.serve { browser in
            let program = ActingProgram(browser: browser, token: token)
            let way = try await program.object("GET", "/api/v1/domains/bank.example/way")
            #expect(way.values["next"] as? [String] == ["np-reject", "sp-quarantine"])
            #expect(way.list("below").compactMap { $0["policy"] as? String } == ["none", "none"])
            let made = try await program.object(
                "POST", ActingProgram.proposals,
                #"{"step": "np-reject", "reason": "Nobody writes so."}"#)
            #expect(made.text("tags") == "np=reject")
            #expect(made.text("record") == "v=DMARC1; p=reject; sp=none; np=reject")
            #expect(made.object("known")["names"] as? [String] == ["np"])
            let rules = try await program.object(
                "PUT", "/api/v1/domains/bank.example/way/rules",
                """
                {"quarantineAfter": 14, "rejectAfter": 14, "share": 50, "backShare": 100,
                 "subdomains": true}
                """)
            #expect(rules.object("rules")["subdomains"] as? Bool == true)
        }
    }
}
