import Console
import MailReports
import ReportConsumer
import Synchronization
import Testing

/// Reports that programs hand in over HTTP, each with a token.
@Suite struct ReportPushTests {
    /// What was handed in, by whom.
    final class Taken: Sendable {
        private let all = Mutex<[(String, Int)]>([])
        func add(_ holder: String, _ count: Int) { all.withLock { $0.append((holder, count)) } }
        var holders: [String] { all.withLock { $0.map(\.0) } }
        var counts: [Int] { all.withLock { $0.map(\.1) } }
    }

    struct Broken: Error {}

    private func console(_ taken: Taken) async throws -> SampleConsole {
        try await SampleConsole(
            .empty,
            reportPush: ReportPush(
                holder: { $0 == "good" ? "collector" : nil },
                take: { bytes, holder in
                    if bytes == Array("break".utf8) { throw Broken() }
                    taken.add(holder, bytes.count)
                    var outcome = IntakeOutcome()
                    if bytes == Array("junk".utf8) {
                        outcome.refused = [
                            ReportRefusal(.notAReport, path: "a", "It is \"junk\".")
                        ]
                    }
                    return outcome
                }))
    }

    private func push(
        _ browser: Browser, _ body: [UInt8], _ authorization: String? = "Bearer good"
    ) async throws -> Browser.Answer {
        var headers = ["Content-Type": "application/octet-stream"]
        headers["Authorization"] = authorization
        return try await browser.send("POST", "/api/v1/reports", headers: headers, body: body)
    }

    @Test func `without tokens the address says so`() async throws {
        try await SampleConsole(.empty).serve { browser in
            let answer = try await push(browser, Array("x".utf8))
            #expect(answer.status == 503)
            #expect(answer.text.contains("No tokens are given out"))
        }
    }

    @Test func `a token is needed, and nothing is taken from strangers`() async throws {
        let taken = Taken()
        try await console(taken).serve { browser in
            let long = "Bearer " + String(repeating: "x", count: 600)
            for field in [nil, "Bearer bad", "Basic good", "Bearer ", "bearer", long] {
                let answer = try await push(browser, Array("x".utf8), field)
                #expect(answer.status == 401, "\(field ?? "none")")
                #expect(answer["WWW-Authenticate"] == "Bearer")
                #expect(answer["Content-Type"] == "application/json")
            }
            #expect(taken.holders.isEmpty)
        }
    }

    @Test func `a report is taken in, and what is none is set aside with its reason`()
        async throws
    {
        let taken = Taken()
        try await console(taken).serve { browser in
            let good = try await push(browser, Array("<?xml".utf8))
            #expect(good.status == 200)
            #expect(good.text.contains("\"setAside\":[]"))
            let junk = try await push(browser, Array("junk".utf8))
            #expect(junk.status == 200)
            #expect(junk.text.contains(#""reason":"It is \"junk\".""#))
            #expect(taken.holders == ["collector", "collector"])
        }
    }

    @Test func `nothing, too much, and what cannot be stored are told apart`() async throws {
        let taken = Taken()
        try await console(taken).serve { browser in
            #expect(try await push(browser, []).status == 400)
            let large = [UInt8](repeating: 0x20, count: Limits.upload + 1)
            let tooLarge = try await push(browser, large)
            #expect(tooLarge.status == 413)
            let broken = try await push(browser, Array("break".utf8))
            #expect(broken.status == 503)
            #expect(!broken.text.contains("Broken"))
            #expect(taken.counts.isEmpty)
            let whole = try await push(browser, [UInt8](repeating: 0x20, count: Limits.upload))
            #expect(whole.status == 200)
            #expect(taken.counts == [Limits.upload])
        }
    }

    @Test func `the address takes no other method`() async throws {
        try await console(Taken()).serve { browser in
            let answer = try await browser.get("/api/v1/reports")
            #expect(answer.status == 404 || answer.status == 405)
        }
    }
}
