import Foundation
import Gateway
import Identities
import TestSupport
import Testing

@Suite struct `MTA-STS policies on disk` {
    private func entry(
        _ name: String, maxAge: Int = 86_400, at instant: Int64 = 1_000_000
    ) throws -> MTASTSCache.Entry {
        MTASTSCache.Entry(
            domain: try domain(name), id: "20261122",
            text: Array(
                "version: STSv1\r\nmode: enforce\r\nmx: mx.\(name)\r\nmax_age: \(maxAge)\r\n".utf8),
            fetchedAt: instant)
    }

    @Test func `outlive a restart, the newest of each domain`() throws {
        let path = TestDatabase.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = MTASTSPolicyFolder(path)
        #expect(folder.entries(now: 0).isEmpty)
        let (old, new) = (try entry("example.org"), try entry("example.org", at: 2_000_000))
        let other = try entry("example.net", at: 1_500_000)
        for entry in [old, new, other] { #expect(folder.save(entry) == nil) }
        #expect(MTASTSPolicyFolder(path).entries(now: 2_000_001) == [other, new])
    }

    @Test func `go away when their time is over, and broken files with them`() throws {
        let path = TestDatabase.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = MTASTSPolicyFolder(path)
        #expect(folder.save(try entry("example.org", maxAge: 10)) == nil)
        let good = try entry("example.net")
        #expect(folder.save(good) == nil)
        for (name, text) in [
            ("example.com", "no policy"), ("not a domain", "x 1\nversion: STSv1\n"),
            ("long.example", "x 1\n" + String(repeating: "a", count: 1 << 20)),
        ] {
            try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        }
        #expect(folder.entries(now: 1_000_000 + 11_000) == [good])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["example.net"])
    }

    @Test func `that cannot be kept are told`() throws {
        let folder = MTASTSPolicyFolder("/proc/sealgate")
        #expect(folder.save(try entry("example.org"))?.contains("cannot be kept") == true)
    }
}
