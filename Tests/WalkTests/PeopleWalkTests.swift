import FoundationEssentials
import TestSupport
import Testing

/// Organisations, people, tokens and the log of changes, from the command line.
@Suite(.serialized)
struct PeopleWalkTests {
    private func run(_ folder: String, _ arguments: String...) throws -> Program.Outcome {
        let (words, rest) = (arguments.prefix(2), arguments.dropFirst(2))
        return try Program.run(Array(words) + ["--data", folder] + Array(rest))
    }

    @Test(
        "organisations, people and tokens are run from the command line, and every change is told")
    func commands() throws {
        try withScratchFolder { folder in
            let added = try run(folder, "organisation", "add", "Müller & Sons")
            #expect(added.status == 0, "\(added.errors)")
            #expect(added.output.contains("as organisation 2"))
            #expect(added.output.contains("/join?token="))
            #expect(try run(folder, "organisation", "add", "müller & sons").status == 1)
            let list = try run(folder, "organisation", "list")
            #expect(list.output.contains("This organisation"))
            #expect(list.output.contains("Müller & Sons"))
            let invited = try run(
                folder, "people", "invite", "--organisation", "Müller & Sons", "--role",
                "domain-owner", "--domains", "a.example", "Ben")
            #expect(invited.output.hasPrefix("http://127.0.0.1:8025/join?token="))
            #expect(try run(folder, "people", "invite", "--role", "king", "Ben").status == 64)
            let people = try run(folder, "people", "list", "--organisation", "2")
            #expect(people.output.contains("Ben, as domain-owner a.example"))
            #expect(try run(folder, "people", "list", "--organisation", "3").status == 1)
            #expect(try run(folder, "people", "remove", "Nobody").status == 1)

            #expect(try run(folder, "people", "reset", "Nobody").status == 1)

            let made = try run(
                folder, "tokens", "make", "--organisation", "2", "--scope", "read", "--scope",
                "audit.read", "Import")
            #expect(made.output.hasPrefix("sealgate_"), "\(made.errors)")
            #expect(try run(folder, "tokens", "make", "--scope", "all", "x").status == 64)
            #expect(try run(folder, "tokens", "revoke", "1").status == 1)
            #expect(try run(folder, "tokens", "revoke", "--organisation", "2", "1").status == 0)
            let tokens = try run(
                folder, "tokens", "list", "--organisation", "2", "--format", "json")
            #expect(tokens.output.contains("\"state\" : \"revoked\""))
            #expect(!tokens.output.contains(made.output.dropFirst(9).prefix(64)))

            let export = try run(folder, "audit", "export", "--organisation", "2")
            let acts = [
                "organisation.add", "member.invite", "member.invite", "token.make", "token.revoke",
            ]
            let lines = export.output.split(separator: "\n")
            #expect(lines.count == acts.count)
            for (line, act) in zip(lines, acts) {
                #expect(line.contains("\"act\":\"\(act)\""))
                #expect(line.contains("\"actor_kind\":\"command-line\""))
            }
        }
    }

    @Test("an exported log is checked without a database, and what was done to it is named")
    func audit() throws {
        try withScratchFolder { folder in
            for name in ["a", "b", "c", "d"] {
                let made = try run(folder, "tokens", "make", "--scope", "read", name)
                #expect(made.status == 0, "\(made.errors)")
            }
            let file = folder + "/log.ndjson"
            let export = try run(folder, "audit", "export", "--output", file)
            let start = try #require(export.errors.firstRange(of: "Head: "))
            let head = String(export.errors[start.upperBound...].prefix { !$0.isWhitespace })
            let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
            func verify(_ text: String, _ arguments: [String] = []) throws -> Program.Outcome {
                let path = folder + "/other.ndjson"
                try Data(text.utf8).write(to: URL(filePath: path))
                return try Program.run(["audit", "verify", path] + arguments, folder: "/")
            }
            let whole = try verify(text, ["--head", head])
            #expect(whole.status == 0, "\(whole.output) \(whole.errors)")
            #expect(whole.output.contains("Head: \(head)"))
            let edited = try verify(text.replacing("\"subject\":\"c (", with: "\"subject\":\"x ("))
            #expect(edited.status == 2)
            #expect(edited.output.contains("Entry 3 was edited"))
            var lines = text.split(separator: "\n").map { $0 + "\n" }
            let cut = try verify(lines.dropLast().joined(), ["--head", head])
            #expect(cut.status == 2)
            #expect(cut.output.contains("The end was cut off"))
            #expect(try verify(lines.dropLast().joined()).status == 0)
            lines.remove(at: 1)
            let removed = try verify(lines.joined(), ["--format", "json"])
            #expect(removed.status == 2)
            #expect(removed.output.contains("\"kind\" : \"removed\""))
            #expect(try verify(text, ["--head", "x"]).status == 64)
            #expect(try Program.run(["audit", "verify", folder + "/none"]).status == 1)

            // A second reading of the format, in another language and from its description alone.
            let script = """
                import hashlib, json, sys
                before, number = "0" * 64, 0
                for line in open(sys.argv[1], encoding="utf-8"):
                    entry = json.loads(line)
                    digest = entry.pop("digest")
                    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                    assert hashlib.sha256(text.encode()).hexdigest() == digest
                    assert entry["previous"] == before and entry["sequence"] == number + 1
                    before, number = digest, number + 1
                print(f"{number}:{before}")
                """
            let said = folder + "/python.txt"
            try Command.run(["/usr/bin/python3", "-c", script, file], log: said)
            let found = try String(contentsOf: URL(filePath: said), encoding: .utf8)
            #expect(found.contains(head))
        }
    }
}
