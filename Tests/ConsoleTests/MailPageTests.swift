import Console
import Foundation
import Spool
import Synchronization
import Testing

/// The pages about messages and the queue, with nothing, little, much and hostile mail.
@Suite struct MailPageTests {
    static func pages(_ size: SampleMail.Size) -> [String] {
        let script = Browser.coded(SampleMail.script)
        let lists = [
            "/messages", "/queue", "/messages?q=invoice", "/messages?q=\(script)",
            "/messages?from=supplier.example&to=ben%40example.org&subject=invoice&client=192.0.2.1",
            "/messages?from=\(script)&to=%3C&client=x&what=nothing&since=2025-02-31&until=x",
            "/messages?since=1970-01-01&until=9999-12-31", "/messages?at=1.1&q=anna",
            "/messages?at=\(Int64.max).\(Int64.min)", "/messages?at=\(script)",
            "/messages?q=" + String(repeating: "%40", count: 300),
        ]
        let outcomes = ["delivered", "waiting", "held", "failed", "refused", "deferred", "deleted"]
        guard size != .empty else { return lists }
        return lists + outcomes.map { "/messages?what=\($0)" }
            + (1...8).map { "/messages/\(SampleMail.id($0))" }
            + [
                "/messages/\(SampleMail.id(2).description.lowercased())?done=retry",
                "/messages/\(SampleMail.id(3))?done=\(script)",
                "/messages/\(SampleMail.id(3))/delete", "/messages/\(SampleMail.id(4))/delete",
                "/queue?done=hold&n=12", "/queue?done=\(script)&n=\(script)",
            ]
    }

    @Test(arguments: SampleMail.Size.allCases)
    func `every page about mail answers, says something first, and is guarded`(
        _ size: SampleMail.Size
    ) async throws {
        let mail = try await SampleMail(size)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            for path in Self.pages(size) {
                let answer = try await browser.get(path)
                #expect(answer.status == 200, "\(path)")
                // The sample's own braces are text, and no template's.
                let text = answer.text.replacingOccurrences(of: "{{x}}", with: "")
                for part in ["<h1>", "</html>", "class=\"lead\""] {
                    #expect(text.contains(part), "\(path)")
                }
                let forbidden = [
                    "{{", "Optional(", "<script", " style=", " onload=", " onerror=",
                ].filter { text.contains($0) }
                #expect(forbidden.isEmpty, "\(path): \(forbidden)")
                #expect(!text.unicodeScalars.contains("\u{202E}"), "\(path)")
                #expect(!text.unicodeScalars.contains("\u{1B}"), "\(path)")
                #expect(answer.body.count < 400_000, "\(path)")
                #expect(answer["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            }
        }
    }

    @Test func `a message's page tells its story`() async throws {
        let mail = try await SampleMail(.small)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            let delivered = try await browser.get("/messages/\(SampleMail.id(1))").text
            for words in [
                "Invoice 4711 for November", "It was delivered to its recipient, 1.8 s after",
                "May this server send for the return address? (SPF)", "spf=pass",
                "The signature with the key “s1” is genuine", "Accepted for delivery",
                "250 2.6.0 Queued as 8F31A", "encrypted with TLSv1.3", "mx1.example.org",
                "anna.larsen@supplier.example", "192.0.2.1", "It leaves by the route",
            ] {
                #expect(delivered.contains(words), "\(words)")
            }
            #expect(!delivered.contains("action=\"/messages/"))
            let refused = try await browser.get("/messages/\(SampleMail.id(4))").text
            #expect(refused.contains("We refused it"))
            #expect(refused.contains("There is none"))
            #expect(!refused.contains("It leaves by the route"))
            #expect(refused.contains("Two lists know 192.0.2.4 as a sender of spam."))
            let failed = try await browser.get("/messages/\(SampleMail.id(5))").text
            #expect(failed.contains("It could not be delivered to its recipient: 550 5.1.1"))
            #expect(failed.contains("The sender was told"))
            let many = try await browser.get("/messages/\(SampleMail.id(8))").text
            #expect(many.contains("this one stands for 1,204"))
            let some = try await browser.get("/messages/\(SampleMail.id(7))").text
            #expect(some.contains("by Ada"))
            #expect(some.contains("It is not yet delivered to one of its 3 recipients."))
            #expect(some.contains("For ben@example.org, eva@example.org"))
            let held = try await browser.get("/messages/\(SampleMail.id(3))").text
            #expect(!held.contains("On its way"))
            #expect(some.contains("joão@example.org"))
        }
    }

    @Test func `messages are found, and pages follow each other`() async throws {
        let mail = try await SampleMail(.large)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            let first = try await browser.get("/messages?q=anna.larsen%40supplier.example").text
            #expect(first.contains("50\u{A0}messages on this page"))
            let start = try #require(first.firstRange(of: "href=\"/messages?q=anna"))
            let link = first[start.lowerBound...].dropFirst(6).prefix { $0 != "\"" }
            #expect(link.contains("at="))
            let second = try await browser.get(
                link.replacingOccurrences(of: "&amp;", with: "&")
            ).text
            #expect(second.contains("50\u{A0}messages on this page"))
            #expect(!second.contains("\(SampleMail.id(1))"))
            let one = try await browser.get("/messages?q=%3C4711.3.1%40supplier.example%3E").text
            #expect(one.contains("1\u{A0}message fits."))
            let held = try await browser.get("/messages?what=held&q=payment").text
            #expect(held.contains("50\u{A0}messages on this page"))
            let none = try await browser.get("/messages?q=payment+invoice").text
            #expect(none.contains("No message fits."))
            // An id leads to its message.
            let id = SampleMail.id(2, round: 7)
            let answer = try await browser.get("/messages?q=\(id)")
            #expect(answer.status == 302 || answer.status == 303)
            #expect(answer["Location"] == "/messages/\(id)")
            // What was not understood is said.
            let bad = try await browser.get("/messages?from=nobody+at+all&client=x").text
            #expect(bad.contains("is no address and no domain; it was left out."))
            #expect(bad.contains("is no address of a server; it was left out."))
        }
    }

    @Test func `today's figures lead to what they count`() async throws {
        let mail = try await SampleMail(.small)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            let text = try await browser.get("/messages").text
            #expect(text.contains("4\u{A0}messages were"))
            #expect(text.contains("href=\"/messages?what=held\">1 held</a>"))
            #expect(text.contains("href=\"/messages?what=refused\">1,205 refused</a>"))
        }
    }

    @Test func `what does not exist is said in a page of its own`() async throws {
        let mail = try await SampleMail(.small)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            for path in [
                "/messages/x", "/messages/0000000000000", "/messages/ZZZZZZZZZZZZZ",
                "/messages/0000000000000/delete", "/queue/delete?destination=other.example",
                "/queue/delete",
            ] {
                let answer = try await browser.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.text.contains("Nothing is here"), "\(path)")
            }
        }
        // Without a gateway there are no such pages, and nothing leads to them.
        try await SampleConsole(.small).serveSignedIn { browser in
            let messages = try await browser.get("/messages")
            #expect(messages.status == 404)
            let queue = try await browser.get("/queue")
            #expect(queue.status == 404)
            let start = try await browser.get("/")
            #expect(!start.text.contains("href=\"/messages\""))
        }
    }

    @Test func `what a person asks for is handed on, once and with the name`() async throws {
        let mail = try await SampleMail(.small)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            let held = SampleMail.id(3)
            let token = try await browser.get("/messages/\(held)").field("form_token")
            #expect(!token.isEmpty)
            let released = try await browser.post(
                "/messages/\(held)/release", ["form_token": token])
            #expect(released["Location"] == "/messages/\(held)?done=release")
            for act in ["hold", "retry", "delete"] {
                let answer = try await browser.post(
                    "/messages/\(SampleMail.id(2))/\(act)", ["form_token": token])
                #expect(answer.status == 302 || answer.status == 303)
            }
            let key = try await browser.get("/queue").field("destination")
            let all = try await browser.post("/queue/retry", ["form_token": token])
            #expect(all["Location"] == "/queue?done=retry&n=3")
            _ = try await browser.post(
                "/queue/hold", ["form_token": token, "destination": key])
            _ = try await browser.post(
                "/queue/delete",
                ["form_token": token, "destination": key, "typed": "Example.org"])
            let waiting = SampleMail.id(2)
            #expect(
                mail.requests.withLock { $0 } == [
                    QueueRequest(.release, .message(held), by: "Ada"),
                    QueueRequest(.hold, .message(waiting), by: "Ada"),
                    QueueRequest(.retry, .message(waiting), by: "Ada"),
                    QueueRequest(.delete, .message(waiting), by: "Ada"),
                    QueueRequest(.retry, .everything, by: "Ada"),
                    QueueRequest(.hold, .destination("example.org"), by: "Ada"),
                    QueueRequest(.delete, .destination("example.org"), by: "Ada"),
                ])
        }
    }

    @Test func `nothing is done without the form's token, the name, or a destination`() async throws
    {
        let mail = try await SampleMail(.small)
        try await SampleConsole(mail: mail).serveSignedIn { browser in
            let held = SampleMail.id(3)
            let token = try await browser.get("/messages/\(held)").field("form_token")
            let forged = try await browser.post(
                "/messages/\(held)/release", ["form_token": "00"])
            #expect(forged.status == 403)
            let got = try await browser.get("/messages/\(held)/release")
            #expect(got.status != 200)
            let key = try await browser.get("/queue").field("destination")
            let untyped = try await browser.post(
                "/queue/delete", ["form_token": token, "destination": key, "typed": "yes"])
            #expect(untyped.status == 422)
            #expect(untyped.text.contains("That is not the name of the destination."))
            for act in ["hold", "release"] {
                let answer = try await browser.post("/queue/\(act)", ["form_token": token])
                #expect(answer.status == 400)
            }
            let gone = try await browser.post(
                "/queue/delete", ["form_token": token, "destination": "x", "typed": "x"])
            #expect(gone.status == 404)
            #expect(mail.requests.withLock { $0.isEmpty })
        }
        // Strangers see none of it.
        try await SampleConsole(mail: mail).serve { browser in
            for path in ["/messages", "/messages/\(SampleMail.id(1))", "/queue"] {
                let answer = try await browser.get(path)
                #expect(answer["Location"]?.hasPrefix("/sign-in") == true, "\(path)")
            }
        }
    }
}
