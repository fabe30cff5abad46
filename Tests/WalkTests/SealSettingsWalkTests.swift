import FoundationEssentials
import TestSupport
import Testing

/// What the operator says of keys, marks and banners is examined before a door is opened.
@Suite(.serialized)
struct SealSettingsWalkTests {
    /// What 'sealgate serve' says and does not open a door for.
    private func refusal(
        _ words: [String], _ files: [String: String] = [:]
    ) throws -> Program.Outcome {
        var outcome: Program.Outcome?
        try withScratchFolder { folder in
            for (name, text) in files {
                try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
            }
            outcome = try Program.run(
                [
                    "serve", "--resolver", "none", "--port", "0", "--inbound", "127.0.0.1:0",
                    "--recipients", "all",
                ] + words, folder: folder)
        }
        return try #require(outcome)
    }

    @Test("a key that cannot be read or used is told, and no door is opened")
    func keys() throws {
        for flag in ["--sign", "--sign-dkim2", "--arc"] {
            let missing = try refusal([flag, "example.com s2026 no.pem"])
            #expect(missing.status == 1)
            #expect(missing.errors.contains("no.pem for example.com cannot be read"), "\(flag)")
            let bad = try refusal([flag, "example.com s2026 bad.pem"], ["bad.pem": "no key\n"])
            #expect(bad.status == 1)
            #expect(bad.errors.contains("bad.pem for example.com cannot be used"), "\(flag)")
            for words in ["example.com s2026", "example.com s_\u{7F} a.pem", "a..b s a.pem"] {
                let faulty = try refusal(["\(flag)=\(words)"])
                #expect(faulty.status == 64)
                #expect(faulty.errors.contains("DOMAIN SELECTOR FILE"), "\(faulty.errors)")
            }
        }
    }

    @Test("a third key of a domain, and a selector twice, are told")
    func severalKeys() throws {
        let three = try refusal((1...3).flatMap { ["--sign", "example.com s\($0) a.pem"] })
        #expect(three.status == 1)
        #expect(three.errors.contains("at most 2 sign for a domain"), "\(three.errors)")
        let twice = try refusal(["s", "S"].flatMap { ["--sign", "example.com \($0) a.pem"] })
        #expect(twice.errors.contains("a selector of example.com twice"), "\(twice.errors)")
    }

    @Test("a banner and a mark that cannot be shown are told")
    func changes() throws {
        let missing = try refusal(["--banner", "no.txt"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("The banner no.txt cannot be read"))
        for text in ["", "\u{1B}[31m", String(repeating: "x", count: 4_097)] {
            let bad = try refusal(["--banner", "b.txt"], ["b.txt": text])
            #expect(bad.status == 1)
            #expect(bad.errors.contains("The banner b.txt is no sentence"))
        }
        let mark = try refusal(["--subject-tag", String(repeating: "x", count: 41)])
        #expect(mark.status == 64)
        #expect(mark.errors.contains("at most 40 bytes"), "\(mark.errors)")
    }
}
