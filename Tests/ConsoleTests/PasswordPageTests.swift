import Console
import Storage
import Testing

/// A new password, as a person chooses it on the pages.
@Suite struct PasswordPageTests {
    private static let password = SampleConsole.password
    private static let next = "five entirely other words"

    @Test func `a password is changed by who knows it, and guessing it is slowed down`()
        async throws
    {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let elsewhere = try await tenants.browser(tenants.owner, port: port).browser
            #expect(try await browser.get("/account").text.contains("Change your password"))
            func change(
                _ old: String, _ new: String, _ repeated: String
            ) async throws -> Browser.Answer {
                try await browser.post(
                    "/account/password",
                    ["form_token": form, "old": old, "new": new, "repeated": repeated])
            }
            for (old, new, repeated, words) in [
                (Self.password, Self.next, "x", "differ"), ("x", Self.next, Self.next, "another"),
                (Self.password, "short", "short", "too short"),
                (Self.password, Self.password, Self.password, "is the old one"),
            ] {
                let answer = try await change(old, new, repeated)
                #expect(answer.status == 422)
                #expect(answer.text.contains(words), "\(words)")
            }
            let done = try await change(Self.password, Self.next, Self.next)
            #expect(done["Location"] == "/account?changed=1")
            #expect(try await browser.get("/account?changed=1").text.contains("is changed"))
            #expect(try await elsewhere.get("/").status == 303)
            var statuses: [Int] = []
            for _ in 0...Limits.failedSignIns {
                statuses.append(try await change("wrong", Self.password, Self.password).status)
            }
            #expect(statuses.last == 429)
        }
    }

    @Test func `an owner makes a link, and the person alone chooses a password with it, once`()
        async throws
    {
        let tenants = try await Tenants()
        let ben = try await tenants.person("Ben", Standing(.auditor))
        let cleo = try await tenants.person("Cleo", Standing(.auditor))
        try await tenants.serve { port in
            let (owner, _, form) = try await tenants.browser(tenants.owner, port: port)
            let address = "/people/\(ben.id)/password-link"
            #expect(try await owner.get("/people/\(ben.id)").text.contains("A new password"))
            let made = try await owner.post(address, ["form_token": form])
            let start = try #require(made.text.firstRange(of: "/reset?token="))
            let token = String(made.text[start.upperBound...].prefix(64))
            #expect(!(try await owner.get("/people/\(ben.id)")).text.contains(token))
            let (auditor, _, otherForm) = try await tenants.browser(cleo, port: port)
            #expect(try await auditor.post(address, ["form_token": otherForm]).status == 403)

            // Somebody else who is signed in is told, and changes nothing.
            let wrong = try await auditor.get("/reset?token=\(token)")
            #expect(wrong.status == 403)
            #expect(wrong.text.contains("Not for you"))
            var fields = [
                "form_token": otherForm, "token": token, "password": Self.next,
                "repeated": Self.next,
            ]
            #expect(try await auditor.post("/reset", fields).status == 403)

            let guest = Browser(port: port)
            let page = try await guest.get("/reset?token=\(token)")
            #expect(page.status == 200)
            #expect(page.text.contains("Ben"))
            fields["form_token"] = page.field("form_token")
            fields["repeated"] = "x"
            #expect(try await guest.post("/reset", fields).text.contains("differ"))
            fields["password"] = "short"
            fields["repeated"] = "short"
            #expect(try await guest.post("/reset", fields).text.contains("too short"))
            fields["password"] = Self.next
            fields["repeated"] = Self.next
            let done = try await guest.post("/reset", fields)
            #expect(done["Location"] == "/sign-in?reset=1")
            #expect(try await guest.get("/sign-in?reset=1").text.contains("Sign in with it"))
            let signIn = try await guest.post(
                "/sign-in",
                [
                    "form_token": fields["form_token"] ?? "", "name": "Ben", "password": Self.next,
                ])
            #expect(signIn.status == 303)

            for answer in [
                try await guest.get("/reset?token=\(token)"),
                try await Browser(port: port).get("/reset?token=\(token)"),
            ] {
                #expect(answer.status == 404)
                #expect(answer.text.contains("used already"))
            }
            #expect(try await Browser(port: port).get("/reset?token=zzz").status == 404)
            let log = try await owner.get("/audit?what=account.").text
            for words in [
                "made a link for a new password", "chose a new password with a link",
                "tried a used link",
            ] {
                #expect(log.contains(words), "\(words)")
            }
            let second = try await owner.post(address, ["form_token": form])
            let late = try #require(second.text.firstRange(of: "/reset?token="))
            let expired = String(second.text[late.upperBound...].prefix(64))
            tenants.clock.advance(by: AccountLimits.link)
            let over = try await Browser(port: port).get("/reset?token=\(expired)")
            #expect(over.status == 404)
            #expect(over.text.contains("It worked until"))
        }
    }

    @Test func `a name too long for a camera is set up by typing`() async throws {
        let tenants = try await Tenants()
        // Each is four octets of UTF-8, and each octet three characters of the address.
        let person = try await tenants.person(
            String(repeating: "😀", count: AccountLimits.nameCharacters), Standing(.auditor))
        try await tenants.serve { port in
            for (account, hasPicture) in [(tenants.owner, true), (person, false)] {
                let (browser, _, form) = try await tenants.browser(account, port: port)
                _ = try await browser.post("/account/second-step/begin", ["form_token": form])
                let page = try await browser.get("/account").text
                #expect(page.contains("class=\"qr\"") == hasPicture)
                #expect(page.contains("otpauth://totp/Sealgate:"))
                #expect(!page.contains(" style="))
            }
        }
    }
}
