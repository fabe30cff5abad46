import FoundationEssentials
import Testing

/// docs/configuration.md is what the program says of its options:
/// `UPDATE_GOLDEN=1 swift test --filter ConfigurationDocumentTests` writes it anew.
@Suite struct ConfigurationDocumentTests {
    static let path = "docs/configuration.md"

    @Test func `the document is what the program describes`() throws {
        let program = try #require(
            Program.find(), "the program is not built: swift build --build-tests")
        let told = try Program.run([program, "config", "describe", "--format", "markdown"])
        #expect(told.status == 0)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(told.text.utf8).write(to: URL(filePath: Repository.root + "/" + Self.path))
        }
        #expect(
            Repository.read(Self.path)?.text == told.text,
            "Write it anew: UPDATE_GOLDEN=1 swift test --filter ConfigurationDocumentTests")
    }

    @Test func `every flag that the document names is one of the program's`() throws {
        let program = try #require(Program.find())
        let document = try #require(Repository.read(Self.path)).text
        let helps = try ["import", "serve", "replay", "demo"].map {
            try Program.run([program, "help", $0]).text
        }
        let flags = document.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "-" })
            .filter { $0.hasPrefix("--") && $0.contains(where: \.isLetter) }
            .filter { $0 != "--format" && $0 != "--filter" }
        #expect(flags.count > 10)
        for flag in Set(flags) {
            #expect(helps.contains { $0.contains("\(flag) ") }, "\(flag) is no command's")
        }
    }
}
