import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The console over the demonstration, in a real browser: nothing complains, nothing scrolls
/// sideways, everything can be reached by keyboard and read, wide and narrow, light and dark.
///
/// With `SEALGATE_SCREENSHOTS=FOLDER` it leaves pictures there (scripts/screenshots).
@Suite(.serialized)
struct BrowserWalkTests {
    struct Look: CustomStringConvertible {
        var width: Int
        var isDark: Bool
        var description: String { "\(width)-\(isDark ? "dark" : "light")" }

        static let all = [390, 1_440].flatMap { width in
            [false, true].map { Look(width: width, isDark: $0) }
        }
    }

    @Test("every page works in a browser, at both widths, in both colours, by keyboard")
    func pages() throws {
        try withScratchFolder { folder in
            let console = try DemonstrationConsole(folder: folder)
            let browser = try Chromium(profile: folder + "/profile")
            try signIn(browser, console)
            try fill(browser, console)
            let pages =
                try addresses(browser, console) + zonePages(browser, console)
                + mailPages(browser, console)
            try menu(browser, console)
            for look in Look.all {
                try browser.look(width: look.width, height: 900, isDark: look.isDark)
                for (name, address) in pages {
                    try browser.open(address)
                    try check(browser, "\(name) at \(look)")
                    try keep(browser, as: "\(name)-\(look)")
                    // The order of a page is the same at every width; on the narrow one more
                    // could be out of sight.
                    if look.width == 390, !look.isDark { try checkKeyboard(browser, name) }
                    let complaints = try browser.takeComplaints()
                    #expect(complaints.isEmpty, "\(name) at \(look): \(complaints)")
                }
            }
        }
    }

    @Test("a page with faults is told from one without")
    func faults() throws {
        try withScratchFolder { folder in
            let browser = try Chromium(profile: folder + "/profile")
            try browser.look(width: 390, height: 900, isDark: false)
            let page = """
                <!DOCTYPE html><meta name="viewport" content="width=device-width">
                <h1>Wrong</h1><a href="#1">link</a> <a href="#2" tabindex="-1">unreachable</a>
                <button style="outline: none">unseen</button>
                <p style="color: gray; background: silver">faint</p>
                <div style="width: 500px">wide</div><script>console.error("no")</script>
                <h3>Deep</h3><li>alone</li><table><tr><td>1</td></tr></table><img src="data:,">
                <svg width="9" height="9"></svg><p id="two"></p><p id="two"></p>
                <div hidden><input type="radio" name="r"></div><input type="radio" name="s">
                <input type="password" aria-describedby="nobody" tabindex="2">
                <button style="padding: 0; border: 0; height: 9px; width: 9px">x</button>
                """
            try Data(page.utf8).write(to: URL(filePath: folder + "/page.html"))
            try browser.open("file://\(folder)/page.html")
            let facts = try browser.run(PageScripts.facts)
            #expect(facts["surplus"]?.number ?? 0 > 100, "\(facts.rendered)")
            let faint = try browser.run(PageScripts.faint).list
            #expect(faint.count == 1, "\(faint.map(\.rendered))")
            let faults = try browser.run(PageScripts.faults).list.compactMap(\.text)
            for rule in [
                "no language", "no title", "not one main part", "heading left out",
                "no way past the navigation", "item without list", "table without headings",
                "picture without words", "drawing without words", "nameless", "order of its own",
                "choice without a question", "no purpose", "twice the name two",
                "aria-describedby leads nowhere", "link leads nowhere", "small",
            ] {
                #expect(faults.contains { $0.hasPrefix(rule) }, "\(rule): \(faults)")
            }
            _ = try browser.run(PageScripts.watchFocus)
            for _ in 0..<10 { try browser.pressTab() }
            let found = try browser.run(PageScripts.missed)
            #expect(found["missed"]?.list.count == 1, "\(found.rendered)")
            #expect(found["unseen"]?.list.count == 1, "\(found.rendered)")
            let complaints = try browser.takeComplaints()
            #expect(complaints.count == 1, "\(complaints)")
            #expect(try browser.takeComplaints().isEmpty)
        }
    }

    private func signIn(_ browser: Chromium, _ console: DemonstrationConsole) throws {
        try browser.look(width: 1_440, height: 900, isDark: false)
        try browser.open(console.firstLink)
        try browser.run(PageScripts.account)
        try browser.submit("#first")
        #expect(try browser.run("document.querySelector('h1').textContent").text == "Your domains")
        #expect(try browser.takeComplaints().isEmpty)
    }

    /// Makes an invitation, a token and the beginning of a second step, as a person does.
    private func fill(_ browser: Chromium, _ console: DemonstrationConsole) throws {
        for (page, action, script) in [
            ("/people", "/people/invite", PageScripts.invitation),
            ("/tokens", "/tokens/make", PageScripts.token),
            ("/account", "/account/second-step/begin", "1"),
            ("/programme", "/programme/find", "1"),
        ] {
            try browser.open(console.address + page)
            try browser.run(script)
            try browser.submit("form[action=\"\(action)\"]")
            #expect(try browser.run("document.querySelector('h1').textContent").text != nil)
            try check(browser, "after \(action)")
            try keep(browser, as: "after-" + action.split(separator: "/").joined(separator: "-"))
        }
        #expect(try browser.takeComplaints().isEmpty)
    }

    /// The pages by name; links are found as a person finds them.
    private func addresses(
        _ browser: Chromium, _ console: DemonstrationConsole
    ) throws -> [(String, String)] {
        let domain = console.address + "/domains/north-oats.example"
        func link(_ selector: String, on page: String) throws -> String {
            try browser.open(page)
            let found = try browser.run("document.querySelector('\(selector)')?.href ?? ''").text
            return try #require(found.flatMap { $0.isEmpty ? nil : $0 }, "no \(selector)")
        }
        return [
            ("portfolio", console.address + "/"), ("domain", domain),
            ("sender", try link("main th a[href*=\"/senders/\"]", on: domain)),
            ("authorise", try link("main a[href*=\"/authorise\"]", on: domain)),
            ("programme", console.address + "/programme"),
            ("replay", domain + "/replay"), ("plan", domain + "/plan"),
            ("intake", console.address + "/intake"),
            (
                "quarantine",
                try link("main a[href*=\"/quarantine/\"]", on: console.address + "/intake")
            ),
            ("glossary", console.address + "/glossary"),
            ("setup", console.address + "/setup/microsoft-365"),
            ("people", console.address + "/people"),
            ("person", try link("main a[href^=\"/people/\"]", on: console.address + "/people")),
            ("tokens", console.address + "/tokens"),
            ("revoke", try link("main a[href*=\"/revoke\"]", on: console.address + "/tokens")),
            ("audit", console.address + "/audit"),
            ("alerts", console.address + "/alerts"),
            ("evidence", console.address + "/evidence"),
            ("organisations", console.address + "/organisations"),
            ("account", console.address + "/account"),
        ]
    }

    /// On a narrow screen all places lie behind one word.
    private func menu(_ browser: Chromium, _ console: DemonstrationConsole) throws {
        try browser.look(width: 390, height: 900, isDark: false)
        try browser.open(console.address + "/")
        #expect(try browser.run("document.querySelector('.places').checkVisibility()") == false)
        try browser.run("document.querySelector('.menu summary').click(); 1")
        let count = try browser.run(
            "[...document.querySelectorAll('.menu a')].filter(a => a.checkVisibility()).length")
        #expect(count == 11)
        try check(browser, "the menu")
        try keep(browser, as: "menu-390")
        try checkKeyboard(browser, "the menu")
    }

    /// The way and the changes of the bank: one change made, and one that waits.
    private func zonePages(
        _ browser: Chromium, _ console: DemonstrationConsole
    ) throws -> [(String, String)] {
        let domain = console.address + "/domains/harbour-bank.example"
        func here() throws -> String {
            let address = try browser.run("location.href").text
            return String(try #require(address).prefix { $0 != "?" })
        }
        try browser.open(domain + "/senders/service%3Amailerlite/authorise")
        try browser.click("main form[action*=\"/authorise\"] button.act")
        try browser.click("main .notice a[href^=\"/changes/\"]")
        #expect(try browser.text().contains("in force"))
        let made = try here()
        try browser.open(domain + "/plan")
        try browser.click("main form[action*=\"/plan/propose\"] button")
        #expect(try browser.text().contains("Nothing is changed yet"))
        let waiting = try here()
        try browser.open(domain + "/way")
        try browser.click("main form[action$=\"/way/propose\"] button")
        let proposal = try here()
        #expect(try browser.takeComplaints().isEmpty)
        return [
            ("bank", domain), ("way", domain + "/way"),
            ("way-far", console.address + "/domains/ledger-pay.example/way"),
            ("proposal", proposal), ("emergency", domain + "/way/emergency"),
            ("changes", console.address + "/changes"), ("change-made", made),
            ("change-waiting", waiting),
            ("replay-reject", domain + "/replay?policy=reject"),
            ("replay-quarantine", domain + "/replay?policy=quarantine&days=7"),
        ]
    }

    /// The pages of three mails, sent with the commands that the demonstration offers.
    private func mailPages(
        _ browser: Chromium, _ console: DemonstrationConsole
    ) throws -> [(String, String)] {
        let commands = console.mailCommands
        #expect(commands.count == 3)
        for command in commands { try Command.run(["sh", "-c", command]) }
        let list = console.address + "/messages"
        var found: [String] = []
        // Records are copied to the store within seconds, and a delivery takes its time.
        for _ in 0..<200 where found.count < 3 {
            try browser.open(list)
            let links = "[...document.querySelectorAll('main a[href^=\"/messages/\"]')]"
            found = try browser.run("\(links).map(a => a.href)").list.compactMap(\.text)
            found = found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
        try #require(found.count == 3, "the page shows \(found)")
        var pages = [("messages", list), ("queue", console.address + "/queue")]
        for (address, words) in [
            ("sales@supplier.example", "Delivered"), ("director@harbour-bank.example", "held"),
            ("offers@small-shop.example", "Delivered"),
        ] {
            let page = try #require(
                found.first { page in
                    try browser.open(page)
                    let text = try browser.run("document.querySelector('main').innerText").text
                    return text?.contains(address) == true
                })
            let text = try browser.run("document.querySelector('main').innerText").text ?? ""
            #expect(text.lowercased().contains(words.lowercased()), "\(address): \(text)")
            pages.append(("message-" + address.prefix { $0 != "@" }, page))
        }
        return pages
    }

    private func check(_ browser: Chromium, _ page: String) throws {
        let facts = try browser.run(PageScripts.facts)
        #expect(facts["status"]?.number == 200, "\(page)")
        #expect(facts["heading"]?.text?.isEmpty == false, "\(page) has no heading")
        #expect(facts["surplus"]?.number == 0, "\(page) scrolls sideways: \(facts.rendered)")
        let faint = try browser.run(PageScripts.faint).list
        #expect(faint.isEmpty, "\(page) has faint words: \(faint.map(\.rendered))")
        let faults = try browser.run(PageScripts.faults).list
        #expect(faults.isEmpty, "\(page) keeps people out: \(faults.map(\.rendered))")
    }

    /// Goes through the whole page with the Tab key.
    private func checkKeyboard(_ browser: Chromium, _ page: String) throws {
        let count = Int(try browser.run(PageScripts.watchFocus).number ?? 0)
        #expect(count > 8, "\(page) has next to nothing to act on")
        // Some more than there are: the page's own frame and its sections may take a turn.
        for _ in 0..<(count + 20) { try browser.pressTab() }
        let found = try browser.run(PageScripts.missed)
        let (missed, unseen) = (found["missed"]?.list ?? [], found["unseen"]?.list ?? [])
        #expect(missed.isEmpty, "\(page): not reached by Tab: \(missed.map(\.rendered))")
        #expect(unseen.isEmpty, "\(page): no sign of the focus: \(unseen.map(\.rendered))")
    }

    private func keep(_ browser: Chromium, as name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["SEALGATE_SCREENSHOTS"],
            !folder.isEmpty
        else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try browser.screenshot().write(to: URL(filePath: "\(folder)/\(name).png"))
    }
}
