import Foundation
import OpenIDConnect
import Testing

/// Tokens of another program, kept with the keys behind them; the fuzzer begins with them too.
struct StoredTokenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    @Test(arguments: ["rs256", "ps256", "es256"])
    func `tokens that Authlib signed are believed`(_ name: String) throws {
        let parts = try parts(Self.folder.appending(path: "tokens/\(name)"))
        let identity = try IDTokenVerifier(issuer: "https://login.example", clientID: "sealgate")
            .verify(parts.token, keys: KeySet(json: parts.keys), nonce: "n", now: 1_700_000_000)
        #expect(identity.subject == "248289761001")
    }

    @Test func `inputs that once broke the parser do so no more`() throws {
        let folder = Self.folder.appending(path: "FailCases")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for file in files {
            let parts = try parts(folder.appending(path: file))
            let outcome = Result { () throws(SignInFault) in
                try IDTokenVerifier(issuer: "https://login.example", clientID: "sealgate").verify(
                    parts.token, keys: KeySet(json: parts.keys), nonce: "n", now: 1_700_000_000)
            }
            #expect(outcome.code != nil, "\(file)")
        }
    }

    /// The token stands before the first line feed, the keys behind it.
    private func parts(_ file: URL) throws -> (token: [UInt8], keys: [UInt8]) {
        let octets = Array(try Data(contentsOf: file))
        let parts = octets.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        return (Array(parts[0]), parts.count > 1 ? Array(parts[1]) : [])
    }
}
