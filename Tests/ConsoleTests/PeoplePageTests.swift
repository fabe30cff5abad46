import Console
import Identities
import Storage
import Testing

/// People, tokens, the log and the second step, as a person uses the pages.
@Suite struct PeoplePageTests {
    private static let password = SampleConsole.password

    @Test func `somebody is invited, joins, gets another role, and that is undone`() async throws {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let made = try await browser.post(
                "/people/invite",
                [
                    "form_token": form, "remark": "Ben <b>", "role": "domain-owner",
                    "domains": "one.example, two.example",
                ])
            #expect(made.status == 200)
            #expect(made.text.contains("Ben &lt;b&gt;"))
            let link = try #require(made.text.firstRange(of: "/join?token="))
            let token = String(made.text[link.upperBound...].prefix(64))
            #expect(!(try await browser.get("/people")).text.contains(token))

            let guest = Browser(port: port)
            let page = try await guest.get("/join?token=\(token)")
            #expect(page.text.contains("domain owner of one.example, two.example"))
            var fields = [
                "form_token": page.field("form_token"), "token": token, "name": "Ben",
                "password": Self.password, "repeated": "another",
            ]
            #expect(try await guest.post("/join", fields).text.contains("differ"))
            fields["repeated"] = Self.password
            #expect(try await guest.post("/join", fields).status == 303)
            #expect(try await guest.get("/").text.contains("one.example"))
            #expect(try await guest.get("/people").status == 403)
            #expect(try await Browser(port: port).get("/join?token=\(token)").status == 404)

            let ben = try #require(
                try await tenants.accounts.people(of: .first).member(named: "ben")
            ).account.id
            let changed = try await browser.post(
                "/people/\(ben)/role", ["form_token": form, "role": "operator"])
            let location = try #require(changed["Location"])
            let told = try await browser.get(location)
            #expect(told.text.contains("is now operator"))
            #expect(try await guest.get("/intake").status == 200)
            let undone = try await browser.post(
                "/people/undo", ["form_token": form, "entry": told.field("entry")])
            #expect(undone.status == 303)
            #expect(try await guest.get("/intake").status == 403)
            let twice = try await browser.post(
                "/people/undo", ["form_token": form, "entry": told.field("entry")])
            #expect(twice.status == 422)

            let wrong = try await browser.post(
                "/people/\(ben)/remove", ["form_token": form, "typed": "Be"])
            #expect(wrong.status == 422)
            let gone = try await browser.post(
                "/people/\(ben)/remove", ["form_token": form, "typed": "ben"])
            #expect(gone["Location"]?.hasPrefix("/people?undo=") == true)
            #expect(try await guest.get("/").status == 403)
            let last = try await browser.post(
                "/people/\(tenants.owner.id)/remove", ["form_token": form, "typed": "Ada"])
            #expect(last.text.contains("the last owner"))
        }
    }

    @Test func `a bad role or domain is told on the page`() async throws {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            for (role, domains, words) in [
                ("", "", "Choose a role"), ("administrator", "", "Choose a role"),
                ("domain-owner", "", "at least one domain"),
                ("domain-owner", "not..a..name", "is no domain"),
                (
                    "domain-owner",
                    (0...PeopleLimits.domains).map { "d\($0).example" }
                        .joined(separator: " "), "At most 200 domains"
                ),
            ] {
                for path in ["/people/invite", "/people/\(tenants.owner.id)/role"] {
                    let answer = try await browser.post(
                        path, ["form_token": form, "role": role, "domains": domains])
                    #expect(answer.status == 422, "\(path) \(role)")
                    #expect(answer.text.contains(words), "\(path) \(role)")
                }
            }
        }
    }

    @Test func `a token is shown once and revoked for good`() async throws {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let without = try await browser.post(
                "/tokens/make",
                ["form_token": form, "name": "Import", "role": "operator", "days": "30"])
            #expect(without.text.contains("Choose what the token may do"))
            let made = try await browser.post(
                "/tokens/make",
                [
                    "form_token": form, "name": "Import", "role": "operator", "days": "30",
                    "scope-read": "1",
                ])
            let start = try #require(made.text.firstRange(of: "sealgate_"))
            let token = "sealgate_" + made.text[start.upperBound...].prefix(64)
            #expect(!(try await browser.get("/tokens")).text.contains(token))
            let facts = try await Browser(port: port).get(
                "/api/v1/token", headers: ["Authorization": "Bearer \(token)"])
            #expect(facts.status == 200)
            #expect(facts.text.contains("\"scopes\":[\"read\"]"))
            let confirm = try await browser.get("/tokens/1/revoke")
            #expect(confirm.text.contains("Revoke"))
            #expect(try await browser.post("/tokens/1/revoke", ["form_token": form]).status == 303)
            let refused = try await Browser(port: port).get(
                "/api/v1/token", headers: ["Authorization": "Bearer \(token)"])
            #expect(refused.status == 401)
            #expect(refused["Content-Type"] == "application/json")
            #expect(refused["WWW-Authenticate"] == "Bearer")
            #expect(try await browser.get("/tokens/1/revoke").status == 404)
        }
    }

    @Test func `the second step is set up, asked for, and not taken twice`() async throws {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let begun = try await browser.post(
                "/account/second-step/begin", ["form_token": form])
            #expect(begun.status == 303)
            guard
                case .begun(let secret) = try await tenants.accounts.secondStep.state(
                    of: tenants.owner.id)
            else {
                Issue.record("not begun")
                return
            }
            let device = OneTimeCode(secret: secret)
            func code() -> String { device.code(at: OneTimeCode.step(at: tenants.clock.now)) }
            #expect(try await browser.get("/account").text.contains(device.grouped))
            let wrong = try await browser.post(
                "/account/second-step/confirm", ["form_token": form, "code": "1"])
            #expect(wrong.status == 422)
            let on = try await browser.post(
                "/account/second-step/confirm", ["form_token": form, "code": code()])
            #expect(on.text.contains("recovery codes"))
            // Neither secret nor codes are shown again.
            let later = try await browser.get("/account").text
            #expect(!later.contains(device.grouped))
            #expect(later.contains("10\u{A0}recovery codes"))
            tenants.clock.advance(by: 30)

            let fresh = Browser(port: port)
            let signIn = try await fresh.get("/sign-in?next=/people")
            let first = try await fresh.post(
                "/sign-in",
                [
                    "form_token": signIn.field("form_token"), "name": "Ada",
                    "password": Self.password, "next": "/people",
                ])
            #expect(first.status == 200)
            #expect(first.all("set-cookie").isEmpty)
            // The password alone opens nothing.
            #expect(try await fresh.get("/people").status == 303)
            func finish(_ code: String) async throws -> Browser.Answer {
                try await fresh.post(
                    "/sign-in/code",
                    [
                        "form_token": signIn.field("form_token"), "code": code,
                        "step": first.field("step"), "next": "/people",
                    ])
            }
            #expect(try await finish("000").status == 401)
            let right = code()
            let done = try await finish(right)
            #expect(done.status == 303)
            #expect(done["Location"] == "/people")
            #expect(try await fresh.get("/people").text.contains("password and code"))

            let thief = Browser(port: port)
            let form2 = try await thief.get("/sign-in").field("form_token")
            let second = try await thief.post(
                "/sign-in", ["form_token": form2, "name": "Ada", "password": Self.password])
            func steal(_ code: String) async throws -> Int {
                try await thief.post(
                    "/sign-in/code",
                    ["form_token": form2, "code": code, "step": second.field("step")]
                ).status
            }
            for _ in 0..<SecondStepStore.Limits.failures {
                #expect(try await steal(right) == 401)
            }
            tenants.clock.advance(by: 30)
            #expect(try await steal(code()) == 429)
        }
    }

    @Test func `the log tells what was done, is searched, and leaves the house whole`()
        async throws
    {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            for number in 1...3 {
                _ = try await browser.post(
                    "/people/invite",
                    ["form_token": form, "remark": "guest \(number)", "role": "auditor"])
            }
            _ = try await browser.post(
                "/intake/quarantine/1/discard", ["form_token": form])
            let message = SampleMail.id(3)
            _ = try await browser.post("/messages/\(message)/release", ["form_token": form])
            let page = try await browser.get("/audit")
            for words in [
                "guest 3", "invited somebody", "discarded a document", "released mail",
                "message \(message)", "Ada",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            let found = try await browser.get("/audit?what=GUEST%202&who=ada")
            #expect(found.text.contains("guest 2"))
            #expect(!found.text.contains("guest 3"))
            let none = try await browser.get("/audit?since=2025-11-16&until=x")
            #expect(none.text.contains("No change fits"))
            #expect(none.text.contains("is no day"))
            let head = try await tenants.accounts.audit(of: .first).head()
            #expect(page.text.contains(head.description))

            let export = try await browser.get("/audit/export")
            #expect(export["Content-Type"] == "application/x-ndjson")
            var verifier = AuditVerifier()
            // The answer comes in chunks: their lengths stand on lines of their own.
            for line in export.text.split(whereSeparator: \.isNewline) where line.hasPrefix("{") {
                verifier.feed(Array(line.utf8))
            }
            #expect(verifier.verdict(head: head).isIntact)
            #expect(verifier.verdict().head == head)
        }
    }

    @Test func `a consultant sees all organisations and looks at one`() async throws {
        let tenants = try await Tenants()
        let token = try await tenants.accounts.people(of: Tenants.second).invite(
            "Ada", as: Standing(.auditor), by: AuditActor(tenants.owner), now: tenants.clock.now)
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            #expect(!(try await browser.get("/")).text.contains("href=\"/organisations\""))
            let page = try await browser.get("/join?token=\(token.text)")
            #expect(!page.text.contains("password"))
            let joined = try await browser.post(
                "/join", ["form_token": form, "token": token.text])
            #expect(joined.status == 303)
            let there = try await browser.get("/").text
            #expect(there.contains("two.example"))
            #expect(!there.contains("one.example"))
            #expect(there.contains("href=\"/organisations\""))
            let all = try await browser.get("/organisations").text
            #expect(all.contains("2\u{A0}organisations"))
            #expect(all.contains("auditor"))
            // An auditor there, an owner here.
            #expect(try await browser.get("/people/\(tenants.owner.id)").status == 403)
            let back = try await browser.post(
                "/organisations/look", ["form_token": form, "organisation": "1"])
            #expect(back.status == 303)
            #expect(try await browser.get("/people/\(tenants.owner.id)").status == 200)
            for id in ["3", "x", "-1", ""] {
                let answer = try await browser.post(
                    "/organisations/look", ["form_token": form, "organisation": id])
                #expect(answer.status == 404)
            }
        }
    }

    @Test func `hostile names are harmless on these pages too`() async throws {
        let tenants = try await Tenants()
        let script = SampleDomains.script
        let name = String(script.filter { $0 != "\u{202E}" }.prefix(60))
        _ = try await tenants.person(name, Standing(.auditor))
        try await tenants.accounts.organisations.rename(
            .first, to: name, by: AuditActor(tenants.owner), now: tenants.clock.now)
        _ = try await tenants.accounts.tokens(of: .first).make(
            name, scopes: [.read], role: .owner, days: 1, by: AuditActor(tenants.owner),
            now: tenants.clock.now)
        try await tenants.serve { port in
            let (browser, _, _) = try await tenants.browser(tenants.owner, port: port)
            for path in [
                "/people", "/people/2", "/tokens", "/tokens/1/revoke", "/audit", "/organisations",
                "/account", "/audit?who=" + Browser.coded(script), "/audit?before=-5",
            ] {
                let answer = try await browser.get(path)
                #expect(answer.status == 200, "\(path)")
                let text = answer.text
                #expect(text.contains("class=\"lead\""), "\(path)")
                for bad in ["<script", "{{", "Optional(", " style=", "alert(1)</script"] {
                    #expect(!text.contains(bad), "\(path): \(bad)")
                }
                #expect(!text.unicodeScalars.contains("\u{202E}"), "\(path)")
            }
        }
    }
}
