import FoundationEssentials
import Identities
import MailAuthentication
import Testing

/// Inputs that once broke the fuzz target of DKIM2, as ordinary tests.
@Suite struct DKIM2FailCaseTests {
    @Test func `what once broke DKIM2 does so no more`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/FailCases").path()
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
        let files = all.filter {
            ($0.hasPrefix("DKIM2Fuzz/") || $0.hasPrefix("DKIM2Fuzz-")) && !$0.hasSuffix("/")
        }
        #expect(files.contains("DKIM2Fuzz/unsigned-instance"))
        let signer = try DKIM2Signer(
            domain: try #require(DomainName("fuzz.example")),
            keys: [.init(selector: "fuzz", key: try SigningKey.generate(.ed25519))])
        let next = try #require(DomainName("fuzz.example"))
        for file in files {
            let octets = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(file)")))
            let message = RawMessage(octets)
            if let history = DKIM2History(message) {
                _ = history.confirmed
                for number in 0...history.count + 1 { _ = history.instance(number) }
            }
            let longer = RawMessage(
                octets + octets.suffix(octets.count / 2), lineEnds: message.lineEnds)
            let field = try #require(RawField("List-Id: <fuzz.example>"))
            let changed = longer.with(fields: [field] + longer.fields)
            guard
                let added = try? signer.sign(
                    changed, for: .nextDomain(next), former: message, now: 1_790_000_000)
            else { continue }
            let fields = [added.signature, added.instance].compactMap {
                $0.flatMap { RawField($0) }
            }
            let again = try #require(
                DKIM2History(changed.with(fields: fields + changed.fields)), "\(file)")
            #expect(again.confirmed.contains(again.count), "\(file)")
        }
    }
}
