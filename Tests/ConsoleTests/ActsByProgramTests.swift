import DomainWatch
import DNS
import DomainAnalysis
import Foundation
import HostedDNS
import Identities
import MailReports
import Storage
import Testing

/// What programs decide and change with a token: the programme, policies, DNS changes, alerts.
@Suite struct ActsByProgramTests {
    @Test func `the programme is read and changed, and of two programs one is told to look again`()
        async throws
    {
        let tenants = try await Tenants()
        let token = try await ActingProgram.token(
            tenants.accounts, "inventory", of: AuditActor(tenants.owner), now: tenants.clock.now)
        try await tenants.serve { port in
            let program = ActingProgram(browser: Browser(port: port), token: token)
            let path = "/api/v1/programme/shop.example"
            #expect(try await program.send("GET", path).status == 404)
            let made = try await program.object(
                "PUT", path,
                #"{"owner": "Ada", "purpose": "sends", "target": "2026-12-31", "version": ""}"#)
            #expect(made.text("owner") == "Ada" && made.text("stage") == "monitor")
            let version = try #require(made.text("version"))
            // Somebody else was quicker: nothing of the second is taken.
            let late = try await program.send("PUT", path, #"{"owner": "Ben", "version": ""}"#)
            #expect(late.status == 409 && late.text.contains("Somebody else"))
            let body = #"{"owner": "Ben", "tranche": "2", "version": "\#(version)"}"#
            let changed = try await program.object("PUT", path, body)
            #expect(changed.text("owner") == "Ben" && changed.values["purpose"] == nil)
            #expect(changed.text("version") != version)
            #expect(try await program.send("PUT", path, body).status == 409)
            // The same again without a version changes nothing, and is no act.
            let again = #"{"owner": "Ben", "tranche": "2"}"#
            #expect(
                try await program.object("PUT", path, again).text("version")
                    == changed.text("version"))

            #expect(
                try await program.object("POST", "/api/v1/programme/find").values["added"]
                    as? Int == 1)
            let board = try await program.object("GET", "/api/v1/programme?limit=1")
            #expect(board.values["domainCount"] as? Int == 2 && board.values["next"] as? Int == 1)
            #expect(board.list("domains").first?["domain"] as? String == "one.example")
            #expect(
                try await program.send("DELETE", path + "?version=\(version)").status == 409)
            #expect(try await program.send("DELETE", path).status == 204)
            #expect(try await program.send("DELETE", path).status == 404)
            for body in [
                #"{"owner": "a\u0000b"}"#, #"{"owner": 5}"#, #"{"purpose": "sell"}"#,
                #"{"target": "soon"}"#, #"{"ovner": "x"}"#,
                #"{"owner": "\#(String(repeating: "x", count: 121))"}"#,
            ] {
                #expect(try await program.send("PUT", path, body).status == 400, "\(body)")
            }
            let log = try await tenants.accounts.audit(of: .first).entries(after: 0)
                .map(\.change).filter { $0.act.hasPrefix("programme.") }
            #expect(
                log.map(\.act) == [
                    "programme.add", "programme.set", "programme.add", "programme.remove",
                ])
            #expect(log.allSatisfy { $0.actor.kind == .token && $0.actor.name == "inventory" })
        }
    }

    @Test func `a policy is proposed, approved and declined by programs of different people`()
        async throws
    {
        let console = try await ActingProgram.bank()
        let (accounts, now) = (console.accounts, console.clock.now)
        let (ada, ben) = (
            AuditActor(.person, id: 1, name: "Ada"), AuditActor(.person, id: 2, name: "Ben")
        )
        let tokens = [
            try await ActingProgram.token(accounts, "one", of: ada, now: now),
            try await ActingProgram.token(accounts, "two", of: ada, now: now),
            // A name that is another person's makes nobody that person.
            try await ActingProgram.token(accounts, "Ada", of: ben, now: now),
            try await ActingProgram.token(accounts, "narrow", of: ben, [.read, .change], now: now),
        ]
        let desk = try #require(console.way)
        try await desk.store.wantTwoPeople(true, by: ada, now: now)
        try await console.serve { browser in
            let programs = tokens.map { ActingProgram(browser: browser, token: $0) }
            let body = #"{"step": "quarantine", "reason": "It is time."}"#
            let made = try await programs[0].object("POST", ActingProgram.proposals, body)
            #expect(made.text("askedBy") == "one" && made.text("state") == "proposed")
            let typed = #"{"domain": "bank.example"}"#
            let path = "/api/v1/proposals/1"
            #expect(try await programs[3].send("POST", path + "/approve", typed).status == 403)
            // One person's tokens are one person, as are the person and a token.
            for program in programs[..<2] {
                let own = try await program.send("POST", path + "/approve", typed)
                #expect(own.status == 409 && own.text.contains("second person"), "\(own.text)")
            }
            let outcome = try await desk.approve(1, by: ada, typed: "bank.example")
            #expect(!outcome.isDecided)
            let wrong = try await programs[2].send(
                "POST", path + "/approve", #"{"domain": "other.example"}"#)
            #expect(wrong.status == 409)
            let done = try await programs[2].object("POST", path + "/approve", typed)
            #expect(done.values["change"] as? Int == 1)
            #expect(done.object("proposal")["state"] as? String == "made")
            let twice = try await programs[2].send("POST", path + "/approve", typed)
            #expect(twice.status == 409 && twice.text.contains("decided already"))
            #expect(try await programs[1].object("GET", path).text("decidedBy") == "Ada")

            // A person's proposal is not approved by that person's program.
            _ = try await desk.propose(
                #require(DomainName("bank.example")), record: "v=DMARC1; p=reject", reason: "",
                days: 30, by: ada)
            let second = "/api/v1/proposals/2"
            #expect(try await programs[0].send("POST", second + "/approve", typed).status == 409)
            let no = try await programs[0].object(
                "POST", second + "/decline", #"{"reason": "Not yet."}"#)
            #expect(no.object("proposal")["state"] as? String == "declined")
            #expect(try await programs[0].send("POST", second + "/decline", "{}").status == 409)
            #expect(try await programs[0].send("GET", "/api/v1/proposals/9").status == 404)
        }
    }

    @Test func `rules are agreed and ended, and not over somebody else's`() async throws {
        let console = try await ActingProgram.bank()
        let ada = AuditActor(.person, id: 1, name: "Ada")
        let token = try await ActingProgram.token(
            console.accounts, "rules", of: ada, now: console.clock.now)
        let desk = try #require(console.way)
        try await console.serve { browser in
            let program = ActingProgram(browser: browser, token: token)
            let path = "/api/v1/domains/bank.example/way/rules"
            func body(_ version: String, after days: Int = 14) -> String {
                """
                {"quarantineAfter": \(days), "rejectAfter": 14, "share": 50, "backShare": 100,
                 "version": "\(version)"}
                """
            }
            let agreed = try await program.object("PUT", path, body(""))
            // Agreed by the person whose token it is: nobody is a second person to oneself.
            #expect(agreed.text("agreedBy") == "Ada")
            let version = try #require(agreed.text("version"))
            #expect(try await program.send("PUT", path, body("")).status == 409)
            _ = try await program.object("PUT", path, body(version, after: 21))
            let late = try await program.send("PUT", path, body(version))
            #expect(late.status == 409 && late.text.contains("Somebody else"))
            for bad in [body("", after: 0), body("", after: 366), "{}"] {
                #expect(try await program.send("PUT", path, bad).status == 400)
            }
            let way = try await program.object("GET", "/api/v1/domains/bank.example/way")
            #expect(way.object("rules")["version"] as? String != version)
            #expect(try await program.send("DELETE", path).status == 204)
            #expect(try await program.send("DELETE", path).status == 404)
            // What the rules propose, the same person's program cannot approve.
            let rule = AuditActor(.rule, name: "rules agreed by Ada")
            try await desk.store.wantTwoPeople(true, by: ada, now: 1)
            _ = try await desk.propose(
                #require(DomainName("bank.example")), record: "v=DMARC1; p=reject", reason: "",
                days: 30, by: rule)
            let own = try await program.send(
                "POST", "/api/v1/proposals/1/approve", #"{"domain": "bank.example"}"#)
            #expect(own.status == 409 && own.text.contains("second person"), "\(own.text)")
        }
    }

    @Test func `DNS changes are listed, shown exactly, exported, followed and taken back`()
        async throws
    {
        let console = try await ActingProgram.bank()
        let ada = AuditActor(.person, id: 1, name: "Ada")
        let token = try await ActingProgram.token(
            console.accounts, "dns", of: ada, now: console.clock.now)
        let desk = try #require(console.changes)
        let change = try await desk.propose(
            [
                DNSChange(
                    name: "_dmarc.bank.example", type: "TXT",
                    remove: ["v=DMARC1; p=none; rua=mailto:d@bank.example"],
                    add: ["v=DMARC1; p=quarantine"])
            ], for: #require(DomainName("bank.example")), reason: "It is time.", by: "Ada",
            mail: .init(days: 30, failing: 5))
        #expect(change.change.isDangerous)
        try await console.serve { browser in
            let program = ActingProgram(browser: browser, token: token)
            let list = try await program.object("GET", "/api/v1/changes")
            #expect(list.list("changes").count == 1 && list.values["next"] == nil)
            let one = try await program.object("GET", "/api/v1/changes/1")
            let set = try #require(one.list("sets").first)
            #expect(
                (set["before"] as? [String: Any])?["records"] as? [String]
                    == ["\"v=DMARC1; p=none; rua=mailto:d@bank.example\""])
            #expect(
                (set["after"] as? [String: Any])?["records"] as? [String]
                    == ["\"v=DMARC1; p=quarantine\""])
            #expect(one.list("history").count == 1)
            for form in ChangeExport.allCases.map(\.rawValue) {
                let file = try await program.send("GET", "/api/v1/changes/1/export/\(form)")
                #expect(file.status == 200 && file.text.contains("bank.example"), "\(form)")
            }
            #expect(try await program.send("GET", "/api/v1/changes/1/export/x").status == 404)
            let untyped = try await program.send("POST", "/api/v1/changes/1/apply", "{}")
            #expect(untyped.status == 409 && untyped.text.contains("type the domain's name"))
            // Nothing listens at the sample's primary.
            let typed = try await program.send(
                "POST", "/api/v1/changes/1/apply", #"{"domain": "bank.example"}"#)
            #expect(typed.status == 409, "\(typed.text)")
            let undo = try await program.send("POST", "/api/v1/changes/1/undo")
            #expect(undo.status == 409 && undo.text.contains("cannot be taken back"))
        }
        let made = try await desk.propose(
            [DNSChange(name: "bank.example", type: "TXT", add: ["v=spf1 -all"])],
            for: #require(DomainName("bank.example")), reason: "No mail.", by: "Ada")
        try await console.serve { browser in
            let program = ActingProgram(browser: browser, token: token)
            let path = "/api/v1/changes/\(made.id)"
            let done = try await program.object("POST", path + "/made")
            #expect(done.object("change")["state"] as? String == "pending")
            #expect(try await program.send("POST", path + "/made").status == 409)
            #expect(try await program.send("POST", path + "/dismiss").status == 409)
            let back = try await program.object("POST", path + "/undo")
            // Who did not hear the answer and asks again makes no second proposal.
            let again = try await program.object("POST", path + "/undo")
            #expect(back.values["id"] as? Int == again.values["id"] as? Int)
            #expect(back.values["undoOf"] as? Int == Int(made.id))
            let id = try #require(back.values["id"] as? Int)
            _ = try await program.object("POST", "/api/v1/changes/\(id)/dismiss")
            let log = try await console.accounts.audit(of: .first).entries(after: 0)
                .filter { $0.change.act == "dns.pending" }
            #expect(log.first?.change.actor == AuditActor(.token, name: "dns"))
        }
    }

    @Test func `alerts are read and known once, and evidence is handed out in its forms`()
        async throws
    {
        let tenants = try await Tenants()
        let now = tenants.clock.now
        for (organisation, count) in [(Tenants.first, 3), (Tenants.second, 1)] {
            let findings = (1...count).map {
                AlertFinding(
                    .init(.newSender, domain: Tenants.domain(organisation), place: "s\($0)"),
                    since: UTCDay(number: 20_000), what: "Somebody began.", evidence: "Mail.",
                    advice: "Ask.")
            }
            _ = try await AlertStore(database: tenants.database, organisation: organisation).keep(
                .init(findings: findings, over: [], channels: []), now: now
            ) { AlertText.notice($0, more: $1) }
        }
        let token = try await ActingProgram.token(
            tenants.accounts, "watch", of: AuditActor(tenants.owner), now: now)
        try await tenants.serve { port in
            let program = ActingProgram(browser: Browser(port: port), token: token)
            let page = try await program.object("GET", "/api/v1/alerts?limit=2")
            let ids = page.list("alerts").compactMap { $0["id"] as? Int }
            #expect(ids == [3, 2] && page.values["next"] as? Int == 2)
            let rest = try await program.object("GET", "/api/v1/alerts?state=all&before=2")
            #expect(rest.list("alerts").count == 1 && rest.values["next"] == nil)
            let seen = try await program.object("POST", "/api/v1/alerts/3/seen")
            #expect(seen.text("acknowledgedBy") == "watch")
            let twice = try await program.object("POST", "/api/v1/alerts/3/seen")
            #expect(twice.values as NSDictionary == seen.values as NSDictionary)
            // Of the other organisation.
            #expect(try await program.send("POST", "/api/v1/alerts/4/seen").status == 404)
            for (form, kind, start) in [
                ("pdf", "application/pdf", "%PDF-"), ("csv", "text/csv; charset=utf-8", "pack,"),
                ("json", "application/json", "{"),
            ] {
                let file = try await program.send(
                    "GET", "/api/v1/evidence/\(form)?domains=one.example")
                #expect(file.status == 200 && file["Content-Type"] == kind, "\(file.text)")
                #expect(String(decoding: file.body.prefix(5), as: UTF8.self).hasPrefix(start))
                #expect(!file.text.contains("two.example"))
            }
            for (query, status) in [
                ("domains=two.example", 409), ("from=2026-02-02&to=2026-02-01", 409),
                ("from=soon", 400), ("form=x", 400),
            ] {
                let answer = try await program.send("GET", "/api/v1/evidence/json?\(query)")
                #expect(answer.status == status, "\(query): \(answer.text)")
            }
            #expect(try await program.send("GET", "/api/v1/evidence/exe").status == 404)
        }
    }
}
