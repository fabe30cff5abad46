import Foundation
import OpenIDConnect
import TestSupport
import Testing

/// A provider that answers badly, over real sockets.
@Suite(.serialized)
struct HostileWebTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Peers/hostile.py").path

    private func each(_ body: (Int) async throws -> Void) async throws {
        let log = TestDatabase.temporaryFolder() + ".log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let server = try await PythonServer(Self.script, [], log: log)
        try await body(server.port)
    }

    private func ask(_ path: String, _ port: Int) async -> Result<ProviderAnswer, SignInFault> {
        guard let address = ProviderAddress("http://127.0.0.1:\(port)\(path)") else {
            return .failure(SignInFault(.metadata, "no address"))
        }
        do {
            return .success(try await HTTPProviderWeb().send(ProviderRequest(address: address)))
        } catch {
            return .failure(error)
        }
    }

    @Test func `a provider that hangs, drips, floods, breaks off or redirects is given up`()
        async throws
    {
        try await each { port in
            #expect(try await ask("/good", port).get().body == Array("good".utf8))
            let faults = await withTaskGroup(of: (String, SignInFault.Code?).self) { group in
                for path in ["/hang", "/drip", "/huge", "/close", "/nonsense"] {
                    group.addTask { (path, await ask(path, port).code) }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(
                faults == [
                    "/hang": .unreachable, "/drip": .unreachable, "/huge": .unreachable,
                    "/close": .unreachable, "/nonsense": .unreachable,
                ])
            // It is told as it is, and not followed.
            let redirect = try await ask("/redirect", port).get()
            #expect(redirect == ProviderAnswer(status: 302, body: []))
        }
        // Nobody is there any more.
        #expect(await ask("/good", 1).code == .unreachable)
    }

    @Test func `a form is posted with its secret in the header`() async throws {
        try await each { port in
            let address = try #require(ProviderAddress("http://127.0.0.1:\(port)/token"))
            let answer = try await HTTPProviderWeb().send(
                ProviderRequest(
                    address: address, form: [ProviderField("code", "a b&c")],
                    authorization: "Basic eA=="))
            #expect(String(decoding: answer.body, as: UTF8.self) == "Basic eA== code=a%20b%26c")
        }
    }
}
