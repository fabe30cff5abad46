import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Signing in at a provider of identities in a real browser: its rules about cookies and about
/// where forms lead hold, between two sites.
@Suite(.serialized)
struct ProviderWalkTests {
    @Test("an account is linked, and its person signs in at the provider, without a script")
    func walk() async throws {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let person = """
            {"sub": "248289761001", "name": "Jane Doe", "email": "jane@example.com",
             "email_verified": true}
            """
        try Data(person.utf8).write(to: URL(filePath: folder + "/person.json"))
        try Data("s3cret-of_letters\n".utf8).write(to: URL(filePath: folder + "/secret"))
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path()
        // Another site than 127.0.0.1, in the eyes of a browser.
        let provider = try await PythonServer(
            script + "/OpenIDConnectTests/Peers/provider.py",
            [folder + "/person.json", "sealgate", "s3cret-of_letters", "ES256", "localhost"],
            log: folder + "/provider.log")
        let issuer = "http://localhost:\(provider.port)"
        try look(folder, issuer)
        withExtendedLifetime(provider) {}
    }

    private func look(_ folder: String, _ issuer: String) throws {
        let console = try RunningConsole(
            [
                "--data", folder + "/data", "--resolver", "none", "--sign-in-issuer", issuer,
                "--sign-in-client-id", "sealgate", "--sign-in-client-secret", folder + "/secret",
                "--sign-in-domain", "example.com", "--sign-in-button", "Example Login",
            ], folder: folder)
        let browser = try Chromium(profile: folder + "/profile")
        try browser.look(width: 1_280, height: 900, isDark: false)
        try browser.open(console.firstLink)
        try browser.run(PageScripts.account)
        try browser.submit("#first")
        try browser.open(console.address + "/account")
        try keep(browser, "provider-account")
        try browser.run(
            "document.querySelector('#link-password').value = 'four unrelated words here'; 1")
        try browser.submit("form[action=\"/account/provider/link\"]")
        // A page of ours goes on by itself, the provider sends the browser back.
        try wait(browser, for: "/account?linked=1")
        try keep(browser, "provider-linked")
        #expect(try main(browser).contains("From now on you can sign in with Example Login too"))
        for (address, name) in [("/people", "provider-people"), ("/people/1", "provider-person")] {
            try browser.open(console.address + address)
            try keep(browser, name)
        }

        try browser.submit("form[action=\"/sign-out\"]")
        try browser.open(console.address + "/sign-in?next=/programme")
        for width in [390, 1_280] {
            try browser.look(width: width, height: 900, isDark: width == 390)
            try keep(browser, "provider-sign-in-\(width)")
        }
        try browser.waitForPage {
            try browser.run("document.querySelector('a[href^=\"/sign-in/provider\"]').click(); 1")
        }
        try wait(browser, for: "/programme")
        #expect(try browser.run("document.querySelector('h1').textContent").text == "Programme")

        // An invitation, and what stands there when somebody comes back a second time.
        let invited = try Program.run([
            "people", "invite", "--data", folder + "/data", "--role", "auditor", "Jane",
        ])
        let path = try #require(invited.output.firstRange(of: "/join?token="))
        try browser.submit("form[action=\"/sign-out\"]")
        try browser.open(console.address + invited.output[path.lowerBound...].prefix { $0 != "\n" })
        try keep(browser, "provider-join")
        try browser.look(width: 390, height: 900, isDark: false)
        try keep(browser, "provider-join-390")
        try browser.submit("form[action=\"/join/provider\"]")
        try wait(browser, for: "/sign-in/provider/back")
        #expect(try main(browser).contains("You have an account here already"))
        try keep(browser, "provider-refused-390")
        let reset = try Program.run(["people", "reset", "--data", folder + "/data", "someone"])
        let link = try #require(reset.output.firstRange(of: "/reset?token="))
        try browser.open(console.address + reset.output[link.lowerBound...].prefix { $0 != "\n" })
        try keep(browser, "reset-390")
        try browser.look(width: 1_280, height: 900, isDark: true)
        try keep(browser, "reset-1280-dark")
        #expect(try main(browser).contains("Choose a new password for"))
    }

    private func main(_ browser: Chromium) throws -> String {
        try browser.run("document.querySelector('main').innerText").text ?? ""
    }

    /// Waits until the browser has come to a page; how many it passes is its own affair.
    private func wait(_ browser: Chromium, for address: String) throws {
        for _ in 0..<600 {
            let place = try? browser.run(
                "document.readyState + location.pathname + location.search"
            ).text
            if let place, place.hasPrefix("complete" + address) { return }
            usleep(100_000)
        }
        let place = try browser.run("location.href").text ?? ""
        Issue.record("\(address) did not come: \(place)")
    }

    private func keep(_ browser: Chromium, _ name: String) throws {
        let facts = try browser.run(PageScripts.facts)
        #expect(facts["surplus"]?.number == 0, "\(name) scrolls sideways")
        #expect(try browser.run(PageScripts.faint).list.isEmpty, "\(name) has faint words")
        guard let folder = ProcessInfo.processInfo.environment["SEALGATE_SCREENSHOTS"],
            !folder.isEmpty
        else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try browser.screenshot().write(to: URL(filePath: "\(folder)/\(name).png"))
    }
}
