import Console
import Identities
import Storage
import Testing

/// Pages at their limits: what they do not show is counted, and can be had all the same.
@Suite struct PageLimitTests {
    private func count(_ words: String, in text: String) -> Int {
        text.ranges(of: words).count
    }

    /// A console with so many domains in its programme, each with an owner and a tranche of its
    /// own.
    private func programme(_ count: Int) async throws -> Tenants {
        let tenants = try await Tenants()
        let changes = try (1...count).map { number in
            var change = ProgrammeChange(
                domain: try #require(DomainName("d\(1_000 + number).example")))
            change.owner = .value("Owner \(1_000 + number)")
            change.tranche = .value("Tranche \(1_000 + number)")
            return change
        }
        try await tenants.accounts.programme(of: .first).set(
            changes, source: .hand, by: AuditActor(tenants.owner), now: tenants.clock.now)
        return tenants
    }

    @Test func `a column has so many cards, and says how many more there are and where`()
        async throws
    {
        for more in 0...1 {
            let tenants = try await programme(Limits.boardCards + more)
            try await tenants.serve { port in
                let (browser, _, _) = try await tenants.browser(tenants.owner, port: port)
                let board = try await browser.get("/programme").text
                #expect(count("class=\"card\"", in: board) == Limits.boardCards)
                let last = "d\(1_000 + Limits.boardCards + more).example"
                #expect(board.contains(">\(last)") == (more == 0))
                #expect(board.contains("And 1 more: choose a tranche or an owner") == (more == 1))
                #expect(board.contains("/programme/export\">download all of them") == (more == 1))
                #expect(try await browser.get("/programme/export").text.contains(last))
            }
        }
    }

    @Test
    func `filters have so many choices and the one that is chosen, and say that there are more`()
        async throws
    {
        for more in 0...1 {
            let tenants = try await programme(Limits.boardChoices + more)
            try await tenants.serve { port in
                let (browser, _, _) = try await tenants.browser(tenants.owner, port: port)
                let board = try await browser.get("/programme").text
                for what in ["Owner", "Tranche"] {
                    #expect(
                        count("<option value=\"\(what) ", in: board) == Limits.boardChoices)
                }
                for what in ["owners", "tranches"] {
                    let words = "Of \(Limits.boardChoices + 1) \(what), the first"
                    #expect(board.contains(words) == (more == 1), "\(words)")
                }
                // Chosen by its address, the last one is shown as chosen.
                let last = 1_000 + Limits.boardChoices + more
                let one = try await browser.get("/programme?owner=Owner%20\(last)").text
                #expect(count("class=\"card\"", in: one) == 1)
                #expect(one.contains("<option value=\"Owner \(last)\" selected>"))
            }
        }
    }

    @Test func `so many names are offered as owners, and any other can be typed`() async throws {
        let console = try await SenderConsole()
        for number in 2...Limits.peopleOffered {
            _ = try await console.tenants.person("Person \(1_000 + number)", Standing(.auditor))
        }
        let note = "can be typed in full"
        try await console.serve { port in
            let (browser, _, form) = try await console.tenants.browser(
                console.tenants.owner, port: port)
            for path in [SenderConsole.page, SenderConsole.senderPage] {
                let page = try await browser.get(path).text
                #expect(count("<option value=\"", in: page) == Limits.peopleOffered)
                #expect(page.contains("Person \(1_000 + Limits.peopleOffered)"))
                #expect(!page.contains(note))
            }
            let zoe = try await console.tenants.person("Zoe", Standing(.auditor))
            for path in [SenderConsole.page, SenderConsole.senderPage] {
                let page = try await browser.get(path).text
                #expect(count("<option value=\"", in: page) == Limits.peopleOffered)
                #expect(!page.contains("Zoe"))
                #expect(page.contains("those of 1\u{A0}more person \(note)"), "\(page)")
            }
            let set = try await browser.post(
                SenderConsole.senderPage + "/owner", ["form_token": form, "owner": "zoe"])
            #expect(set.status == 303)
            let volume = try await DomainStore(database: console.tenants.database).sender(
                SenderConsole.zendesk, of: try #require(DomainName("one.example")), days: 30,
                until: nil, now: console.tenants.clock.now)
            #expect(volume?.volume.decision?.ownerAccount == zoe.id)
        }
    }
}
