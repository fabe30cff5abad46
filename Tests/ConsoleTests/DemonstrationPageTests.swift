import Console
import MailReports
import Storage
import Testing

/// The bar over a demonstration's pages.
@Suite struct DemonstrationPageTests {
    static let week = DemonstrationServices.Week(
        first: UTCDay(number: 20_000), last: UTCDay(number: 20_006), reports: 330,
        messages: 407_303)

    static func demonstration(
        missing: String? = nil, _ letPass: @escaping @Sendable () -> DemonstrationServices.Week?
    ) -> DemonstrationServices {
        DemonstrationServices(
            state: {
                DemonstrationServices.State(
                    today: UTCDay(number: 20_007), daysAhead: 7, lastWeek: week)
            }, missing: missing, letPass: { letPass() })
    }

    @Test func `it tells the day, the last week and where the evidence is`() async throws {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let page = try await browser.get("/")
            for words in [
                "<strong>Demonstration</strong>", "11\u{A0}Oct\u{A0}2024", "7\u{A0}days ahead",
                "330\u{A0}reports", "4\u{A0}Oct to 10\u{A0}Oct",
                "from=2024-10-04&amp;to=2024-10-10&amp;before=2024-09-04&amp;beforeto=2024-10-03",
                "Let seven days pass",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            let passed = try await browser.post(
                "/demonstration/days", ["form_token": form, "back": "/audit"])
            #expect(passed.status == 303)
            #expect(passed["Location"] == "/audit")
            let elsewhere = try await browser.post(
                "/demonstration/days", ["form_token": form, "back": "//evil.example"])
            #expect(elsewhere["Location"] == "/")
        }
    }

    @Test func `an auditor sees it without the button, and a visitor does not see it`()
        async throws
    {
        let tenants = try await Tenants()
        let auditor = try await tenants.person("Ben", Standing(.auditor))
        try await tenants.serve { port in
            let (browser, _, _) = try await tenants.browser(auditor, port: port)
            let page = try await browser.get("/")
            #expect(page.text.contains("<strong>Demonstration</strong>"))
            #expect(!page.text.contains("Let seven days pass"))
            let stranger = Browser(port: port)
            let signIn = try await stranger.get("/sign-in")
            #expect(!signIn.text.contains("<strong>Demonstration</strong>"))
        }
    }

    @Test func `a page that a form led to leads back to the page that the form stood on`()
        async throws
    {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let refused = try await browser.post("/people/invite", ["form_token": form])
            #expect(refused.field("back") == "/people", "\(refused.status)")
            let account = try await browser.post(
                "/account/second-step/confirm", ["form_token": form, "code": "x"])
            #expect(account.field("back") == "/account", "\(account.status)")
        }
    }
}
