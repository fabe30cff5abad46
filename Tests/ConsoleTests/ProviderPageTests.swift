import Console
import Foundation
import Identities
import OpenIDConnect
import Storage
import TestSupport
import Testing

/// Signing in at a provider of identities, as a person does it, and as somebody who lies does.
@Suite struct ProviderPageTests {
    private static let password = SampleConsole.password

    /// Goes to the provider and comes back.
    private static func visit(
        _ browser: Browser, _ tenants: Tenants, subject: String, next: String = "/people",
        email: String = "jane@example.com", isVerified: Bool = true
    ) async throws -> Browser.Answer {
        let there = try await browser.get("/sign-in/provider?next=\(next)")
        let location = try #require(there["Location"])
        return try await browser.get(
            tenants.provider.approve(
                location, subject: subject, email: email, isVerified: isVerified))
    }

    /// Joins an identity to an account, with what its form asks for.
    private static func link(
        _ browser: Browser, _ form: String, _ tenants: Tenants, subject: String,
        password: String = password, code: String = ""
    ) async throws -> Browser.Answer {
        let page = try await browser.post(
            "/account/provider/link",
            ["form_token": form, "password": password, "code": code])
        guard page.status == 200 else { return page }
        return try await browser.get(
            tenants.provider.approve(address(page), subject: subject))
    }

    /// Where a page leads that goes on by itself.
    private static func address(_ page: Browser.Answer) -> String {
        guard let start = page.text.firstRange(of: "content=\"0; url=") else { return "" }
        return String(page.text[start.upperBound...].prefix { $0 != "\"" })
            .replacing("&amp;", with: "&")
    }

    @Test func `nobody gets in whom no account knows, and an account is linked by its person`()
        async throws
    {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let guest = Browser(port: port)
            #expect(
                try await guest.get("/sign-in").text.contains("Sign in with Example Login"))
            let unknown = try await Self.visit(guest, tenants, subject: "248289761001")
            #expect(unknown.status == 403)
            #expect(unknown.text.contains("nobody here said yet who you are"))
            #expect(try await guest.get("/people").status == 303)

            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            #expect(try await browser.get("/account").text.contains("Link my account"))
            let wrong = try await Self.link(
                browser, form, tenants, subject: "248289761001", password: "wrong")
            #expect(wrong.status == 422)
            let linked = try await Self.link(browser, form, tenants, subject: "248289761001")
            #expect(linked["Location"] == "/account?linked=1")
            let account = try await browser.get("/account?linked=1").text
            #expect(account.contains("From now on you can sign in with Example Login too"))

            let done = try await Self.visit(guest, tenants, subject: "248289761001")
            #expect(done["Location"] == "/people")
            let people = try await guest.get("/people").text
            #expect(people.contains("provider or password"))
            // Another subject of the same provider, with the same address, is somebody else.
            let other = Browser(port: port)
            #expect(try await Self.visit(other, tenants, subject: "2").status == 403)
            // One identity for an account, one account for an identity.
            let again = try await Self.link(browser, form, tenants, subject: "2")
            #expect(again.status == 422)
            let ben = try await tenants.person("Ben", Standing(.auditor))
            let (second, _, secondForm) = try await tenants.browser(ben, port: port)
            let taken = try await Self.link(second, secondForm, tenants, subject: "248289761001")
            #expect(taken.status == 422)

            _ = try await browser.post("/account/provider/unlink", ["form_token": form])
            #expect(
                try await Self.visit(other, tenants, subject: "248289761001").status == 403)
            let log = try await browser.get("/audit?what=account.provider").text
            #expect(log.contains("248289761001"))
        }
    }

    @Test func `an invitation is accepted, gives its role and no other, and works once`()
        async throws
    {
        let tenants = try await Tenants()
        let token = try await tenants.accounts.people(of: .first).invite(
            "Jane", as: Standing(.auditor), by: AuditActor(tenants.owner), now: tenants.clock.now)
        try await tenants.serve { port in
            let guest = Browser(port: port)
            let page = try await guest.get("/join?token=\(token.text)")
            #expect(page.text.contains("Join with Example Login"))
            func leave(_ browser: Browser, _ form: String) async throws -> Browser.Answer {
                try await browser.post(
                    "/join/provider", ["form_token": form, "token": token.text])
            }
            let off = try await leave(guest, page.field("form_token"))
            #expect(off.status == 200)
            let address = Self.address(off)
            #expect(address.hasPrefix(SampleProvider.issuer + "/authorize?"))
            // Neither invitation nor secrets of the trip go along.
            #expect(!address.contains(token.text))
            #expect(!address.contains(guest.cookies["sealgate_trip"] ?? "none"))
            // A second one is under way with the same invitation.
            let late = Browser(port: port)
            let latePage = try await late.get("/join?token=\(token.text)")
            let lateOff = try await leave(late, latePage.field("form_token"))

            let joined = try await guest.get(tenants.provider.approve(address, subject: "7"))
            #expect(joined["Location"] == "/")
            #expect(try await guest.get("/people").text.contains("Jane Doe"))
            #expect(try await guest.get("/people/1").status == 403)
            let second = try await late.get(
                tenants.provider.approve(Self.address(lateOff), subject: "8"))
            #expect(second.status == 422)
            #expect(second.text.contains("used already"))
            #expect(
                try await leave(late, latePage.field("form_token")).status == 422)

            // Whoever has no password keeps the provider, and gets in with it alone.
            let jane = try #require(
                try await tenants.accounts.people(of: .first).member(named: "jane doe"))
            #expect(!jane.hasPassword && jane.hasProvider)
            let session = try #require(
                guest.cookies["sealgate_session"].flatMap { SecretToken($0) })
            let form = session.derived(for: "sealgate form")
            let kept = try await guest.post("/account/provider/unlink", ["form_token": form])
            #expect(kept.status == 422)
            let own = try await guest.get("/account").text
            #expect(!own.contains("Change your password"))
            for password in ["", Self.password] {
                let answer = try await late.post(
                    "/sign-in",
                    [
                        "form_token": latePage.field("form_token"), "name": "Jane Doe",
                        "password": password,
                    ])
                #expect(answer.status == 401)
            }
            // The name is somebody's by now: the next Jane gets another.
            let next = try await tenants.accounts.people(of: .first).invite(
                "Jane", as: Standing(.auditor), by: AuditActor(tenants.owner),
                now: tenants.clock.now)
            let third = Browser(port: port)
            let thirdPage = try await third.get("/join?token=\(next.text)")
            let thirdOff = try await third.post(
                "/join/provider",
                ["form_token": thirdPage.field("form_token"), "token": next.text])
            _ = try await third.get(
                tenants.provider.approve(Self.address(thirdOff), subject: "9"))
            #expect(try await third.get("/people").text.contains("Jane Doe 2"))
        }
    }

    @Test(arguments: SampleProvider.Lie.allCases)
    func `a provider that lies signs nobody in`(_ lie: SampleProvider.Lie) async throws {
        let tenants = try await Tenants()
        try await tenants.accounts.providers.link(
            ProviderIdentity(issuer: SampleProvider.issuer, subject: "1"), to: tenants.owner,
            in: .first, now: tenants.clock.now)
        try await tenants.serve { port in
            let browser = Browser(port: port)
            tenants.provider.tell(lie)
            let answer = try await Self.visit(browser, tenants, subject: "1")
            #expect(answer.status == 403, "\(lie)")
            #expect(browser.cookies["sealgate_session"] == nil)
            #expect(!answer.text.contains("evil.example"))
            tenants.provider.tell(nil)
            #expect(try await Self.visit(browser, tenants, subject: "1").status == 303)
        }
    }

    @Test func `an answer counts once, in the browser that asked, for ten minutes`() async throws {
        let tenants = try await Tenants()
        try await tenants.accounts.providers.link(
            ProviderIdentity(issuer: SampleProvider.issuer, subject: "1"), to: tenants.owner,
            in: .first, now: tenants.clock.now)
        try await tenants.serve { port in
            let browser = Browser(port: port)
            func leave() async throws -> String {
                try #require(try await browser.get("/sign-in/provider")["Location"])
            }
            let back = tenants.provider.approve(try await leave(), subject: "1")
            let trip = try #require(browser.cookies["sealgate_trip"])
            // Somebody else opens the address, without and with a trip of their own.
            let thief = Browser(port: port)
            #expect(try await thief.get(back).status == 400)
            _ = try await thief.get("/sign-in/provider")
            #expect(try await thief.get(back).status == 400)
            #expect(tenants.provider.exchanges == 0)
            #expect(try await browser.get(back).status == 303)
            // Again, with the cookie put back: the state was used, and the code is not even shown.
            browser.cookies["sealgate_session"] = nil
            browser.cookies["sealgate_trip"] = trip
            let replay = try await browser.get(back)
            #expect(replay.status == 400)
            #expect(tenants.provider.exchanges == 1)
            #expect(browser.cookies["sealgate_session"] == nil)

            // A used code under a new state is refused by the provider, and told.
            let code = SampleProvider.query(back)["code"] ?? ""
            let state = SampleProvider.query(try await leave())["state"] ?? ""
            let used = try await browser.get("/sign-in/provider/back?code=\(code)&state=\(state)")
            #expect(used.status == 403)
            #expect(used.text.contains("did not take its own code"))

            let late = tenants.provider.approve(try await leave(), subject: "1")
            tenants.clock.advance(by: ProviderStore.Limits.visit)
            #expect(try await browser.get(late).status == 400)
            for path in [
                "/sign-in/provider/back", "/sign-in/provider/back?state=x&code=y",
                "/sign-in/provider/back?error=x",
            ] {
                #expect(try await browser.get(path).status == 400, "\(path)")
            }
            let refused = SampleProvider.query(try await leave())["state"] ?? ""
            let denied = try await browser.get(
                "/sign-in/provider/back?error=%3Cscript%3E&state=\(refused)")
            #expect(denied.status == 403)
            #expect(!denied.text.contains("script>"))
            let wrong = SampleProvider.query(try await leave())["state"] ?? ""
            let foreign = try await browser.get(
                "/sign-in/provider/back?code=x&state=\(wrong)&iss=https://evil.example")
            #expect(foreign.status == 403)
            // It leads on inside the console only.
            let elsewhere = try await Self.visit(
                browser, tenants, subject: "1", next: "//evil.example")
            #expect(elsewhere["Location"] == "/")
        }
    }

    @Test func `a second step is asked for all the same, and a link ends with its session`()
        async throws
    {
        let tenants = try await Tenants()
        let steps = tenants.accounts.secondStep
        try await steps.begin(tenants.owner.id)
        guard case .begun(let secret) = try await steps.state(of: tenants.owner.id) else { return }
        let device = OneTimeCode(secret: secret)
        @Sendable func code() -> String {
            tenants.clock.advance(by: 60)
            return device.code(at: OneTimeCode.step(at: tenants.clock.now))
        }
        _ = try await steps.confirm(
            tenants.owner, code: code(), in: .first, now: tenants.clock.now)
        try await tenants.serve { port in
            let (browser, session, form) = try await tenants.browser(tenants.owner, port: port)
            let without = try await Self.link(browser, form, tenants, subject: "1", code: "123")
            #expect(without.status == 422)
            // Signed out in between: nobody is there any more to whom it could be joined.
            let off = try await browser.post(
                "/account/provider/link",
                ["form_token": form, "password": Self.password, "code": code()])
            try await tenants.accounts.closeSession(session)
            let gone = try await browser.get(
                tenants.provider.approve(Self.address(off), subject: "1"))
            #expect(gone.status == 403)
            let (next, _, nextForm) = try await tenants.browser(tenants.owner, port: port)
            let linked = try await Self.link(next, nextForm, tenants, subject: "1", code: code())
            #expect(linked.status == 303)

            let guest = Browser(port: port)
            let asked = try await Self.visit(guest, tenants, subject: "1")
            #expect(asked.status == 200)
            #expect(guest.cookies["sealgate_session"] == nil)
            // The form of this page carries what the cookie of the visit confirms.
            let done = try await guest.post(
                "/sign-in/code",
                [
                    "form_token": asked.field("form_token"), "step": asked.field("step"),
                    "next": asked.field("next"), "code": code(),
                ])
            #expect(done["Location"] == "/people")
        }
    }

    @Test func `only verified addresses of the domains that were named get in`() async throws {
        let tenants = try await Tenants()
        try await tenants.accounts.providers.link(
            ProviderIdentity(issuer: SampleProvider.issuer, subject: "1"), to: tenants.owner,
            in: .first, now: tenants.clock.now)
        let domain = try #require(DomainName("example.com"))
        try await Tenants.serve(try tenants.services(providerDomains: [domain])) { port in
            let browser = Browser(port: port)
            for (email, isVerified, status) in [
                ("jane@example.com", true, 303), ("jane@EXAMPLE.com", true, 303),
                ("jane@example.com", false, 403), ("jane@sub.example.com", true, 403),
                ("jane@example.com.evil.example", true, 403), ("x", true, 403), ("", true, 403),
            ] {
                let answer = try await Self.visit(
                    browser, tenants, subject: "1", email: email, isVerified: isVerified)
                #expect(answer.status == status, "\(email) \(isVerified)")
            }
            tenants.provider.goDown(true)
            // What was fetched before is still known; the exchange finds nobody.
            let down = try await Self.visit(browser, tenants, subject: "1")
            #expect(down.status == 503)
        }
    }

    @Test(arguments: ["RS256", "ES256"])
    func `a person signs in at a real provider in another process`(_ algorithm: String)
        async throws
    {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func person(_ subject: String) throws {
            let text = """
                {"sub": "\(subject)", "name": "Jane Doe", "email": "jane@example.com",
                 "email_verified": true}
                """
            try Data(text.utf8).write(to: URL(filePath: folder + "/person.json"))
        }
        try person("248289761001")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "OpenIDConnectTests/Peers/provider.py").path
        let server = try await PythonServer(
            script, [folder + "/person.json", "sealgate", "s3cret-of_letters", algorithm],
            log: folder + "/provider.log")
        let issuer = try #require(ProviderAddress("http://127.0.0.1:\(server.port)"))
        let tenants = try await Tenants()
        // Its clock is the machine's.
        tenants.clock.advance(by: Int64(Date().timeIntervalSince1970) - tenants.clock.now)
        let services = try tenants.services(
            provider: ProviderServices(
                provider: Provider(
                    options: ProviderOptions(
                        issuer: issuer, clientID: "sealgate", clientSecret: "s3cret-of_letters"),
                    web: HTTPProviderWeb()), name: "Real Login",
                domains: [try #require(DomainName("example.com"))]))
        let token = try await tenants.accounts.people(of: .first).invite(
            "Jane", as: Standing(.auditor), by: AuditActor(tenants.owner), now: tenants.clock.now)
        let elsewhere = Browser(port: server.port)
        @Sendable func approve(_ address: String) async throws -> String {
            let path = String(address.dropFirst(issuer.text.count))
            let answer = try await elsewhere.get(path)
            let back = try #require(answer["Location"], "\(answer.text)")
            let parts = try #require(URLComponents(string: back))
            return parts.path + "?" + (parts.percentEncodedQuery ?? "")
        }
        try await Tenants.serve(services) { port in
            let guest = Browser(port: port)
            let page = try await guest.get("/join?token=\(token.text)")
            let off = try await guest.post(
                "/join/provider",
                ["form_token": page.field("form_token"), "token": token.text])
            let joined = try await guest.get(try await approve(Self.address(off)))
            #expect(joined["Location"] == "/", "\(joined.text)")
            #expect(try await guest.get("/people").text.contains("Jane Doe"))

            let later = Browser(port: port)
            let there = try #require(
                try await later.get("/sign-in/provider?next=/people")["Location"])
            let back = try await approve(there)
            #expect(try await later.get(back)["Location"] == "/people")
            #expect(try await later.get("/people").status == 200)
        }
        // Somebody else there is nobody here.
        try person("2")
        try await Tenants.serve(services) { port in
            let guest = Browser(port: port)
            let there = try #require(try await guest.get("/sign-in/provider")["Location"])
            #expect(try await guest.get(try await approve(there)).status == 403)
        }
        withExtendedLifetime(server) {}
    }
}
