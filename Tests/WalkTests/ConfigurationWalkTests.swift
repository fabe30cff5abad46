import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// What an operator configures: from a file, from variables, from flags, and what is refused.
@Suite(.serialized)
struct ConfigurationWalkTests {
    private var fixture: String {
        SharedData.packageRoot + "/Tests/DomainAnalysisTests/Fixtures/replay/twelve-rows"
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// What 'sealgate config check' says of a file's text.
    private func check(_ text: String) throws -> Program.Outcome {
        var outcome: Program.Outcome?
        try withScratchFolder { folder in
            try write(text, to: folder + "/sealgate.yaml")
            outcome = try Program.run(["config", "check", "sealgate.yaml"], folder: folder)
        }
        return try #require(outcome)
    }

    @Test("a good file is good, with comments, groups and lists; so is an empty one")
    func good() throws {
        let full = try check(
            """
            # Ours.
            data-folder: /var/lib/sealgate   # not on the small disk
            resolver: 127.0.0.1:53
            networks: [/a.mmdb, /b.mmdb]
            blocklists:
              - bl.example.org
            own-domains: [example.com, bücher.example]
            files-at-once: 4
            console:
              host: "::1"
              port: 0
              public-url: https://sealgate.example.com/
            """)
        #expect(full.status == 0, "\(full.errors)")
        #expect(full.output.contains("is good: 9 options set"))
        for text in ["", "# nothing yet\n", "---\n", "console:\n#  port: 1\n"] {
            let empty = try check(text)
            #expect(empty.status == 0, "\(empty.errors)")
            #expect(empty.output.contains("0 options set"))
        }
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        var title: String
        var text: String
        var line: Int
        var says: [String]
        var testDescription: String { title }

        init(_ title: String, _ text: String, _ line: Int, _ says: String...) {
            self.title = title
            self.text = text
            self.line = line
            self.says = says
        }
    }

    static let badFiles: [Bad] = [
        Bad(
            "an unknown name, with the likely one", "# ours\ndatabse: x\n", 2,
            "There is no option databse.", "Did you mean database?"),
        Bad(
            "an option outside its group", "port: 8025\n", 1, "no option port",
            "Did you mean console.port?"),
        Bad(
            "an unknown member", "console:\n  host: ::1\n  colour: red\n", 3,
            "no option console.colour", "config describe"),
        Bad(
            "a text for a number", "console:\n  port: many\n", 2,
            "console.port wants a whole number from 0 to 65535, not \"many\".",
            "For example: port: 8080"),
        Bad("a number too large", "console:\n  port: 65536\n", 2, "not 65536"),
        Bad("a number that YAML reads as another", "files-at-once: 010\n", 1, "not \"010\""),
        Bad(
            "a text for a list", "networks: a.mmdb\n", 1, "wants a list of files",
            "For example: networks: ["),
        Bad("a list for a text", "resolver: [system]\n", 1, "not a list"),
        Bad("a list of groups", "networks: [{a: b}]\n", 1, "wants a list of files"),
        Bad("a group for a value", "data-folder:\n  path: x\n", 2, "not a group of options"),
        Bad("a value for a group", "console: 8025\n", 1, "console wants options"),
        Bad("no value", "data-folder:\nresolver: none\n", 1, "has no value"),
        Bad(
            "a name that is no domain", "blocklists: [\"not a domain\"]\n", 1,
            "wants a list of domain names"),
        Bad("a resolver by host name", "resolver: dns.example\n", 1, "resolver wants system"),
        Bad(
            "a database of another kind", "database: mysql://me:secret@db/x\n", 1,
            "begins with postgres://"),
        Bad(
            "an address without its scheme", "console: {public-url: sealgate.example}\n", 1,
            "https://"),
        Bad("a name twice", "resolver: none\nresolver: system\n", 1, "resolver is there twice"),
        Bad("a tab as indentation", "console:\n\tport: 1\n", 2, "not YAML", "Indent with spaces"),
        Bad("a bracket left open", "networks: [a\nresolver: none\n", 2, "not YAML"),
        Bad("a list as the whole file", "- a\n- b\n", 1, "The file wants options"),
    ]

    @Test("a bad file is refused with line and cure", arguments: badFiles)
    func bad(example: Bad) throws {
        let run = try check(example.text)
        #expect(run.status == 1, "\(run.output)")
        #expect(run.errors.contains("sealgate.yaml, line \(example.line): "), "\(run.errors)")
        for words in example.says { #expect(run.errors.contains(words), "\(run.errors)") }
        #expect(!run.errors.contains("secret"))
    }

    @Test("all faults are told at once, and a missing file in plain words")
    func severalFaults() throws {
        let run = try check("databse: x\nconsole: {port: many}\n")
        #expect(run.errors.split(separator: "\n").count == 2, "\(run.errors)")
        let missing = try Program.run(["config", "check", "/no/such.yaml"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("There is no configuration file /no/such.yaml"))
        let large = try check("# " + String(repeating: "x", count: 1 << 20))
        #expect(large.errors.contains("larger than 1 MiB"), "\(large.errors)")
    }

    @Test("a file is below variables, and variables are below flags")
    func precedence() throws {
        try withScratchFolder { folder in
            try write("data-folder: ./by-file\nresolver: none\n", to: folder + "/sealgate.yaml")
            func stats(_ flags: [String], _ variables: [String: String]) throws {
                let run = try Program.run(
                    ["report", "stats"] + flags, environment: variables, folder: folder)
                #expect(run.status == 0, "\(run.errors)")
            }
            func isThere(_ name: String) -> Bool {
                FileManager.default.fileExists(atPath: "\(folder)/\(name)/sealgate.sqlite")
            }
            try stats([], [:])
            #expect(isThere("by-file"))
            #expect(!isThere("by-variable"))
            try stats([], ["SEALGATE_DATA_FOLDER": "by-variable"])
            #expect(isThere("by-variable"))
            #expect(!isThere("by-flag"))
            try stats(["--data", "by-flag"], ["SEALGATE_DATA_FOLDER": "by-variable"])
            #expect(isThere("by-flag"))
            try write("data-folder: by-other\n", to: folder + "/other.yaml")
            try stats([], ["SEALGATE_CONFIG": "other.yaml", "SEALGATE_DATA_FOLDER": ""])
            #expect(isThere("by-other"))
            try write("data-folder: by-named\n", to: folder + "/named.yaml")
            try stats(["--config", "named.yaml"], ["SEALGATE_CONFIG": "other.yaml"])
            #expect(isThere("by-named"))
        }
    }

    @Test("lists come from a file, a variable and a flag alike")
    func lists() throws {
        for (number, way) in ["file", "variable", "flag"].enumerated() {
            try withScratchFolder { folder in
                var flags = ["import", "--resolver", "none", fixture + "/report.xml"]
                var variables: [String: String] = [:]
                switch number {
                case 0:
                    try write(
                        "own-domains: [a.example, b.example]\n", to: folder + "/sealgate.yaml")
                case 1: variables = ["SEALGATE_OWN_DOMAINS": "a.example, b.example"]
                default: flags += ["--only", "a.example", "--only", "b.example"]
                }
                let run = try Program.run(flags, environment: variables, folder: folder)
                #expect(run.status == 2, "\(way): \(run.errors)")
                #expect(run.output.contains("not one of your domains"), "\(way): \(run.output)")
            }
        }
    }

    @Test("every command refuses a bad file, and bad variables and flags with their names")
    func refusals() throws {
        try withScratchFolder { folder in
            try write("databse: x\n", to: folder + "/sealgate.yaml")
            for words in [
                ["report", "stats"], ["serve"], ["demo", "--no-console"], ["intake", "list"],
                ["senders", "--domain", "a.example"], ["plan", "--domain", "a.example"],
                ["import", fixture + "/report.xml"],
            ] {
                let run = try Program.run(words, folder: folder)
                #expect(run.status == 1, "\(words): \(run.output)")
                #expect(run.errors.contains("./sealgate.yaml, line 1: "), "\(run.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/sealgate-data"))
            unlink(folder + "/sealgate.yaml")
            let variable = try Program.run(
                ["serve"], environment: ["SEALGATE_CONSOLE_PORT": "many"], folder: folder)
            #expect(variable.status == 1)
            #expect(variable.errors.contains("SEALGATE_CONSOLE_PORT: console.port wants"))
            let flag = try Program.run(["serve", "--port", "65536"], folder: folder)
            #expect(flag.status == 64)
            #expect(flag.errors.contains("--port: console.port wants"), "\(flag.errors)")
        }
    }

    @Test("the demonstration keeps to its own store, whatever is configured")
    func demonstration() throws {
        try withScratchFolder { folder in
            try write(
                """
                database: \(folder)/real.sqlite
                own-domains: [example.com]
                demo-folder: show
                """, to: folder + "/sealgate.yaml")
            let run = try Program.run(
                ["demo", "--no-console", "--until", "2026-11-20"], folder: folder)
            #expect(run.status == 0, "\(run.errors)")
            let files = FileManager.default
            #expect(files.fileExists(atPath: folder + "/show/sealgate.sqlite"))
            #expect(!files.fileExists(atPath: folder + "/real.sqlite"))
        }
    }

    @Test("a described file is good as it is, and each of its lines is once uncommented")
    func describedFile() throws {
        let described = try Program.run(["config", "describe", "--format", "yaml"])
        let whole = try check(described.output)
        #expect(whole.status == 0, "\(whole.errors)")
        let lines = described.output.split(separator: "\n").map { line in
            // A comment has one blank after its sign; an option none, or the two of its group.
            let isOption = line.hasPrefix("#  ") || !line.hasPrefix("# ")
            return isOption ? line.dropFirst() : line
        }
        let run = try check(lines.joined(separator: "\n"))
        #expect(run.status == 0, "\(run.errors)")
        let options = described.output.matches(of: /# Default:/).count
        #expect(options >= 38)
        #expect(run.output.contains("\(options) options set"), "\(run.output)")
    }

    @Test("a networks file names senders by their network; a missing one is told")
    func networks() throws {
        try withScratchFolder { folder in
            var file = NetworksFile()
            for first: UInt8 in [192, 198, 203] {
                file.add([first, 0, 0, 0], 8, .system(64_500, "Example Net"))
            }
            try Data(file.bytes).write(to: URL(filePath: folder + "/asn.mmdb"))
            let taken = try Program.run(
                [
                    "import", "--resolver", "none", "--networks", "asn.mmdb",
                    fixture + "/report.xml",
                ], folder: folder)
            #expect(taken.status == 0, "\(taken.errors)")
            let senders = try Program.run(
                ["senders", "--domain", "oakbridge.example", "--evidence"], folder: folder)
            #expect(
                senders.output.contains("The address is in AS64500 (Example Net)"),
                "\(senders.output) \(senders.errors)")
            let missing = try Program.run(
                ["import", "--networks", "no.mmdb", fixture + "/report.xml"], folder: folder)
            #expect(missing.status == 1)
            #expect(missing.errors.contains("There is no networks file no.mmdb"))
        }
    }
}
