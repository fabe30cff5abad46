import FoundationEssentials
import SMTP
import Testing

/// What fuzzing began with, and what it has found: the first octet of a file chooses what the
/// client wants, the second is the fuzzer's, the rest is what a server says.
@Suite struct ReplyFixtureTests {
    private static let files: [URL] = {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures")
        return ["replies", "FailCases/SMTPReplyFuzz"].flatMap { folder in
            let path = fixtures.appending(path: folder)
            let names = try? FileManager.default.contentsOfDirectory(atPath: path.path())
            return (names ?? []).sorted().map { path.appending(path: $0) }
        }
    }()

    @Test func `every transaction ends once, whatever a server says`() throws {
        #expect(!Self.files.isEmpty)
        for file in Self.files {
            let octets = Array(try Data(contentsOf: file))
            let wishes = octets.first ?? 0
            var dialogue = ClientDialogue(
                startTLS: [.never, .ifOffered, .required, .ifOffered][Int(wishes & 3)],
                pipelining: wishes & 4 == 0, chunking: wishes & 8 == 0)
            var begun = 0
            var words: [String] = []
            for octet in octets.dropFirst(2) {
                dialogue.receive([octet])
                if dialogue.actions.contains(.startTLS) {
                    _ = dialogue.session.secured(isAuthenticated: true)
                }
                if dialogue.actions.contains(where: {
                    if case .content = $0 { true } else { false }
                }) {
                    dialogue.session.contentSent()
                }
                words += dialogue.took()
                if dialogue.session.isReady, begun < 6 {
                    begun += 1
                    dialogue.begin(.mail(3, isAhead: wishes & 32 == 0))
                    if dialogue.actions.contains(.content(.counted)) {
                        dialogue.session.contentSent()
                    }
                }
            }
            dialogue.close()
            words += dialogue.took()
            // A result begins with a code, or with a reason and where.
            let results = words.filter {
                $0.contains("@") && $0.hasPrefix("<") || $0.hasPrefix("<2")
            }
            #expect(results.count == begun, "\(file.lastPathComponent): \(words)")
            #expect(["<close>"].contains(words.last) || words.last?.hasPrefix("<failed") == true)
        }
    }
}
