import DomainAnalysis
import MailReports
import Testing

@Suite("Sender catalogue")
struct CatalogueTests {
    static let header =
        "id\tname\tcategory\tshared_infrastructure\tspf_includes\tdkim_domains\tdkim_selectors\t"
        + "mailfrom_suffixes\tptr_suffixes\taligns_spf\taligns_dkim\tadvice\tdead_includes\t"
        + "source\tverified\n"
    static let good =
        "acme\tAcme\tmarketing\tyes\t_spf.acme.net\t{customer};*.acme.net;->keys.acme.net\tacme1\t"
        + "bounce.acme.net;ab.{customer}\tacme.net\tyes\tyes\tDo it.\tspf.acme.org\tits page\t"
        + "2026-10-08\n"

    static func load(_ text: String) throws -> SenderCatalogue {
        try SenderCatalogue(tsv: Array(text.utf8))
    }

    @Test func `The built-in catalogue loads, and every row has a source and a day`() {
        let catalogue = SenderCatalogue.embedded
        #expect(catalogue.services.count == 122)
        #expect(catalogue.digest.count == 16)
        for service in catalogue.services {
            #expect(!service.source.isEmpty)
            #expect(service.verified.description >= "2022-01-01", "\(service.id)")
            #expect(!service.source.contains("parsedmarc") && !service.source.contains("phishing"))
        }
        #expect(catalogue.services.count { !$0.advice.isEmpty } >= 60)
        #expect(catalogue.serviceOfDeadInclude("_SPF.mimecast.com")?.id == "mimecast")
        #expect(catalogue.serviceOfInclude("_spf.google.com")?.id == "google-workspace")
    }

    @Test func `A row is read to its parts`() throws {
        let catalogue = try Self.load(Self.header + Self.good)
        let service = try #require(catalogue.service("acme"))
        #expect(service.signsAsCustomer && !service.mailFromIsCustomer && service.isShared)
        #expect(service.dkimDomains.map(\.description) == ["*.acme.net"])
        #expect(service.dkimTargets.map(\.description) == ["keys.acme.net"])
        #expect(service.mailFromLabels == ["ab"])
        #expect(service.deadIncludes == ["spf.acme.org"])
        #expect(service.alignsSPF == .yes)
        #expect(catalogue.digest != SenderCatalogue.embedded.digest)
    }

    static let bad: [(String, String, Int, String)] = [
        ("no header", Self.good, 1, "header"),
        ("no source", Self.header + Self.good.replacing("its page", with: ""), 2, "source"),
        ("blank source", Self.header + Self.good.replacing("its page", with: "  "), 2, "source"),
        ("no day", Self.header + Self.good.replacing("2026-10-08", with: ""), 2, "verified"),
        (
            "a day no calendar has",
            Self.header + Self.good.replacing("2026-10-08", with: "2026-02-30"), 2, "verified"
        ),
        ("an id twice", Self.header + Self.good + Self.good, 3, "twice"),
        (
            "a domain of two services",
            Self.header + Self.good + Self.good.replacing("acme\tAcme", with: "other\tOther"), 3,
            "already belongs"
        ),
        (
            "a wildcard in the middle",
            Self.header + Self.good.replacing("*.acme.net", with: "mail.*.acme.net"), 2, "wildcard"
        ),
        (
            "a wildcard within a label",
            Self.header + Self.good.replacing("*.acme.net", with: "mail*.acme.net"), 2, "wildcard"
        ),
        (
            "a wildcard over a top-level domain",
            Self.header + Self.good.replacing("*.acme.net", with: "*.net"), 2, "two labels"
        ),
        (
            "a wildcard as SPF include",
            Self.header + Self.good.replacing("_spf.acme.net", with: "*.acme.net"), 2, "wildcard"
        ),
        (
            "capital letters",
            Self.header + Self.good.replacing("bounce.acme.net", with: "Bounce.acme.net"), 2,
            "small letters"
        ),
        (
            "an alias target among MAIL FROM domains",
            Self.header + Self.good.replacing("bounce.acme.net", with: "->b.acme.net"), 2,
            "mailfrom_suffixes"
        ),
        (
            "a strange category", Self.header + Self.good.replacing("marketing", with: "spam"), 2,
            "category"
        ),
        (
            "a strange yes",
            Self.header + Self.good.replacing("marketing\tyes", with: "marketing\tmaybe"), 2,
            "shared_infrastructure"
        ),
        ("a bad id", Self.header + Self.good.replacing("acme\tAcme", with: "Ac me\tAcme"), 2, "id"),
        ("a cell too few", Self.header + "acme\tAcme\n", 2, "cells"),
        (
            "an empty entry",
            Self.header + Self.good.replacing("{customer};*", with: "{customer};;*"),
            2, "dkim_domains"
        ),
    ]

    @Test("A bad file is refused with its line and a cure", arguments: Self.bad)
    func refuses(_ title: String, _ text: String, _ line: Int, _ word: String) {
        do {
            _ = try SenderCatalogue(tsv: Array(text.utf8))
            Issue.record("\(title) was accepted")
        } catch {
            #expect(error.line == line, "\(title): \(error)")
            #expect(error.description.contains(word), "\(title): \(error)")
            #expect(!error.cure.isEmpty)
        }
    }

    @Test func `A file that is not UTF-8 is refused`() {
        #expect(throws: CatalogueError.self) {
            try SenderCatalogue(tsv: Array(Self.header.utf8) + [0xFF, 0xFE])
        }
    }

    @Test func `A file, a table and a cell beyond their limits are refused`() {
        let huge = [UInt8](repeating: 0x61, count: SourceLimits.catalogueOctets + 1)
        #expect(throws: CatalogueError.self) { try SenderCatalogue(tsv: huge) }
        let rows = String(repeating: "\n", count: SourceLimits.catalogueRows + 1)
        #expect(throws: CatalogueError.self) {
            try SenderCatalogue(tsv: Array((Self.header + rows).utf8))
        }
        let entries = (0...SourceLimits.cellEntries).map { "s\($0)" }.joined(separator: ";")
        #expect(throws: CatalogueError.self) {
            try SenderCatalogue(
                tsv: Array((Self.header + Self.good.replacing("acme1", with: entries)).utf8))
        }
    }
}
