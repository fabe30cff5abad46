import DomainAnalysis
import DomainWatch
import Foundation
import Identities
import MailReports
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Evidence packs: what they say, that their forms agree, and what they do not let in.
@Suite struct EvidenceTests {
    private static let now = WatchedReports.now

    private func bank(
        _ engine: TestEngine, _ body: (EvidenceMaker, any SQLDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            let reports = WatchedReports(database: database)
            try await reports.prepare()
            try await reports.fillBank()
            try await body(EvidenceMaker(database: database), database)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the bank's story is told with its figures before and after`(
        _ engine: TestEngine
    ) async throws {
        try await bank(engine) { maker, _ in
            let begin = WatchedReports.begin
            let pack = try await maker.pack(
                EvidenceQuestion(
                    from: begin.advanced(by: 80), to: begin.advanced(by: 89), beforeFrom: begin),
                of: .first, now: Self.now)
            let before = try #require(pack.before)
            #expect(before.days == DayRange(first: begin, last: begin.advanced(by: 9)))
            #expect(before.mail.counts.unauthorised == 84_000)
            #expect(before.mail.unauthorised.words == "84 %")
            #expect(before.mail.stopped.words == "0 %")
            #expect(pack.now.mail.unauthorised.words == "8 %")
            #expect(pack.now.mail.counts.rejected == 1_500)
            #expect(pack.now.mail.counts.letThrough == 100)
            #expect(pack.now.mail.stopped.words == "93.7 %")
            #expect(pack.now.reports == 10 && pack.now.reporters == 1)
            #expect(before.rejectingDomains == 0 && pack.now.rejectingDomains == 1)
            let domain = try #require(pack.domains.first)
            #expect(domain.policyBefore == "none (only watching)")
            #expect(domain.policyNow == "reject")
            #expect(domain.policySeen == begin.advanced(by: 89))
            #expect(pack.exceptions.map(\.sender) == ["Name of service:crm"])
            #expect(pack.exceptions.first?.unproved == 400)
            #expect(pack.chainHead == "0:" + AuditEntry.beginning)
            #expect(
                pack.summary
                    == "From 20 May to 29 May 2026, 8 % of the mail sent in the name of 1 domain "
                    + "was unauthorised, against 84 % from 1 Mar to 10 Mar 2026. Receivers refused "
                    + "or put aside 93.7 % of it. The domain asks receivers to refuse all of it.")
            // Ninety days are told in weeks, without a gap.
            #expect(pack.steps.count == 13)
            for (step, next) in zip(pack.steps, pack.steps.dropFirst()) {
                #expect(next.days.first == step.days.last.advanced(by: 1))
            }
            let sum = pack.steps.reduce(Int64(0)) { $0 + $1.mail.counts.unauthorised }
            #expect(sum == 84_000 + 1_600)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the three forms hold the same facts`(_ engine: TestEngine) async throws {
        try await bank(engine) { maker, database in
            let reports = WatchedReports(database: database)
            try await reports.take(
                "xn--bcher-kva.example", day: 85, policy: "quarantine",
                [
                    .init(
                        source: "192.0.2.9", messages: 7, sender: "s", sourceClass: .unknown,
                        name: "=cmd(), \"quoted\" \u{202E}and turned", reason: "A, \"reason\"")
                ])
            let log = AuditStore(database: database, organisation: .first)
            for (act, subject) in [
                ("dns.proposed", "change 1 of bank.example"), ("member.role", "Ada"),
                ("dns.applying", "change 1 of bank.example"),
            ] {
                try await log.append(
                    AuditChange(
                        by: AuditActor(.person, id: 1, name: "Ada"), act, subject,
                        before: "p=none", after: "p=reject; \"x\""), at: Self.now - 900)
            }
            let pack = try await maker.pack(EvidenceQuestion(), of: .first, now: Self.now)
            #expect(pack.changes.map(\.number) == [1, 3])
            let lines = EvidenceForms.cells(try EvidenceForm.csv.render(pack))
            let json = try #require(
                JSONSerialization.jsonObject(with: Data(try EvidenceForm.json.render(pack)))
                    as? [String: Any])
            try compare(json, lines)
            let pages = try await EvidenceForms.pages(try EvidenceForm.pdf.render(pack))
            comparePages(pages, lines, pack)
        }
    }

    /// JSON with CSV, fact by fact.
    private func compare(_ json: [String: Any], _ lines: [[String]]) throws {
        func list(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
        func text(_ value: Any?) -> String {
            switch value {
            case let number as NSNumber: number.stringValue
            case let text as String: text
            default: ""
            }
        }
        let domains = EvidenceForms.rows("domains", of: lines)
        #expect(domains.count == list("domains").count && domains.count == 2)
        for (row, domain) in zip(domains, list("domains")) {
            #expect(row[0] == text(domain["domain"]) && row[3] == text(domain["policyNow"]))
            #expect(row[2] == text(domain["policyBefore"]))
        }
        let mail = EvidenceForms.rows("mail", of: lines)
        let acts = EvidenceForms.rows("receivers", of: lines)
        #expect(mail.count == 6 && acts.count == 6)
        let all: [String: Any] = [
            "domain": "All domains",
            "before": (json["before"] as? [String: Any])?["mail"] ?? [:],
            "now": (json["now"] as? [String: Any])?["mail"] ?? [:],
        ]
        var index = 0
        for domain in [all] + list("domains") {
            for period in ["before", "now"] {
                let counts = try #require(domain[period] as? [String: Any])
                #expect(mail[index][0] == text(domain["domain"]) && mail[index][1] == period)
                let names = ["messages", "legitimate", "undecided", "forwarded", "unauthorised"]
                #expect(Array(mail[index][2...6]) == names.map { text(counts[$0]) })
                let wanted = ["unauthorised", "rejected", "quarantined", "letThrough"]
                #expect(Array(acts[index][2...5]) == wanted.map { text(counts[$0]) })
                #expect(
                    Double(mail[index][7])
                        == (counts["unauthorisedPercent"] as? NSNumber)?
                        .doubleValue)
                index += 1
            }
        }
        for (row, exception) in zip(
            EvidenceForms.rows("exceptions", of: lines), list("exceptions"))
        {
            let sender = text(exception["sender"])
            #expect(row[1] == (sender.hasPrefix("=") ? "'" + sender : sender))
            #expect(row[5] == text(exception["messages"]) && row[3] == text(exception["since"]))
        }
        for (row, change) in zip(EvidenceForms.rows("changes", of: lines), list("changes")) {
            #expect(row[0] == text(change["number"]) && row[6] == text(change["after"]))
        }
        let course = EvidenceForms.rows("course", of: lines)
        #expect(course.count == list("steps").count)
        let facts = EvidenceForms.rows("pack", of: lines)
        #expect(facts.contains(["Head of the audit log", text(json["chainHead"])]))
        #expect(facts.contains(["Summary", text(json["summary"])]))
    }

    /// Every cell of the spreadsheet stands on a page, row by row.
    private func comparePages(_ pages: [String], _ lines: [[String]], _ pack: EvidencePack) {
        func shown(_ cell: String) -> String {
            if let number = Int64(cell) { return Self.grouped(number) }
            if let day = UTCDay(cell) { return Self.spoken(day) }
            if cell.hasSuffix("Z"), cell.count == 20 {
                return cell.prefix(10) + " " + cell.dropFirst(11).prefix(5) + " UTC"
            }
            return cell.hasPrefix("'=") ? String(cell.dropFirst()) : cell.isEmpty ? "–" : cell
        }
        for table in ["domains", "mail", "receivers", "exceptions", "changes", "course"] {
            for row in EvidenceForms.rows(table, of: lines) {
                var row = row
                // Shares are compared by themselves: a figure gets its sign.
                if table == "mail" { row.removeLast() }
                if table == "receivers" { row.removeSubrange(6...) }
                let line = EvidenceForms.squeezed(row.map(shown).joined())
                #expect(pages.contains { $0.contains(line) }, "\(table): \(line)")
            }
        }
        let cover = pages.first ?? ""
        #expect(cover.contains(EvidenceForms.squeezed(pack.summary)))
        #expect(cover.contains(EvidenceForms.squeezed(pack.now.mail.unauthorised.words)))
        for (index, page) in pages.enumerated() {
            #expect(page.contains("Page\(index + 1)of\(pages.count)"))
            #expect(page.contains("Headoftheauditlog\(pack.chainHead)"))
            #expect(page.contains("made2026-06-0901:00UTC"))
            #expect(!page.unicodeScalars.contains("\u{202E}"))
        }
    }

    private static func grouped(_ value: Int64) -> String {
        var (text, rest) = ("", value)
        while rest >= 1_000 {
            text = "," + String(String(1_000 + rest % 1_000).dropFirst()) + text
            rest /= 1_000
        }
        return String(rest) + text
    }

    private static func spoken(_ day: UTCDay) -> String {
        let names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(separator: " ")
        let (year, month, number) = day.civil
        return "\(number) \(names[month - 1]) \(year)"
    }

    @Test func `a long table goes on under its headings, and what does not fit is told`()
        async throws
    {
        try await bank(.sqlite) { maker, _ in
            var pack = try await maker.pack(EvidenceQuestion(), of: .first, now: Self.now)
            let domain = try #require(pack.domains.first)
            pack.domains = (0..<300).map { number in
                var copy = domain
                copy.domain = "number-\(number)." + String(repeating: "long-", count: 9) + "example"
                copy.owner = "Ada"
                return copy
            }
            let pages = try await EvidenceForms.pages(try EvidenceForm.pdf.render(pack))
            let inventory = pages.filter { $0.contains("DomainOwnerPolicybefore") }
            #expect(inventory.count >= 5)
            for number in 0..<300 {
                #expect(pages.contains { $0.contains("number-\(number).long-") }, "\(number)")
            }
            let short = try await EvidenceForms.pages(
                try EvidenceForm.pdf.render(pack, pages: 3))
            #expect(short.count == 3)
            #expect(short.last?.contains("Moredidnotfit") == true)
            #expect(throws: PDFError.tooLarge) {
                try EvidenceForm.pdf.render(pack, octets: 1_000)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what is too much is counted, and not told one by one`(
        _ engine: TestEngine
    ) async throws {
        try await bank(engine) { maker, database in
            let reports = WatchedReports(database: database)
            try await reports.take(
                "many.example", day: 88, policy: "none",
                (0..<EvidenceLimits.exceptions + 4).map {
                    .init(
                        source: "192.0.2.\($0 % 250)", messages: 5, sender: "s\($0)",
                        sourceClass: .unknown)
                })
            try await database.write { transaction in
                for number in 0..<EvidenceLimits.changes + 3 {
                    try AuditChain.append(
                        AuditChange(by: AuditActor(.rule, name: "r"), "dns.made", "\(number)"),
                        to: .first, at: Self.now - 60, in: transaction)
                }
            }
            let pack = try await maker.pack(EvidenceQuestion(), of: .first, now: Self.now)
            #expect(pack.exceptions.count == EvidenceLimits.exceptions)
            #expect(pack.otherExceptions == 5)
            #expect(pack.changes.count == EvidenceLimits.changes && pack.otherChanges == 3)
            #expect(pack.changes.first?.number == 4)
        }
    }

    @Test func `a question without an answer is refused in words`() async throws {
        try await bank(.sqlite) { maker, _ in
            let begin = WatchedReports.begin
            func refusal(
                _ question: EvidenceQuestion, of organisation: OrganisationID = .first
            ) async -> EvidenceError? {
                do {
                    _ = try await maker.pack(question, of: organisation, now: Self.now)
                    return nil
                } catch {
                    return error as? EvidenceError
                }
            }
            let stranger = try #require(DomainName("stranger.example"))
            #expect(
                await refusal(EvidenceQuestion(domains: [stranger])) == .unknownDomain(stranger))
            #expect(
                await refusal(EvidenceQuestion(from: begin, to: begin.advanced(by: -1)))
                    == .order(begin, begin.advanced(by: -1)))
            #expect(
                await refusal(EvidenceQuestion(from: begin, to: begin, beforeFrom: begin))
                    == .overlap(begin))
            let late = begin.advanced(by: EvidenceLimits.period)
            #expect(await refusal(EvidenceQuestion(from: begin, to: late)) == .tooLong)
            let last = begin.advanced(by: EvidenceLimits.span)
            #expect(
                await refusal(EvidenceQuestion(from: last, to: last, beforeFrom: begin))
                    == .tooLong)
            let many = (0...EvidenceLimits.domains).compactMap { DomainName("d\($0).example") }
            #expect(await refusal(EvidenceQuestion(domains: many)) == .tooManyDomains)
            #expect(
                await refusal(EvidenceQuestion(), of: OrganisationID(rawValue: 9))
                    == .unknownOrganisation)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `another organisation's mail, people and changes are not in it`(
        _ engine: TestEngine
    ) async throws {
        try await bank(engine) { maker, database in
            let accounts = AccountStore(database: database, cost: .none)
            let other = try await accounts.organisations.add(
                "Other", by: .init(.commandLine, name: "x"), now: Self.now)
            let pack = try await maker.pack(EvidenceQuestion(), of: other.id, now: Self.now)
            #expect(pack.domains.isEmpty && pack.changes.isEmpty && pack.before == nil)
            #expect(pack.now.mail.counts.total == 0 && pack.exceptions.isEmpty)
            #expect(pack.summary.contains("no receiver reported any mail"))
            for form in EvidenceForm.allCases { #expect(try !form.render(pack).isEmpty) }
            let bank = try #require(DomainName("bank.example"))
            await #expect(throws: EvidenceError.unknownDomain(bank)) {
                try await maker.pack(
                    EvidenceQuestion(domains: [bank]), of: other.id, now: Self.now)
            }
        }
    }
}
