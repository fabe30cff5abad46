import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The bank's story, as somebody lives it in the demonstration: in a real browser, with a real
/// primary server that answers for its domain.
@Suite(.serialized)
struct BankWalkTests {
    private static let bank = "harbour-bank.example"

    /// The services that wait for a decision, with what the zone then holds.
    private static let services:
        [(name: String, key: String, records: [(String, String, String)])] =
            [
                (
                    "Zendesk", "service%3Azendesk",
                    [
                        ("zendesk1._domainkey", "CNAME", "zendesk1._domainkey.zendesk.com."),
                        ("zendesk2._domainkey", "CNAME", "zendesk2._domainkey.zendesk.com."),
                    ]
                ),
                (
                    "Mailchimp", "service%3Amailchimp",
                    [
                        ("k2._domainkey", "CNAME", "dkim2.mcsv.net."),
                        ("k3._domainkey", "CNAME", "dkim3.mcsv.net."),
                    ]
                ),
                (
                    "MailerLite", "service%3Amailerlite",
                    [("litesrv._domainkey", "CNAME", "litesrv._domainkey.mlsend.com.")]
                ),
            ]

    @Test("the bank sees the attack, authorises three senders, rejects the rest and can prove it")
    func story() throws {
        try withScratchFolder { folder in
            let console = try DemonstrationConsole(folder: folder)
            #expect(console.primaryPort > 0)
            let browser = try Chromium(profile: folder + "/profile")
            try browser.look(width: 1_440, height: 900, isDark: false)
            try browser.open(console.firstLink)
            try browser.run(PageScripts.account)
            try browser.submit("#first")

            try attack(browser)
            try authorise(browser, console)
            try replay(browser)
            try publish(browser, console)
            try followingDays(browser)
            try alerts(browser)
            try evidence(browser, folder)
            #expect(try browser.takeComplaints().isEmpty)
        }
    }

    /// The first page shows whose name is abused, and its page by whom and how much.
    private func attack(_ browser: Chromium) throws {
        try browser.click("main a[href^=\"/domains/\(Self.bank)\"]")
        let text = try browser.text()
        let share = Self.share(before: "forged", in: text)
        // It depends a little on where in the week the month ends.
        #expect((82..<86).contains(share), "\(share): \(text.prefix(600))")
        #expect(text.contains("3\u{A0}senders"), "\(text.prefix(600))")
        #expect(text.contains("Receivers let all of it through"), "\(text.prefix(600))")
        for service in Self.services { #expect(text.contains(service.name), "\(service.name)") }
        try keep(browser, "1-attack")
    }

    /// Three clicks, each behind its exact difference; the primary server then holds the keys.
    private func authorise(_ browser: Chromium, _ console: DemonstrationConsole) throws {
        let port = console.primaryPort
        for (index, service) in Self.services.enumerated() {
            for (name, type, _) in service.records {
                let before = try DNSPython.records("\(name).\(Self.bank)", type, port: port)
                #expect(before.isEmpty, "\(name): \(before)")
            }
            try browser.click("main a[href*=\"\(service.key)/authorise\"]")
            let shown = try browser.text()
            for (name, _, value) in service.records {
                #expect(shown.contains("\(name).\(Self.bank)"), "\(name): \(shown)")
                #expect(shown.contains(value), "\(value): \(shown)")
            }
            if index == 0 { try keep(browser, "2-authorise") }
            try browser.click("main form[action*=\"/authorise\"] button.act")
            let done = try browser.text()
            #expect(done.contains("\(service.name) is authorised"), "\(done.prefix(600))")
            #expect(done.contains("The change of the DNS was made"), "\(done.prefix(600))")
            for (name, type, value) in service.records {
                #expect(
                    try DNSPython.records("\(name).\(Self.bank)", type, port: port) == [value])
            }
        }
        let spf = try DNSPython.records(Self.bank, "TXT", port: port)
        #expect(spf.contains { $0.contains("include:mail.zendesk.com") }, "\(spf)")
        try keep(browser, "3-authorised")
    }

    /// What reject would have done in the days before: nearly a million forged messages refused.
    private func replay(_ browser: Chromium) throws {
        try browser.click("main nav a[href*=\"/replay\"]")
        try browser.click("main .slider nav a[href*=\"policy=reject\"]")
        let text = try browser.text()
        #expect(text.contains("forged"), "\(text.prefix(900))")
        #expect(text.contains("refuse"), "\(text.prefix(900))")
        #expect(text.contains("You have authorised all of these senders"), "\(text)")
        try keep(browser, "4-replay")
    }

    /// Proposed with its risk, approved with the domain's name, and answered by the primary.
    private func publish(_ browser: Chromium, _ console: DemonstrationConsole) throws {
        func policy() throws -> [String] {
            try DNSPython.records("_dmarc.\(Self.bank)", "TXT", port: console.primaryPort)
        }
        #expect(try policy() == ["\"v=DMARC1; p=none; rua=mailto:dmarc@\(Self.bank)\""])
        try browser.click("main nav a[href*=\"/way\"]")
        try keep(browser, "5-way")
        try browser.run("document.querySelector('#step').value = 'reject'; 1")
        try browser.click("main form[action$=\"/way/propose\"] button")
        #expect(try browser.text().contains("Nothing is changed yet"))
        try keep(browser, "6-proposal")
        try browser.run("document.querySelector('#typed').value = '\(Self.bank)'; 1")
        try browser.click("main form[action$=\"/approve\"] button")
        let made = try browser.text()
        #expect(made.contains("was approved"), "\(made.prefix(600))")
        #expect(try policy() == ["\"v=DMARC1; p=reject; rua=mailto:dmarc@\(Self.bank)\""])
        try browser.click("main a[href^=\"/changes/\"]")
        #expect(try browser.text().contains("in force"))
        try keep(browser, "7-change")
    }

    /// Twice seven days: what is forged is refused in the first, and its senders give up in the
    /// second; the three services prove themselves.
    private func followingDays(_ browser: Chromium) throws {
        try letDaysPass(browser)
        try browser.click("header a[href=\"/\"]")
        try browser.click("main a[href^=\"/domains/\(Self.bank)\"]")
        try browser.click("main .window a[href*=\"days=7\"]")
        let text = try browser.text()
        #expect(text.contains("p=reject"), "\(text)")
        #expect(text.contains("Receivers refused all"), "\(text.prefix(900))")
        for service in Self.services {
            #expect(text.contains(service.name), "\(service.name): \(text)")
        }
        #expect(!text.contains("need a decision"), "\(text.prefix(900))")
        try keep(browser, "8-first-week")
        try letDaysPass(browser)
        try keep(browser, "9-second-week")
    }

    private func letDaysPass(_ browser: Chromium) throws {
        func bar() throws -> String {
            try browser.run("document.querySelector('.demo').innerText").text ?? ""
        }
        let before = try bar()
        try browser.click(".demo button")
        let after = try bar()
        #expect(after != before && after.contains("ahead of your calendar"), "\(after)")
    }

    /// The wave is told and, once it is over, ended; nothing was changed by anybody else.
    private func alerts(_ browser: Chromium) throws {
        try browser.click(".places a[href=\"/alerts\"]")
        let text = try browser.text()
        try keep(browser, "11-alerts")
        for words in ["outside", "stopped sending", "does not pass"] {
            #expect(!text.contains(words), "\(words): \(text)")
        }
    }

    /// The pack says before and after, and so do the letters in its PDF.
    private func evidence(_ browser: Chromium, _ folder: String) throws {
        try browser.click(".demo a[href^=\"/evidence?\"]")
        try browser.run("document.querySelector('#domains').value = '\(Self.bank)'; 1")
        try browser.click("main form[action=\"/evidence\"] button")
        try keep(browser, "10-evidence")
        let path = try browser.download(
            "main a[href*=\"/evidence/file/pdf\"]", to: folder + "/downloads")
        try Command.run(
            [
                "pdftotext", "-layout", "-enc", "UTF-8", path, folder + "/evidence.txt",
            ])
        let text = try String(contentsOfFile: folder + "/evidence.txt", encoding: .utf8)
        if let place = Self.pictures {
            try Data(contentsOf: URL(filePath: path)).write(
                to: URL(filePath: place + "/bank-evidence.pdf"))
        }
        for words in [
            "before: 8", "before: 0 of 1", "1 of 1", "before: 0 %", "p=none", "p=reject",
            "Zendesk", "Mailchimp", "MailerLite",
        ] {
            #expect(text.contains(words), "\(words): \(text)")
        }
        let sentence = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let now = Self.share(before: "of the mail sent in the name", in: sentence)
        #expect((0..<10).contains(now), "\(sentence.prefix(900))")
        let against = sentence.firstRange(of: "unauthorised, against ")?.upperBound
        let before = against.flatMap { Double(sentence[$0...].prefix { $0 != " " }) } ?? -1
        #expect((82..<86).contains(before), "\(sentence.prefix(900))")
        #expect(sentence.contains("refused or put aside 100 % of it"), "\(sentence.prefix(900))")
    }

    // MARK: Words and pictures

    /// The last number of percent before a word.
    private static func share(before word: String, in text: String) -> Double {
        guard let end = text.firstRange(of: word)?.lowerBound,
            let sign = text[..<end].lastIndex(of: "%")
        else { return -1 }
        let head = text[..<sign].reversed().drop { $0.isWhitespace }
        let digits = head.prefix { $0.isNumber || $0 == "." }
        return Double(String(digits.reversed())) ?? -1
    }

    private static var pictures: String? {
        ProcessInfo.processInfo.environment["SEALGATE_SCREENSHOTS"].flatMap {
            $0.isEmpty ? nil : $0
        }
    }

    private func keep(_ browser: Chromium, _ name: String) throws {
        guard let place = Self.pictures else { return }
        for width in [390, 1_280] {
            try browser.look(width: width, height: 900, isDark: false)
            try browser.screenshot().write(
                to: URL(filePath: "\(place)/bank-\(name)-\(width).png"))
        }
        try browser.look(width: 1_440, height: 900, isDark: false)
    }
}
