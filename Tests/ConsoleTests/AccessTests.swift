import Console
import Foundation
import Storage
import Testing

/// Who gets in, who stays in, and who may change something.
@Suite struct AccessTests {
    private static let password = SampleConsole.password

    @Test func `without a session every page leads to the sign-in form and back`() async throws {
        try await SampleConsole(.large).serve { browser in
            for path in [
                "/", "/domains/bank.example?days=7", "/intake", "/reports/1", "/search?q=x",
                "/intake/quarantine/1/export", "/nothing",
            ] {
                let answer = try await browser.get(path)
                #expect(answer.status == 303, "\(path)")
                let expected =
                    path == "/" ? "/sign-in" : "/sign-in?next=" + Browser.coded(path)
                let location = try #require(answer["Location"])
                #expect(decoded(location) == decoded(expected))
                #expect(answer.body.isEmpty)
                #expect(answer["Content-Security-Policy"] != nil)
            }
            let form = try await browser.get("/sign-in?next=//evil.example")
            #expect(form.status == 200)
            #expect(form.text.contains("Not set up yet"))
        }
    }

    @Test func `the one-time link works once and not after a day`() async throws {
        let console = try await SampleConsole(.empty)
        let (accounts, clock) = (console.accounts, console.clock)
        try await console.serve { browser in
            let old = try #require(try await accounts.oneTimeLink(now: clock.now))
            clock.advance(by: AccountLimits.link)
            #expect(try await browser.get("/welcome?token=\(old.text)").status == 404)

            let token = try #require(try await accounts.oneTimeLink(now: clock.now)).text
            #expect(try await browser.get("/welcome?token=\(old.text)").status == 404)
            #expect(try await browser.get("/welcome?token=zzz").status == 404)
            let page = try await browser.get("/welcome?token=\(token)")
            #expect(page.status == 200)
            var form = [
                "form_token": page.field("form_token"), "token": token, "name": " Ada ",
                "password": "short", "repeated": "short",
            ]
            let short = try await browser.post("/welcome", form)
            #expect(short.status == 422)
            #expect(short.text.contains("too short"))
            form["password"] = Self.password
            #expect(try await browser.post("/welcome", form).text.contains("differ"))
            form["repeated"] = Self.password
            let done = try await browser.post("/welcome", form)
            #expect(done.status == 303)
            #expect(done["Location"] == "/")
            #expect(try await browser.get("/").status == 200)

            let second = Browser(port: browser.port)
            #expect(try await second.get("/welcome?token=\(token)").status == 404)
            #expect(try await accounts.oneTimeLink(now: clock.now) == nil)
            let stranger = try await second.get("/sign-in")
            form["form_token"] = stranger.field("form_token")
            form["name"] = "Eve"
            #expect(try await second.post("/welcome", form).status == 404)
            #expect(try await second.get("/").status == 303)
        }
    }

    @Test func `cookies cannot be read, sent along or guessed`() async throws {
        let console = try await SampleConsole(.empty)
        let (accounts, clock) = (console.accounts, console.clock)
        try await console.serve(secureCookies: true) { browser in
            let token = try #require(try await accounts.oneTimeLink(now: clock.now)).text
            let page = try await browser.get("/welcome?token=\(token)")
            let visit = try #require(page.all("set-cookie").first)
            #expect(visit.hasPrefix("__Host-sealgate_visit="))
            for flag in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
                #expect(visit.contains(flag), "\(flag)")
            }
            let done = try await browser.post(
                "/welcome",
                [
                    "form_token": page.field("form_token"), "token": token, "name": "Ada",
                    "password": Self.password, "repeated": Self.password,
                ])
            let session = try #require(done.all("set-cookie").first)
            #expect(session.hasPrefix("__Host-sealgate_session="))
            for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
                #expect(session.contains(flag), "\(flag)")
            }
            #expect(done["Strict-Transport-Security"] != nil)
            // A session is not the visitor's token carried on.
            #expect(
                browser.cookies["__Host-sealgate_session"]
                    != browser.cookies["__Host-sealgate_visit"])
            var stolen = browser.cookies
            stolen["__Host-sealgate_session"] = String(repeating: "0", count: 64)
            let other = Browser(port: browser.port)
            other.cookies = stolen
            #expect(try await other.get("/").status == 303)
        }
    }

    @Test func `sessions end by idling, by age and by signing out`() async throws {
        let console = try await SampleConsole(.small)
        let clock = console.clock
        try await console.serveSignedIn { browser in
            #expect(try await browser.get("/").status == 200)
            let copy = Browser(port: browser.port)
            copy.cookies = browser.cookies

            let form = try await browser.get("/glossary")
            let out = try await browser.post(
                "/sign-out", ["form_token": form.field("form_token")])
            #expect(out.status == 303)
            // The session is gone on our side, not only from the browser.
            #expect(try await copy.get("/").status == 303)

            try await Self.signIn(browser)
            clock.advance(by: AccountLimits.idleSession - 1)
            #expect(try await browser.get("/").status == 200)
            clock.advance(by: AccountLimits.idleSession)
            #expect(try await browser.get("/").status == 303)

            try await Self.signIn(browser)
            let opened = clock.now
            while clock.now - opened + AccountLimits.idleSession / 2 < AccountLimits.wholeSession {
                clock.advance(by: AccountLimits.idleSession / 2)
                #expect(try await browser.get("/").status == 200)
            }
            clock.advance(by: AccountLimits.idleSession / 2)
            #expect(try await browser.get("/").status == 303)
        }
    }

    @Test func `guessing is slowed down and errors tell nothing`() async throws {
        let console = try await SampleConsole(.small)
        let clock = console.clock
        try await console.serveSignedIn { owner in
            let browser = Browser(port: owner.port)
            let form = try await browser.get("/sign-in")
            func attempt(_ name: String, _ password: String) async throws -> Browser.Answer {
                try await browser.post(
                    "/sign-in",
                    [
                        "form_token": form.field("form_token"), "name": name, "password": password,
                        "next": "/intake",
                    ])
            }
            let unknown = try await attempt("Nobody", Self.password)
            let wrong = try await attempt("Ada", "not the password")
            #expect(unknown.status == 401)
            #expect(wrong.status == 401)
            let sentence = "Name and password do not belong together"
            #expect(unknown.text.contains(sentence))
            #expect(wrong.text.contains(sentence))
            #expect(try await attempt("Ada\u{0}", Self.password).status == 401)
            for _ in 1..<Limits.failedSignIns { _ = try await attempt("ADA", "wrong again") }
            let blocked = try await attempt("Ada", Self.password)
            #expect(blocked.status == 429)
            #expect(blocked.text.contains("15\u{A0}minutes"))
            clock.advance(by: Limits.signInPause)
            let done = try await attempt("ada", Self.password)
            #expect(done.status == 303)
            #expect(done["Location"] == "/intake")
        }
    }

    @Test func `one address cannot guess on under many names`() async throws {
        try await SampleConsole(.small).serveSignedIn { owner in
            let browser = Browser(port: owner.port)
            let form = try await browser.get("/sign-in")
            for number in 0..<Limits.failedSignInsFromAddress {
                _ = try await browser.post(
                    "/sign-in",
                    [
                        "form_token": form.field("form_token"), "name": "guest\(number)",
                        "password": "a guess",
                    ])
            }
            let answer = try await browser.post(
                "/sign-in",
                [
                    "form_token": form.field("form_token"), "name": "Ada",
                    "password": Self.password,
                ])
            #expect(answer.status == 429)
        }
    }

    @Test func `a form without our token changes nothing`() async throws {
        let console = try await SampleConsole(.large)
        try await console.serveSignedIn { browser in
            let page = try await browser.get("/intake/quarantine/2/discard")
            let token = page.field("form_token")
            #expect(token.utf8.count == 64)
            let discard = "/intake/quarantine/2/discard"
            #expect(try await browser.post(discard, [:]).status == 403)
            #expect(try await browser.post(discard, ["form_token": token + "0"]).status == 403)
            let other = String(repeating: "0", count: 64)
            #expect(try await browser.post(discard, ["form_token": other]).status == 403)
            for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
                let answer = try await browser.post(
                    discard, ["form_token": token], headers: ["Origin": origin])
                #expect(answer.status == 403, "\(origin)")
            }
            let crossSite = try await browser.post(
                discard, ["form_token": token], headers: ["Sec-Fetch-Site": "cross-site"])
            #expect(crossSite.status == 403)
            #expect(try await browser.get("/intake/quarantine/2").status == 200)
            let uploaded = try await browser.upload(
                "/intake/upload", token: "", files: [("a.xml", Array("<?xml".utf8))])
            #expect(uploaded.status == 403)

            let origin = "http://127.0.0.1:\(browser.port)"
            let done = try await browser.post(
                discard, ["form_token": token],
                headers: ["Origin": origin, "Sec-Fetch-Site": "same-origin"])
            #expect(done.status == 303)
            #expect(try await browser.get("/intake/quarantine/2").status == 404)
        }
    }

    @Test func `behind a proxy the public address counts as ours`() async throws {
        let console = try await SampleConsole(.empty)
        try await console.serve(publicURL: "https://mail.example.org/") { browser in
            let ours = try await browser.post(
                "/theme", ["theme": "dark", "back": "/glossary"],
                headers: ["Origin": "https://mail.example.org"])
            #expect(ours.status == 303)
            let other = try await browser.post(
                "/theme", ["theme": "dark"], headers: ["Origin": "https://mail.example.org.evil"])
            #expect(other.status == 403)
        }
    }

    @Test func `colours are a cookie, and nobody is sent elsewhere`() async throws {
        try await SampleConsole(.empty).serve { browser in
            for (back, expected) in [
                ("/glossary?x=1", "/glossary?x=1"), ("//evil.example", "/"),
                ("/\\evil.example", "/"), ("https://evil.example", "/"), ("", "/"),
                ("/a\r\nSet-Cookie: x=1", "/"),
            ] {
                let answer = try await browser.post("/theme", ["theme": "dark", "back": back])
                #expect(answer.status == 303)
                #expect(answer["Location"] == expected, "\(back)")
            }
            #expect(try await browser.get("/glossary").text.contains("data-theme=\"dark\""))
            _ = try await browser.post("/theme", ["theme": "\"><script>"])
            #expect(try await browser.get("/glossary").text.contains("data-theme=\"system\""))
        }
    }

    private static func signIn(_ browser: Browser) async throws {
        let form = try await browser.get("/sign-in")
        let answer = try await browser.post(
            "/sign-in",
            ["form_token": form.field("form_token"), "name": "Ada", "password": password])
        #expect(answer.status == 303)
    }

    private func decoded(_ text: String) -> String? { text.removingPercentEncoding }
}
