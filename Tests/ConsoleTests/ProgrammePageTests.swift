import Console
import Identities
import Storage
import Testing

/// The board of the programme, as its people use it.
@Suite struct ProgrammePageTests {
    @Test func `domains are found, added, changed by file and form, and shown on the board`()
        async throws
    {
        let tenants = try await Tenants()
        try await tenants.serve { port in
            let (browser, _, form) = try await tenants.browser(tenants.owner, port: port)
            let token = ["form_token": form]
            let empty = try await browser.get("/programme")
            #expect(empty.text.contains("No domain is in the programme yet"))
            let found = try await browser.post("/programme/find", token)
            #expect(found["Location"] == "/programme?done=found-1")
            #expect(
                try await browser.get("/programme?done=found-1").text.contains(
                    "1\u{A0}domain found"))

            let script = "<script>x</script>\u{202E}"
            let file =
                "domain,owner,purpose,tranche,target\none.example,Ada,sends,1,2026-01-31\n"
                + "b.example,\(script),parked,2,\nc.example,,,2,2025-11-20\n"
            let sent = try await browser.upload(
                "/programme/import", token: form, files: [("p.csv", Array(file.utf8))])
            #expect(sent["Location"] == "/programme?done=file-3", "\(sent.text)")
            let board = try await browser.get("/programme")
            for words in [
                "0 of 3\u{A0}domains at p=reject now", "one.example", "&lt;script&gt;x",
                "Not before", "No report has come in", "Monitor", "Quarantine", "Reject",
            ] {
                #expect(board.text.contains(words), "\(words)")
            }
            for bad in ["{{", "Optional(", "<script", "\u{202E}"] {
                #expect(!board.text.contains(bad), "\(bad)")
            }
            let some = try await browser.get("/programme?tranche=1&owner=ada")
            #expect(some.text.contains("one.example") && !some.text.contains("b.example"))
            let export = try await browser.get("/programme/export?tranche=1")
            #expect(
                export.text
                    == "domain,owner,purpose,tranche,target\r\none.example,Ada,sends,1,2026-01-31\r\n"
            )
            #expect(export["Content-Disposition"]?.contains("attachment") == true)

            // An empty field of the form takes a value away; an empty cell of a file does not.
            let edit = token.merging(["domain": "one.example", "is_edit": "1", "owner": "Ben"]) {
                $1
            }
            #expect(try await browser.post("/programme/set", edit).status == 303)
            #expect(
                try await browser.get("/programme/export").text.contains("one.example,Ben,,,"))

            let wrong = try await browser.upload(
                "/programme/import", token: form,
                files: [("p.csv", Array("domain,target\na.example,soon\nx y,\n".utf8))])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("Line 2:") && wrong.text.contains("Line 3:"))
            #expect(!(try await browser.get("/programme/export").text.contains("a.example")))
            for domain in ["", "x y", "com"] {
                let answer = try await browser.post(
                    "/programme/set", token.merging(["domain": domain]) { $1 })
                #expect(answer.status == 422, "\(domain)")
            }
            #expect(try await browser.post("/programme/import", token).status == 400)
            let large = [UInt8](
                repeating: 0x61, count: ProgrammeLimits.file + Limits.form + 1)
            #expect(
                try await browser.upload(
                    "/programme/import", token: form, files: [("p.csv", large)]
                ).status == 413)

            let remove = token.merging(["domain": "c.example"]) { $1 }
            #expect(try await browser.post("/programme/remove", remove).status == 303)
            #expect(try await browser.post("/programme/remove", remove).status == 400)
            let log = try await tenants.accounts.audit(of: .first).entries(after: 0)
                .map(\.change.act).filter { $0.hasPrefix("programme.") }
            #expect(
                log == [
                    "programme.add", "programme.set", "programme.add", "programme.add",
                    "programme.set", "programme.remove",
                ])
        }
    }

    @Test func `everybody sees the domains that are theirs, and no other organisation's`()
        async throws
    {
        let tenants = try await Tenants()
        let mine = try #require(DomainName("one.example"))
        let dora = try await tenants.person("Dora", Standing(.domainOwner, domains: [mine]))
        let olga = try await tenants.person("Olga", Standing(.owner), in: Tenants.second)
        let other = try #require(DomainName("hidden.example"))
        try await tenants.accounts.programme(of: .first).set(
            [ProgrammeChange(domain: mine), ProgrammeChange(domain: other)], source: .hand,
            by: AuditActor(tenants.owner), now: tenants.clock.now)
        try await tenants.serve { port in
            let (browser, _, _) = try await tenants.browser(dora, port: port)
            for path in ["/programme", "/programme/export"] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && page.text.contains("one.example"))
                #expect(!page.text.contains("hidden.example") && !page.text.contains("Add domains"))
            }
            let (theirs, _, form) = try await tenants.browser(olga, port: port)
            for path in ["/programme", "/programme/export"] {
                #expect(!(try await theirs.get(path).text.contains("one.example")))
            }
            let answer = try await theirs.post(
                "/programme/remove", ["form_token": form, "domain": "one.example"])
            #expect(answer.status == 400)
            #expect(try await tenants.accounts.programme(of: .first).domains().count == 2)
        }
    }
}
