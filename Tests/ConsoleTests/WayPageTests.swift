import DNS
import DomainAnalysis
import Foundation
import Storage
import Testing

/// The pages of the way to reject: proposing, deciding, rules, and the emergency.
@Suite struct WayPageTests {
    private static let script = "{{x}}\"><script>alert(1)</script>\u{202E}\u{1B}[31m"

    private static func set(_ texts: String...) -> RecordSet? {
        RecordSet(timeToLive: 300, data: texts.map { .text($0) })
    }

    private func check(_ answer: Browser.Answer, _ path: String) {
        for part in ["<h1>", "</html>", "class=\"lead\""] {
            #expect(answer.text.contains(part), "\(path)")
        }
        let text = answer.text.replacingOccurrences(of: "{{x}}", with: "")
        for bad in ["{{", "Optional(", "<script", " style=", " onload="] {
            #expect(!text.contains(bad), "\(path): \(bad)")
        }
        #expect(!text.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{1B}" }, "\(path)")
    }

    private static func console(_ zone: SampleZone = SampleZone()) async throws -> SampleConsole {
        zone["TXT _dmarc.bank.example."] = set("v=DMARC1; p=none; rua=mailto:d@bank.example")
        return try await SampleConsole(changes: zone)
    }

    @Test func `a policy goes from the page by the typed name to its DNS change`() async throws {
        try await Self.console().serveSignedIn { browser in
            let way = try await browser.get("/domains/bank.example/way")
            check(way, "way")
            for words in [
                "bank.example is at", "p=none", "What p=quarantine would have done", "Mia",
                "What this rests on: thin", "mail.example", "Receivers that send no reports",
                "No rules act", "One person", "aria-current=\"page\">Way to reject",
            ] {
                #expect(way.text.contains(words), "\(words)")
            }
            var form = ["form_token": way.field("form_token"), "step": "reject-test"]
            form["reason"] = "Before Christmas " + Self.script
            let made = try await browser.post("/domains/bank.example/way/propose", form)
            #expect(made.status == 303 && made["location"] == "/way/1", "\(made.text)")
            let again = try await browser.post("/domains/bank.example/way/propose", form)
            #expect(again.status == 422 && again.text.contains("Proposal 1 for this domain"))

            let page = try await browser.get("/way/1")
            check(page, "proposal")
            for words in [
                "Nothing is changed yet.", "v=DMARC1; p=reject; t=y; rua=mailto:d@bank.example",
                "Type <strong>bank.example</strong>", "What was known when it was proposed",
                "RFC 9989", "they put mail that fails aside", "Older receivers do not know t=y",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            #expect(
                try await browser.get("/domains/bank.example/way").text.contains(
                    "Decide on proposal 1"))
            form["typed"] = "other.example"
            let wrong = try await browser.post("/way/1/approve", form)
            #expect(wrong.status == 422 && wrong.text.contains("type the domain&#39;s name"))
            // The zone that a test shows has none of the record: its change cannot be worked out.
            form["typed"] = "bank.example"
            let done = try await browser.post("/way/1/approve", form)
            #expect(done.status == 200 && done.text.contains("Approved, and not made yet"))
            check(done, "approved")
            #expect(done.text.contains("href=\"/changes/1\""))
            #expect(try await browser.post("/way/1/approve", form).status == 422)
            #expect(try await browser.post("/way/1/decline", form).status == 422)
            check(try await browser.get("/domains/bank.example/way?days=90"), "with history")
            let change = try await browser.get("/changes/1")
            #expect(change.text.contains("p=reject; t=y"))
            let audit = try await browser.get("/audit?what=way.")
            #expect(audit.text.contains("approved a policy"))
            for path in ["/way/99", "/way/x", "/domains/a..b/way"] {
                #expect(try await browser.get(path).status == 404, "\(path)")
            }
        }
    }

    @Test func `where two people are wanted the proposer is refused and may decline`() async throws
    {
        let console = try await Self.console()
        try await console.serveSignedIn { browser in
            let way = try await browser.get("/domains/bank.example/way")
            var form = [
                "form_token": way.field("form_token"), "wanted": "yes", "domain": "bank.example",
            ]
            let set = try await browser.post("/way/two-people", form)
            #expect(set["location"] == "/domains/bank.example/way?done=two-people")
            let shown = try await browser.get("/domains/bank.example/way?done=two-people")
            #expect(shown.text.contains("whoever proposes a policy cannot approve it"))
            form["record"] = "v=DMARC1; p=quarantine"
            _ = try await browser.post("/domains/bank.example/way/propose", form)
            form["typed"] = "bank.example"
            let own = try await browser.post("/way/1/approve", form)
            #expect(own.status == 422 && own.text.contains("second person"))
            form["reason"] = Self.script
            let declined = try await browser.post("/way/1/decline", form)
            #expect(declined.status == 200 && declined.text.contains("was declined"))
            check(declined, "declined")
            form["wanted"] = "no"
            form["domain"] = Self.script
            #expect(try await browser.post("/way/two-people", form)["location"] == "/")
        }
    }

    @Test func `rules are agreed and ended on the page, and bad ones are refused`() async throws {
        try await Self.console().serveSignedIn { browser in
            let path = "/domains/bank.example/way"
            let way = try await browser.get(path)
            var form = [
                "form_token": way.field("form_token"), "quarantine": "14", "reject": " 21 ",
                "test": "7", "share": "0,5", "back": "1",
            ]
            for (name, value) in [
                ("quarantine", "0"), ("reject", "many"), ("share", "101"), ("back", ""),
                ("test", "-1"),
            ] {
                var bad = form
                bad[name] = value
                let answer = try await browser.post(path + "/rules", bad)
                #expect(answer.status == 422, "\(name)")
                check(answer, name)
            }
            let agreed = try await browser.post(path + "/rules", form)
            #expect(agreed["location"] == path + "?done=agreed")
            let shown = try await browser.get(path + "?done=agreed")
            check(shown, "agreed")
            for words in [
                "then to reject after 21 days", "less than 0.5 %", "tested (t=y) for 7 days",
                "Agreed by", "End these rules", "p=quarantine; t=y",
            ] {
                #expect(shown.text.contains(words), "\(words)")
            }
            form["test"] = ""
            _ = try await browser.post(path + "/stop", form)
            let ended = try await browser.get(path + "?done=stopped")
            #expect(ended.text.contains("Ended by a person") && ended.text.contains("No rules act"))
            for act in ["/rules", "/stop", "/propose", "/emergency"] {
                #expect(try await browser.post(path + act, [:]).status == 403, "\(act)")
            }
        }
    }

    @Test func `what is open below a domain is said, and closed on the page like any other step`()
        async throws
    {
        let zone = SampleZone()
        zone["TXT _dmarc.bank.example."] = Self.set("v=DMARC1; p=reject; sp=none")
        try await SampleConsole(changes: zone).serveSignedIn { browser in
            let way = try await browser.get("/domains/bank.example/way")
            check(way, "way")
            for words in [
                "Below bank.example the record is weaker: sp=none asks for less than p=reject",
                "What np=reject would have done", "names below bank.example that do not exist",
                "<option value=\"np-reject\" selected>np=reject (names that do not exist)</option>",
                "<option value=\"sp-quarantine\">sp=quarantine (subdomains)</option>",
                ">sp=reject</li>",
                "name=\"subdomains\" value=\"1\"> Also raise weaker",
            ] {
                #expect(way.text.contains(words), "\(words)")
            }
            var form = ["form_token": way.field("form_token"), "step": "np-reject"]
            let made = try await browser.post("/domains/bank.example/way/propose", form)
            #expect(made["location"] == "/way/1", "\(made.text)")
            let page = try await browser.get("/way/1")
            check(page, "proposal")
            for words in [
                "Proposal 1: np=reject", "v=DMARC1; p=reject; sp=none; np=reject",
                "do not say whether a name existed", "With np=reject receivers do not take mail",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            form.merge(
                ["quarantine": "14", "reject": "14", "share": "1", "back": "1", "subdomains": "1"]
            ) { $1 }
            _ = try await browser.post("/domains/bank.example/way/rules", form)
            let shown = try await browser.get("/domains/bank.example/way")
            #expect(
                shown.text.contains("np, then sp") && shown.text.contains("value=\"1\" checked"))
            let emergency = try await browser.get("/domains/bank.example/way/emergency")
            #expect(emergency.text.contains("Below bank.example the record is weaker"))
        }
    }

    @Test func `a domain never seen before can be closed from the emergency page`() async throws {
        try await Self.console().serveSignedIn { browser in
            #expect(try await browser.get("/").text.contains("href=\"/emergency\""))
            let form = try await browser.get("/emergency")
            check(form, "form")
            let wrong = try await browser.get("/emergency?domain=\(Browser.coded(Self.script))")
            #expect(wrong.status == 400)
            check(wrong, "hostile")
            let asked = try await browser.get("/emergency?domain=Fresh.example")
            let place = "/domains/fresh.example/way/emergency"
            #expect(asked["location"] == place)
            let page = try await browser.get(place)
            check(page, "emergency")
            for words in [
                "can be closed to forgers with one record", "No report about fresh.example",
                "no SPF record", "mailing lists", "(rua)", "v=DMARC1; p=reject",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            let odd = try await browser.get(place + "?reports=\(Browser.coded(Self.script))")
            #expect(odd.text.contains("is no mail address"))
            check(odd, "odd address")
            let better = try await browser.get(place + "?reports=d@fresh.example")
            #expect(better.text.contains("p=reject; rua=mailto:d@fresh.example"))
            let token = ["form_token": better.field("form_token"), "reports": "d@fresh.example"]
            let made = try await browser.post(place, token)
            #expect(made["location"] == "/way/1", "\(made.text)")
            #expect(try await browser.get(place).text.contains("Decide on proposal 1"))
            let twice = try await browser.post(place, token)
            #expect(twice.status == 422)
            check(twice, "twice")
        }
    }

    @Test func `programs see where a domain stands and propose`() async throws {
        let console = try await Self.console()
        let owner = AuditActor(.person, id: 1, name: "Ada")
        let token = try await console.accounts.tokens(of: .first).make(
            "script", scopes: [.read, .change], role: .operator, days: 2, by: owner,
            now: console.clock.now)
        try await console.serve { browser in
            let shown = ["Authorization": "Bearer \(token.text)"]
            let path = "/api/v1/domains/bank.example/way"
            let first = try await browser.get(path, headers: shown)
            #expect(first.status == 200 && first.text.contains("\"step\":\"none\""))
            func propose(_ body: String) async throws -> Browser.Answer {
                try await browser.send(
                    "POST", path + "/propose",
                    headers: shown.merging(["Content-Type": "application/json"]) { $1 },
                    body: Array(body.utf8))
            }
            let made = try await propose(#"{"step": "quarantine", "reason": "It is time."}"#)
            #expect(made.status == 200 && made.text.contains("\"state\":\"proposed\""))
            #expect(made.text.contains("\"askedBy\":\"script\""))
            #expect(made.text.contains("\"confidence\":["))
            #expect(try await propose(#"{"step": "quarantine"}"#).status == 400)
            let bad = try await propose(#"{"record": "p=reject", "reason": "It is time."}"#)
            #expect(bad.status == 409 && bad.text.contains("not a DMARC record"))
            let again = try await browser.get(path, headers: shown)
            #expect(again.text.contains("\"id\":1"))
            let approve = try await browser.post(
                "/way/1/approve", ["typed": "bank.example"], headers: shown)
            #expect(approve.status == 303)
        }
    }

    @Test func `a console without a desk has no pages about the way`() async throws {
        try await SampleConsole(.small).serveSignedIn { browser in
            for path in ["/domains/bank.example/way", "/emergency"] {
                let answer = try await browser.get(path)
                #expect(answer.status == 404, "\(path)")
            }
            let page = try await browser.get("/domains/example.org")
            #expect(page.status == 200 && !page.text.contains("Way to reject"))
        }
    }
}
