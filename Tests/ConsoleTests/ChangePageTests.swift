import DNS
import DomainAnalysis
import Foundation
import Testing

/// The pages about changes of the DNS: from a step of the plan to the undo.
@Suite struct ChangePageTests {
    private static let script = "{{x}}\"><script>alert(1)</script>&amp;\u{202E}\u{1B}[31m${x}"

    private static func set(_ texts: String...) -> RecordSet? {
        RecordSet(timeToLive: 300, data: texts.map { .text($0) })
    }

    /// The first form of a page whose address ends so, with its token.
    private func form(_ page: Browser.Answer, ending: String) -> String? {
        page.text.split(separator: "\"").map(String.init).first {
            $0.hasPrefix("/") && $0.components(separatedBy: "?")[0].hasSuffix(ending)
        }?.replacingOccurrences(of: "&amp;", with: "&")
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

    @Test func `closing a parked domain goes from the plan by the typed name to the undo`()
        async throws
    {
        let zone = SampleZone()
        zone["TXT parked.example."] = Self.set("verification", Self.script)
        zone["MX parked.example."] = RecordSet(
            timeToLive: 60, data: [.mx(preference: 1, exchange: try #require(DNSName("m.x")))])
        try await SampleConsole(changes: zone).serveSignedIn { browser in
            let empty = try await browser.get("/changes")
            check(empty, "empty")
            #expect(empty.text.contains("No change of your DNS was asked for yet"))
            let plan = try await browser.get("/domains/parked.example/plan")
            let propose = try #require(form(plan, ending: "/plan/propose"))
            let token = ["form_token": plan.field("form_token")]
            let made = try await browser.post(propose, token)
            #expect(made.status == 303 && made["location"] == "/changes/1", "\(made.text)")

            let page = try await browser.get("/changes/1")
            check(page, "change")
            for words in [
                "Nothing is changed yet", "v=spf1 -all", "*._domainkey.parked.example.",
                "m.x.", "Type <strong>parked.example</strong>", "What follows from it",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            for name in ChangeExport.allCases.map(\.rawValue) {
                check(try await browser.get("/changes/1?form=\(name)"), name)
                let file = try await browser.get("/changes/1/export/\(name)")
                #expect(file.status == 200 && file.text.contains("parked.example"))
                #expect(file["content-disposition"]?.contains("attachment") == true)
                #expect(file["content-type"] == "text/plain; charset=utf-8")
            }
            #expect(try await browser.get("/changes/1/export/nonsense").status == 404)
            check(
                try await browser.get(
                    "/changes/1?form=nonsense&done=\(Browser.coded(Self.script))"),
                "hostile")

            // Dangerous acts ask for the domain's name; nothing listens at the primary.
            var fields = ["form_token": page.field("form_token"), "typed": "other.example"]
            let wrong = try await browser.post("/changes/1/apply", fields)
            #expect(wrong.status == 422 && wrong.text.contains("type the domain&#39;s name"))
            fields["typed"] = "parked.example"
            let gone = try await browser.post("/changes/1/apply", fields)
            #expect(gone.status == 422 && gone.text.contains("cannot be reached"))
            #expect(try await browser.get("/changes").text.contains("1\u{A0}change waits"))

            // Made by hand, seen on the server, and taken back.
            for set in [
                ("TXT parked.example.", Self.set("verification", Self.script, "v=spf1 -all")),
                ("TXT *._domainkey.parked.example.", Self.set("v=DKIM1; p=")),
                (
                    "MX parked.example.",
                    RecordSet(
                        timeToLive: 60, data: [.mx(preference: 0, exchange: .root)])
                ),
                (
                    "TXT _dmarc.parked.example.",
                    Self.set("v=DMARC1; p=reject; sp=reject; np=reject")
                ),
            ] {
                zone[set.0] = set.1
            }
            let hand = try await browser.post("/changes/1/made", fields)
            #expect(hand.status == 303)
            let seen = try await browser.get("/changes/1?done=made")
            check(seen, "made")
            #expect(seen.text.contains("in force"))
            let undo = try await browser.post("/changes/1/undo", fields)
            #expect(undo["location"] == "/changes/2?done=undo")
            check(try await browser.get("/changes/2?done=undo"), "undo")
            #expect(try await browser.post("/changes/2/dismiss", fields).status == 303)
            let late = try await browser.post("/changes/2/apply", fields)
            #expect(late.status == 422 && late.text.contains("dismissed"))
            check(try await browser.get("/changes"), "list")
            check(try await browser.get("/changes?before=2"), "older")
            #expect(try await browser.get("/changes/99").status == 404)
            #expect(try await browser.post("/changes/99/apply", fields).status == 404)
        }
    }

    @Test
    func `nothing is proposed without a token, and of a plan that has changed nothing is made`()
        async throws
    {
        try await SampleConsole(changes: SampleZone()).serveSignedIn { browser in
            for path in [
                "/changes/1/apply", "/changes/1/undo", "/changes/1/made", "/changes/1/dismiss",
                "/domains/parked.example/plan/propose", "/domains/parked.example/lock-down",
            ] {
                #expect(try await browser.post(path, [:]).status == 403, "\(path)")
            }
            let plan = try await browser.get("/domains/bank.example/plan")
            let token = ["form_token": plan.field("form_token")]
            for query in ["", "?step=1&kind=nonsense", "?step=999&kind=lockDown", "?step=x"] {
                let answer = try await browser.post(
                    "/domains/bank.example/plan/propose" + query, token)
                #expect(answer.status == 400, "\(query)")
            }
            // The plan speaks of records that the zone does not have.
            let propose = try #require(form(plan, ending: "/plan/propose"))
            let stale = try await browser.post(propose, token)
            #expect(stale.status == 400 && stale.text.contains("is not there any more"))
            let closed = try await browser.post("/domains/bank.example/lock-down", token)
            #expect(closed["location"] == "/changes/1")
            let page = try await browser.get("/changes/1")
            #expect(page.text.contains("look like your own mail"))
        }
    }

    @Test func `a console without a desk has no pages about changes`() async throws {
        try await SampleConsole(.small).serveSignedIn { browser in
            #expect(try await browser.get("/changes").status == 404)
            #expect(!(try await browser.get("/").text.contains("DNS changes")))
            let plan = try await browser.get("/domains/bank.example/plan")
            #expect(!plan.text.contains("Prepare this change"))
        }
    }
}
