import Console
import Foundation
import Storage
import Testing

/// What comes in through the browser, and what became of it.
@Suite struct UploadTests {
    @Test func `an uploaded report shows up`() async throws {
        try await SampleConsole(.empty).serveSignedIn { browser in
            let token = try await browser.get("/intake").field("form_token")
            let answer = try await browser.upload(
                "/intake/upload", token: token,
                files: [
                    ("C:\\Reports\\a.xml", Array("<?xml<b>Reporter & Söhne</b>".utf8)),
                    ("b.bin", Array("neither".utf8)),
                ])
            #expect(answer.status == 200)
            #expect(answer.text.contains("1\u{A0}report was taken in"))
            #expect(answer.text.contains("1\u{A0}document could not be taken in and waits"))
            let intake = try await browser.get("/intake").text
            #expect(intake.contains("&lt;b&gt;Reporter &amp; Söhne&lt;/b&gt;"))
            #expect(intake.contains("It begins like no report that we know."))
            #expect(intake.contains("href=\"/reports/1\""))
        }
    }

    @Test func `too much is refused with a sentence, and nothing of it is taken in`() async throws {
        try await SampleConsole(.empty).serveSignedIn { browser in
            let token = try await browser.get("/intake").field("form_token")
            let large = [UInt8](repeating: 0x20, count: Limits.upload)
            let answer = try await browser.upload(
                "/intake/upload", token: token, files: [("a.xml", Array("<?xml".utf8) + large)])
            #expect(answer.status == 413)
            #expect(answer.text.contains("25\u{A0}MiB"))
            #expect(try await browser.get("/intake").text.contains("No report has come in yet"))

            let form = try await browser.post(
                "/sign-out", ["form_token": token, "x": String(repeating: "y", count: Limits.form)])
            #expect(form.status == 413)
        }
    }

    @Test func `places tell how they are, and what went wrong`() async throws {
        var good = IntakePlaceState(place: "u at <b>host</b>:993, INBOX")
        good.succeededAt = SampleDomains.now
        good.taken = 1_234
        var bad = IntakePlaceState(place: "folder /srv/reports")
        bad.failedAt = SampleDomains.now
        bad.failure = "The folder cannot be listed."
        let console = try await SampleConsole(.empty, places: [good, bad])
        try await console.serveSignedIn { browser in
            let text = try await browser.get("/intake").text
            #expect(text.contains("Fetched from"))
            #expect(text.contains("&lt;b&gt;host&lt;/b&gt;"))
            #expect(text.contains("The folder cannot be listed."))
            #expect(text.contains("Works."))
        }
    }

    @Test func `an upload at the limit is taken in`() async throws {
        try await SampleConsole(.empty).serveSignedIn { browser in
            let token = try await browser.get("/intake").field("form_token")
            let content =
                Array("<?xml".utf8) + [UInt8](repeating: 0x20, count: Limits.upload - 1_024)
            let answer = try await browser.upload(
                "/intake/upload", token: token, files: [("a.xml", content)])
            #expect(answer.status == 200)
        }
    }

    @Test func `too many files are refused`() async throws {
        try await SampleConsole(.empty).serveSignedIn { browser in
            let token = try await browser.get("/intake").field("form_token")
            let files = (0..<Limits.uploadParts).map {
                (name: "\($0).xml", content: Array("<?xml".utf8))
            }
            let answer = try await browser.upload("/intake/upload", token: token, files: files)
            #expect(answer.status == 400)
            #expect(answer.text.contains("At most 200 files"))
            let long = try await browser.upload(
                "/intake/upload", token: token,
                files: [(String(repeating: "n", count: Limits.partHeader), [])])
            #expect(long.status == 400)
            #expect(long.text.contains("name that is too long"))
        }
    }

    @Test func `broken uploads are told from ours`() async throws {
        try await SampleConsole(.empty).serveSignedIn { browser in
            let token = try await browser.get("/intake").field("form_token")
            let bodies = [
                "", "--x", "--x\r\n",
                "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end",
                "--x\r\nContent-Disposition: form-data; name=\"a", "no delimiter at all",
            ]
            for body in bodies {
                let answer = try await browser.send(
                    "POST", "/intake/upload",
                    headers: ["Content-Type": "multipart/form-data; boundary=x"],
                    body: Array(body.utf8))
                #expect(answer.status == 400, "\(body)")
            }
            for type in [
                "multipart/form-data", "multipart/form-data; boundary=", "text/plain",
                "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
            ] {
                let answer = try await browser.send(
                    "POST", "/intake/upload", headers: ["Content-Type": type],
                    body: Array("--x--".utf8))
                #expect(answer.status == 400, "\(type)")
            }
            let none = try await browser.upload("/intake/upload", token: token, files: [("", [])])
            #expect(none.status == 400)
            #expect(none.text.contains("No file was chosen"))
        }
    }

    @Test func `a quarantined document is retried, exported and discarded`() async throws {
        try await SampleConsole(.hostile).serveSignedIn { browser in
            let page = try await browser.get("/intake/quarantine/1")
            #expect(page.text.contains("How it begins"))
            let export = try await browser.get("/intake/quarantine/1/export")
            #expect(export.status == 200)
            #expect(export["Content-Type"] == "application/octet-stream")
            #expect(
                export["Content-Disposition"]
                    == "attachment; filename=\"quarantined-1-ab01ab01ab01.bin\"")
            #expect(export["X-Content-Type-Options"] == "nosniff")
            #expect(export.text.hasPrefix("<?xml"))

            let token = page.field("form_token")
            let retried = try await browser.post(
                "/intake/quarantine/1/retry", ["form_token": token])
            #expect(retried.status == 200)
            #expect(retried.text.contains("could not be read"))
            let discarded = try await browser.post(
                "/intake/quarantine/1/discard", ["form_token": token])
            #expect(discarded["Location"] == "/intake?discarded=1#quarantine")
            #expect(try await browser.get("/intake?discarded=1").text.contains("was discarded"))
            #expect(try await browser.get("/intake/quarantine/1/export").status == 404)
        }
    }
}
