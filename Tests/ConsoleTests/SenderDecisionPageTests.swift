import Console
import DNS
import DomainAnalysis
import Foundation
import Identities
import Storage
import Testing

/// Senders as a person decides about them on the pages, and as a program does.
@Suite struct SenderDecisionPageTests {
    private static let senders = SenderConsole.senderPage

    private func check(_ answer: Browser.Answer, _ path: String) {
        #expect(answer.status == 200, "\(path)")
        for bad in ["{{", "Optional(", "<script", " style=", "<b>"] {
            #expect(!answer.text.contains(bad), "\(path): \(bad)")
        }
    }

    @Test func `authorising shows the exact difference first, decides, and is undone`() async throws
    {
        let console = try await SenderConsole()
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            let page = try await browser.get(SenderConsole.page)
            check(page, "domain")
            for words in [
                "Known services, not decided yet", "Zendesk", "Authorise…", "Reject",
                "mail.&lt;b&gt;.example", "Owner and note",
            ] {
                #expect(page.text.contains(words), "\(words)")
            }
            // Nobody vouches for sources without a name.
            #expect(!page.text.contains("/senders/unknown/authorise"))

            let shown = try await browser.get(Self.senders + "/authorise")
            check(shown, "authorise")
            for words in [
                "zendesk1._domainkey.one.example", "zendesk2._domainkey.zendesk.com.",
                "v=spf1 mx include:mail.zendesk.com ~all", "Authorise and change the DNS",
                "80\u{A0}messages",
            ] {
                #expect(shown.text.contains(words), "\(words)")
            }
            #expect(try await console.log().isEmpty)

            // The zone changes between the look and the click: nothing is done unseen.
            var fields = ["form_token": form, "shown": shown.field("shown")]
            console.zone["TXT one.example."] = RecordSet(
                timeToLive: 300, data: [.text("v=spf1 a ~all")])
            let stale = try await browser.post(Self.senders + "/authorise", fields)
            #expect(stale.status == 422 && stale.text.contains("has changed since you looked"))
            #expect(stale.text.contains("v=spf1 a include:mail.zendesk.com ~all"))
            #expect(try await console.log().isEmpty)

            fields["shown"] = stale.field("shown")
            let done = try await browser.post(Self.senders + "/authorise", fields)
            #expect(done.status == 303)
            let location = try #require(done["Location"])
            #expect(location.contains("event=1") && location.contains("change=1"))
            let told = try await browser.get(location)
            check(told, "told")
            #expect(told.text.contains("Zendesk is authorised"))
            // Nothing listens at the zone's server: the decision stands, the change waits.
            #expect(told.text.contains("The change of the DNS is not made yet"))
            #expect(told.text.contains("Authorised by Ada"))
            let log = try await console.log()
            #expect(log.map(\.act).contains("dns.proposed"))
            let entry = try #require(log.first { $0.act == "sender.authorise" })
            #expect(entry.subject == "Zendesk (service:zendesk) for one.example")
            #expect(entry.after == "authorised; DNS change 1")
            #expect(try await browser.get("/audit").text.contains("authorised a sender"))
            let change = try await browser.get("/changes/1")
            #expect(change.text.contains("include:mail.zendesk.com"))

            let undo = ["form_token": form, "event": told.field("event")]
            #expect(try await browser.post(Self.senders + "/undo", undo).status == 303)
            // Its change was never made, and is not to be made any more.
            #expect(
                try await console.log().suffix(2).map(\.act) == ["sender.undo", "dns.dismissed"])
            let twice = try await browser.post(Self.senders + "/undo", undo)
            #expect(twice.status == 409)
            let after = try await browser.get(Self.senders)
            check(after, "sender")
            #expect(after.text.contains("What was decided") && after.text.contains("(undone)"))
        }
    }

    @Test func `undoing an authorisation leads to the way back of its change, shown first`()
        async throws
    {
        let console = try await SenderConsole()
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            let shown = try await browser.get(Self.senders + "/authorise")
            let done = try await browser.post(
                Self.senders + "/authorise",
                ["form_token": form, "shown": shown.field("shown")])
            let told = try await browser.get(try #require(done["Location"]))
            let made = try await browser.post("/changes/1/made", ["form_token": form])
            #expect(made.status == 303, "\(made.text)")
            let undone = try await browser.post(
                Self.senders + "/undo", ["form_token": form, "event": told.field("event")])
            #expect(undone.status == 303 && undone["Location"] == "/changes/2?done=decision")
            let back = try await browser.get("/changes/2?done=decision")
            check(back, "way back")
            for words in [
                "Your decision is taken back", "Nothing is changed yet", "include:mail.zendesk.com",
                "/changes/2/apply", "/changes/1",
            ] {
                #expect(back.text.contains(words), "\(words)")
            }
            let log = try await console.log()
            #expect(log.suffix(2).map(\.act) == ["sender.undo", "dns.proposed"])
        }
    }

    @Test func `each other act is one click, told and undone`() async throws {
        let console = try await SenderConsole()
        let ben = try await console.tenants.person("Ben", Standing(.operator))
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(ben, port: port)
            func post(_ act: String, _ fields: [String: String] = [:]) async throws -> String {
                let answer = try await browser.post(
                    Self.senders + "/\(act)?from=sender",
                    fields.merging(["form_token": form]) { $1 })
                #expect(answer.status == 303, "\(act) \(answer.text)")
                return try await browser.get(answer["Location"] ?? "/").text
            }
            #expect(try await post("reject").contains("Zendesk is rejected"))
            #expect(try await browser.get(SenderConsole.page).text.contains("Rejected by Ben"))
            #expect(try await post("owner", ["owner": "ada"]).contains("Ada answers for Zendesk"))
            let script = "<script>alert(1)</script>\u{202E}"
            let noted = try await post("note", ["note": script])
            #expect(noted.contains("&lt;script&gt;alert") && !noted.contains("\u{202E}"))
            let volume = try await DomainStore(database: console.tenants.database).sender(
                SenderConsole.zendesk, of: try #require(DomainName("one.example")), days: 30,
                until: nil, now: console.tenants.clock.now)
            let decision = try #require(volume?.volume.decision)
            #expect(decision.owner == "Ada" && decision.ownerAccount == console.tenants.owner.id)
            #expect(decision.verdict == .rejected)
            #expect(
                try await console.log().map(\.act) == [
                    "sender.reject", "sender.owner", "sender.note",
                ])
            let long = String(repeating: "x", count: SenderDecisionLimits.note + 1)
            let refused = try await browser.post(
                Self.senders + "/note", ["form_token": form, "note": long])
            #expect(refused.status == 400 && refused.text.contains("too long"))
            #expect(try await browser.post(Self.senders + "/reject", [:]).status == 403)
            let nobody = try await browser.post(
                SenderConsole.page + "/senders/service%3Anone/reject", ["form_token": form])
            #expect(nobody.status == 404)
            let unnamed = try await browser.post(
                SenderConsole.page + "/senders/unknown/authorise", ["form_token": form])
            #expect(unnamed.status == 409)
        }
    }

    @Test func `a domain owner decides for own domains, and leaves the DNS to others`() async throws
    {
        let console = try await SenderConsole()
        let domain = try #require(DomainName("one.example"))
        let dora = try await console.tenants.person(
            "Dora", Standing(.domainOwner, domains: [domain]))
        let other = try #require(DomainName("example.org"))
        let eve = try await console.tenants.person("Eve", Standing(.domainOwner, domains: [other]))
        let olga = try await console.tenants.person("Olga", Standing(.owner), in: Tenants.second)
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(dora, port: port)
            let shown = try await browser.get(Self.senders + "/authorise")
            #expect(shown.text.contains("Authorise and ask for the change"))
            let done = try await browser.post(
                Self.senders + "/authorise", ["form_token": form, "shown": shown.field("shown")])
            #expect(done.status == 303)
            let log = try await console.log()
            #expect(log.map(\.act) == ["dns.proposed", "sender.authorise"])
            let told = try await browser.get(try #require(done["Location"]))
            #expect(told.text.contains("not made yet") && !told.text.contains("/changes/"))

            // Nobody decides about what is not theirs.
            for person in [eve, olga] {
                let (stranger, _, form) = try await console.tenants.browser(person, port: port)
                for act in ["authorise", "reject", "owner", "note", "undo"] {
                    let answer = try await stranger.post(
                        Self.senders + "/\(act)", ["form_token": form, "note": "x"])
                    #expect(answer.status == 404, "\(person.name) \(act)")
                }
                #expect(try await stranger.get(Self.senders + "/authorise").status == 404)
            }
            #expect(try await console.log().count == 2)
            // Without a desk the records are described, and the decision is all that is made.
            let (theirs, _, own) = try await console.tenants.browser(olga, port: port)
            let page = "/domains/two.example/senders/service%3Azendesk"
            let described = try await theirs.get(page + "/authorise")
            #expect(described.text.contains("no keys for the zones"))
            #expect(
                try await theirs.post(page + "/authorise", ["form_token": own]).status == 303)
            #expect(try await console.log(Tenants.second).map(\.act) == ["sender.authorise"])
        }
    }

    @Test func `what is new since the last visit stands out`() async throws {
        let console = try await SenderConsole()
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            let first = try await browser.get(SenderConsole.page)
            #expect(!first.text.contains("Since you were here"))
            console.tenants.clock.advance(by: SenderDecisionLimits.visit)
            _ = try await browser.post(Self.senders + "/reject", ["form_token": form])
            for _ in 0..<2 {
                let page = try await browser.get(SenderConsole.page)
                #expect(page.text.contains("Since you were here on 15\u{A0}Nov"))
                #expect(page.text.contains("changed; was known, to decide"))
            }
            console.tenants.clock.advance(by: SenderDecisionLimits.visit)
            #expect(!(try await browser.get(SenderConsole.page).text.contains("Since you were")))
        }
    }

    @Test func `a program lists senders and decides with the scope for changes`() async throws {
        let console = try await SenderConsole()
        let tokens = console.tenants.accounts.tokens(of: .first)
        let made = try await tokens.make(
            "robot", scopes: [.read, .change], role: .operator, days: 1,
            by: AuditActor(console.tenants.owner), now: console.tenants.clock.now)
        try await console.serve { port in
            let program = Browser(port: port)
            let headers = [
                "Authorization": "Bearer \(made.text)", "Content-Type": "application/json",
            ]
            let path = "/api/v1/domains/one.example/senders"
            func object(_ answer: Browser.Answer) throws -> [String: Any] {
                let value = try JSONSerialization.jsonObject(with: Data(answer.body))
                return value as? [String: Any] ?? [:]
            }
            func post(_ body: String, key: String = "service%3Azendesk") async throws
                -> Browser.Answer
            {
                try await program.send(
                    "POST", "\(path)/\(key)", headers: headers, body: Array(body.utf8))
            }
            let list = try object(try await program.get(path, headers: headers))
            let senders = list["senders"] as? [[String: Any]] ?? []
            #expect(senders.count == 3)
            let zendesk = senders.first { $0["key"] as? String == SenderConsole.zendesk }
            #expect(zendesk?["group"] as? String == "known")

            let answer = try object(try await post("{\"act\":\"authorise\"}"))
            #expect(answer["event"] as? Int == 1)
            #expect((answer["sender"] as? [String: Any])?["verdict"] as? String == "authorised")
            let dns = answer["dns"] as? [String: Any] ?? [:]
            #expect((dns["changes"] as? [Any])?.count == 3)
            #expect(try await post("{\"act\":\"owner\",\"owner\":\"Ada\"}").status == 200)
            #expect(try await post("{\"act\":\"note\",\"note\":\"seen\"}").status == 200)
            #expect(try await post("{\"act\":\"undo\",\"event\":1}").status == 409)
            #expect(try await post("{\"act\":\"undo\"}").status == 200)
            for body in [
                "", "{}", "[]", "{\"act\":\"destroy\"}", "{\"act\":1}", "{\"act\":\"note\"",
            ] {
                #expect(try await post(body).status == 400, "\(body)")
            }
            #expect(try await post("{\"act\":\"reject\"}", key: "service%3Anone").status == 404)
            let large = String(repeating: "x", count: Limits.form)
            #expect(try await post("{\"act\":\"note\",\"note\":\"\(large)\"}").status == 413)
            let log = try await console.log()
            #expect(log.allSatisfy { $0.actor.kind == .token && $0.actor.name == "robot" })
            #expect(log.map(\.act).last == "sender.undo")
        }
    }
}
