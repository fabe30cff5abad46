import FoundationEssentials
import Testing

/// What README tells people to type works.
@Suite struct ReadmeTests {
    @Test func `every sealgate command in README is understood by the program`() throws {
        let readme = try #require(Repository.read("README.md"))
        let program = try #require(
            Program.find(), "the program is not built: swift build --build-tests")
        let commands = Self.commands(in: readme, starting: "sealgate")
        #expect(!commands.isEmpty)
        for words in commands {
            let names = Array(words.prefix { $0.allSatisfy { $0.isLowercase && $0.isLetter } })
            let told = try Program.run([program, "help"] + names)
            let usage = (["USAGE: sealgate"] + names).joined(separator: " ")
            #expect(told.text.contains(usage), "sealgate \(words.joined(separator: " "))")
            for word in words where word.hasPrefix("--") {
                let option = word.split(separator: "=")[0]
                #expect(
                    told.text.contains("\(option) ") || told.text.contains("\(option)\n"),
                    "sealgate \(names.joined(separator: " ")) has no \(option)")
            }
        }
    }

    @Test func `an unknown command is not understood`() throws {
        let program = try #require(Program.find())
        let told = try Program.run([program, "help", "nonsense"])
        #expect(!told.text.contains("USAGE: sealgate nonsense"))
        #expect(try Program.run([program, "nonsense"]).status == 64)
    }

    @Test func `every script that the documents name is there and can be run`() throws {
        for path in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
            let document = try #require(Repository.read(path), "\(path) is missing")
            for word in document.text.split(whereSeparator: { " `\n()|,;:".contains($0) })
            where word.hasPrefix("scripts/") {
                let name = String(word.prefix { !".".contains($0) })
                #expect(Repository.exists(name), "\(path) names \(name)")
                #expect(
                    name == "scripts/packages"
                        || FileManager.default.isExecutableFile(
                            atPath: Repository.root + "/" + name),
                    "\(name) cannot be run")
            }
        }
    }

    @Test func `every link from one document to another leads somewhere`() {
        for document in Repository.texts where document.path.hasSuffix(".md") {
            let folder = document.path.split(separator: "/").dropLast()
            for target in Self.links(in: document) where !target.contains("://") {
                let file = target.split(separator: "#").first.map(String.init) ?? ""
                let path = (folder + [Substring(file)]).joined(separator: "/")
                #expect(Repository.exists(path), "\(document.path) links to \(target)")
            }
        }
    }

    @Test func `ARCHITECTURE has at most 250 lines, and every decision a number of its own`() throws
    {
        let architecture = try #require(Repository.read("ARCHITECTURE.md"))
        #expect(architecture.lines.count <= 250)
        let numbers = Repository.contents(of: "docs/decisions").map { $0.prefix(4) }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.allSatisfy { Int($0) != nil })
    }

    /// The commands of code blocks, in words, without comments and what follows a `|` or `>`.
    static func commands(in document: TextFile, starting program: String) -> [[String]] {
        var isCode = false
        var found: [[String]] = []
        for line in document.lines {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                var words = line.split(separator: " ").map(String.init)
                if words.first == "$" { words.removeFirst() }
                guard words.first?.split(separator: "/").last == Substring(program) else {
                    continue
                }
                let end = words.firstIndex { ["#", "|", ">", "&&"].contains($0) }
                found.append(Array(words[1..<(end ?? words.count)]))
            }
        }
        return found
    }

    /// The targets of `[text](target)`.
    static func links(in document: TextFile) -> [String] {
        var targets: [String] = []
        var rest = document.text[...]
        while let opening = rest.firstRange(of: "](") {
            rest = rest[opening.upperBound...]
            let target = rest.prefix { $0 != ")" && $0 != "\n" && $0 != " " }
            if !target.isEmpty, !target.hasPrefix("#") { targets.append(String(target)) }
        }
        return targets
    }
}
