import DNS
import DomainAnalysis
import Foundation
import Storage
import Testing

/// A program with a token of somebody, asking a console.
struct ActingProgram {
    let browser: Browser
    let token: String

    func send(
        _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> Browser.Answer {
        var headers = ["Authorization": "Bearer \(token)"]
        if body != nil { headers["Content-Type"] = "application/json" }
        return try await browser.send(
            method, path, headers: headers, body: Array((body ?? "").utf8))
    }

    func object(_ method: String, _ path: String, _ body: String? = nil) async throws -> Answer {
        let answer = try await send(method, path, body)
        #expect(answer.status == 200, "\(method) \(path): \(answer.text)")
        return try Answer(answer)
    }

    static func token(
        _ accounts: AccountStore, _ name: String, of person: AuditActor,
        _ scopes: Set<TokenScope> = [.read, .change, .approve], role: Role = .operator, now: Int64
    ) async throws -> String {
        try await accounts.tokens(of: .first).make(
            name, scopes: scopes, role: role, days: 2, by: person, now: now
        ).text
    }

    static func bank() async throws -> SampleConsole {
        let zone = SampleZone()
        zone["TXT _dmarc.bank.example."] = RecordSet(
            timeToLive: 300, data: [.text("v=DMARC1; p=none; rua=mailto:d@bank.example")])
        return try await SampleConsole(changes: zone)
    }

    static let proposals = "/api/v1/domains/bank.example/way/propose"

    struct Answer {
        let values: [String: Any]

        init(_ answer: Browser.Answer) throws {
            values = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        }

        func text(_ name: String) -> String? { values[name] as? String }
        func list(_ name: String) -> [[String: Any]] { values[name] as? [[String: Any]] ?? [] }
        func object(_ name: String) -> [String: Any] { values[name] as? [String: Any] ?? [:] }
    }
}
