import Console
import DomainWatch
import Foundation
import MailReports
import Storage
import Testing

/// The pages that tell of alerts and hand out evidence.
@Suite struct AlertPageTests {
    private static let script = "<script>alert(1)</script>\u{202E}\u{1B}[31m{{x}}"

    private func raise(_ tenants: Tenants, _ organisation: OrganisationID) async throws {
        let finding = AlertFinding(
            .init(.newSender, domain: Tenants.domain(organisation), place: "a/b?c"),
            since: UTCDay(number: 20_000), what: "Somebody began. \(Self.script)",
            evidence: Self.script, advice: "Ask.")
        _ = try await AlertStore(database: tenants.database, organisation: organisation).keep(
            .init(findings: [finding], over: [], channels: []), now: tenants.clock.now
        ) { AlertText.notice($0, more: $1) }
    }

    @Test func `an alert is shown until somebody knows of it, and that is told in the log`()
        async throws
    {
        let tenants = try await Tenants()
        try await raise(tenants, Tenants.first)
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let page = try await browser.get("/alerts")
            #expect(page.status == 200)
            #expect(page.text.contains("1\u{A0}alert is open; nobody has said yet"))
            #expect(page.text.contains("/domains/one.example/senders/a%2Fb%3Fc"))
            for bad in ["<script", "\u{202E}", "\u{1B}"] { #expect(!page.text.contains(bad)) }
            let done = try await browser.post("/alerts/1/acknowledge", ["form_token": form])
            #expect(done.status == 303 && done["Location"] == "/alerts")
            let known = try await browser.get("/alerts")
            #expect(known.text.contains("and somebody knows of each"))
            #expect(!known.text.contains("/alerts/1/acknowledge"))
            #expect(try await browser.get("/audit").text.contains("alert 1 of one.example"))
            let none = try await browser.post("/alerts/9/acknowledge", ["form_token": form])
            #expect(none.status == 404)
            // An auditor sees it and has no button.
            let person = try await tenants.person("Ben", Standing(.auditor))
            let (reader, _, _) = try await tenants.browser(person, port: port)
            #expect(try await reader.get("/alerts").text.contains("Somebody began"))
        }
    }

    @Test func `an alert of another organisation is not there`() async throws {
        let tenants = try await Tenants()
        let other = try await tenants.person("Olga", Standing(.owner), in: Tenants.second)
        try await raise(tenants, Tenants.second)
        try await tenants.serve { port in
            let (mine, _, form) = try await tenants.browser(tenants.owner, port: port)
            let (theirs, _, _) = try await tenants.browser(other, port: port)
            #expect(try await !mine.get("/alerts?all=1").text.contains("Somebody began"))
            #expect(
                try await mine.post("/alerts/1/acknowledge", ["form_token": form]).status == 404)
            #expect(try await theirs.get("/alerts").text.contains("Somebody began"))
        }
    }

    @Test func `evidence is shown, handed out in three forms, and a wrong question refused`()
        async throws
    {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, _) = try await tenants.browser(tenants.owner, port: port)
            let page = try await browser.get("/evidence")
            #expect(page.status == 200 && page.text.contains("one.example"))
            #expect(page.text.contains("/evidence/file/pdf"))
            for (form, beginning) in [("pdf", "%PDF-"), ("csv", "pack,"), ("json", "{")] {
                let file = try await browser.get("/evidence/file/\(form)?domains=one.example")
                #expect(file.status == 200, "\(form)")
                #expect(String(decoding: file.body.prefix(5), as: UTF8.self).hasPrefix(beginning))
                #expect(file["Content-Disposition"]?.contains("evidence-") == true)
                #expect(file["X-Content-Type-Options"] == "nosniff")
            }
            #expect(try await browser.get("/evidence/file/exe").status == 404)
            for (query, words) in [
                ("from=2026-13-01", "is no day"), ("domains=a..b", "is no domain"),
                ("domains=two.example", "No report about two.example"),
                ("from=2026-02-02&to=2026-02-01", "ends"),
            ] {
                let answer = try await browser.get("/evidence?\(query)")
                #expect(answer.status == 422 && answer.text.contains(words), "\(query)")
                #expect(try await browser.get("/evidence/file/csv?\(query)").status == 400)
            }
            let hostile = try await browser.get(
                "/evidence?domains=\(Browser.coded(Self.script))&from=\(Browser.coded(Self.script))"
            )
            #expect(hostile.status == 422 && !hostile.text.contains("<script"))
        }
    }
}
