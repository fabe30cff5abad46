import Console
import Foundation
import Testing

/// Every page with nothing, little, much and hostile data.
@Suite struct PageTests {
    static let sizes: [SampleDomains.Size] = [.empty, .small, .large, .hostile]

    static func pages(_ size: SampleDomains.Size) -> [String] {
        let common = [
            "/", "/?days=7", "/?days=365", "/?days=-1&until=2025-02-31", "/?until=1970-01-01",
            "/intake", "/intake?before=5&quarantined-before=x", "/glossary", "/search",
            "/search?q=ex", "/search?q=" + Browser.coded(SampleDomains.script),
        ]
        let (domain, key): (String, String)
        switch size {
        case .empty: return common
        case .small: (domain, key) = ("example.org", "service:mailchimp")
        case .large: (domain, key) = ("bank.example", "service:sendgrid")
        case .hostile:
            (domain, key) = ("xn--bcher-kva.example", "host:\(SampleDomains.script)/../%2F?x=1#y")
        }
        return common + [
            "/domains/\(domain)", "/domains/\(domain.uppercased())?days=90",
            "/domains/\(domain)/senders/\(Browser.coded(key))", "/domains/\(domain)/replay",
            "/domains/\(domain)/replay?policy=none", "/domains/\(domain)/replay?policy=quarantine",
            "/domains/\(domain)/replay?record=" + Browser.coded("v=DMARC1; p=reject; adkim=s"),
            "/domains/\(domain)/replay?record=" + Browser.coded(SampleDomains.script),
            "/domains/\(domain)/plan", "/intake/quarantine/1", "/intake/quarantine/1/discard",
            "/reports/1", "/reports/3",
        ]
    }

    @Test(arguments: sizes)
    func `every page answers, says something first, and is guarded`(
        _ size: SampleDomains.Size
    ) async throws {
        try await SampleConsole(size).serveSignedIn { browser in
            for path in Self.pages(size) {
                let answer = try await browser.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(answer["Content-Security-Policy"] == Self.policy, "\(path)")
                #expect(answer["X-Content-Type-Options"] == "nosniff")
                #expect(answer["Referrer-Policy"] == "same-origin")
                #expect(answer["Cache-Control"] == "no-store")
                #expect(answer["Content-Type"] == "text/html; charset=utf-8")
                let text = answer.text
                let missing = ["<h1>", "</html>"].filter { !text.contains($0) }
                #expect(missing.isEmpty, "\(path)")
                let hasLead =
                    text.contains("class=\"lead\"") || text.contains("role=\"alert\"")
                #expect(hasLead, "\(path)")
                let forbidden = [
                    "{{", "Optional(", "<script", " style=", " onload=", " onerror=", "javascript:",
                ].filter { text.contains($0) }
                #expect(forbidden.isEmpty, "\(path)")
                #expect(answer.body.count < 400_000, "\(path)")
            }
        }
    }

    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'"

    @Test func `hostile names are shown, cut and harmless`() async throws {
        try await SampleConsole(.hostile).serveSignedIn { browser in
            for path in Self.pages(.hostile) {
                let text = try await browser.get(path).text
                let changesDirection = text.unicodeScalars.contains("\u{202E}")
                #expect(!changesDirection, "\(path)")
                // The name has 400 of each; a few letters with a few accents remain.
                let accents = text.unicodeScalars.filter { $0 == "\u{316}" }.count
                #expect(accents < 20, "\(path)")
                let isWhole = text.contains(SampleDomains.long.prefix(1_100))
                #expect(!isWhole, "\(path)")
                // Between the tags there is nothing but escaped text.
                let isRaw = text.contains("alert(1)</script")
                #expect(!isRaw, "\(path)")
            }
            let domain = try await browser.get("/domains/xn--bcher-kva.example").text
            #expect(domain.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
            #expect(domain.contains("bücher.example"))
            #expect(domain.contains("xn--bcher-kva.example"))
        }
    }

    @Test func `a quotation mark with an accent does not leave its attribute`() async throws {
        try await SampleConsole(.small).serveSignedIn { browser in
            // One character to Swift, two to a browser.
            for mark in ["\"\u{301}", "\"\u{FE0F}", "\u{600}\"", "<\u{301}", "'\u{20DD}"] {
                let text = try await browser.get(
                    "/search?q=" + Browser.coded("\(mark) onmouseover=x")
                ).text
                let start = try #require(text.firstRange(of: "id=\"search\""))
                let tag = text.unicodeScalars[start.lowerBound...].prefix { $0 != ">" }
                // The five attributes of the field, each with its two quotation marks.
                #expect(tag.filter { $0 == "\"" }.count == 10, "\(mark.unicodeScalars)")
            }
        }
    }

    @Test func `what does not exist is said in a page of its own`() async throws {
        try await SampleConsole(.small).serveSignedIn { browser in
            let paths = [
                "/nothing", "/domains/other.example", "/domains/not..a..name",
                "/domains/example.org/senders/nobody", "/domains/other.example/replay",
                "/domains/other.example/plan", "/reports/999", "/reports/x", "/reports/-1",
                "/intake/quarantine/99999999999999999999", "/intake/quarantine/7/export",
            ]
            for path in paths {
                let answer = try await browser.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.text.contains("Nothing is here"), "\(path)")
                #expect(answer["Content-Security-Policy"] == Self.policy)
            }
            let long = try await browser.get("/?q=" + String(repeating: "x", count: 9_000))
            #expect(long.status == 400)
        }
    }

    @Test func `the empty console teaches the first import`() async throws {
        try await SampleConsole(.empty).serveSignedIn { browser in
            let text = try await browser.get("/").text
            #expect(text.contains("sealgate import PATH"))
            #expect(text.contains("href=\"/intake#upload\""))
        }
    }

    @Test func `the style sheet is kept for good and asked for once`() async throws {
        try await SampleConsole(.empty).serve { browser in
            let page = try await browser.get("/sign-in").text
            let start = try #require(page.firstRange(of: "href=\"/assets/console-"))
            let path = "/assets/console-" + page[start.upperBound...].prefix { $0 != "\"" }
            let first = try await browser.get(String(path))
            #expect(first.status == 200)
            #expect(first["Content-Type"] == "text/css; charset=utf-8")
            #expect(first["Cache-Control"] == "public, max-age=31536000, immutable")
            let tag = try #require(first["ETag"])
            let second = try await browser.get(String(path), headers: ["If-None-Match": tag])
            #expect(second.status == 304)
            #expect(second.body.isEmpty)
        }
    }

    @Test func `the health of the console can be asked by anybody`() async throws {
        try await SampleConsole(.empty).serve { browser in
            let answer = try await browser.get("/healthz")
            #expect(answer.status == 200)
            #expect(answer.text == "ok\n")
            let head = try await browser.send("HEAD", "/healthz", headers: [:], body: [])
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test func `only pictures are placed into pages as they are`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Console/Templates")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let templates = names.filter { $0.hasSuffix(".mustache") }
        #expect(templates.count > 20)
        let pictures: Set = ["chart", "spark", "flow", "secretPicture"]
        for name in templates {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /\{\{\{\s*(\w+)\s*\}\}\}/) {
                #expect(pictures.contains(String(match.1)), "\(name)")
            }
            #expect(!text.contains("{{&"), "\(name)")
            for match in text.matches(of: /\{\{>\s*(\w+)\s*\}\}/) {
                #expect(names.contains("\(match.1).mustache"), "\(name)")
            }
        }
    }
}
