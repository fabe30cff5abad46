import ArgumentParser
import Storage

/// `sealgate audit`: who changed what, exported and checked.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Exports the log of all changes, and checks an export.",
        subcommands: [Export.self, Verify.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes an organisation's log, one line of JSON for each change.",
            discussion: """
                The head of the log goes to standard error: note it elsewhere, and give it to \
                'sealgate audit verify' later.
                """)
        @OptionGroup var store: StoreOptions
        @OptionGroup var place: OrganisationOptions
        @Option(help: "The file to write; standard output without it.") var output: String?

        func run() async throws {
            let house = try await House.open(store.settings(), lookup: nil)
            let organisation = try await place.organisation(house)
            let audit = house.accounts.audit(of: organisation.id)
            let out = try LineWriter(path: output)
            var head = AuditHead(sequence: 0, digest: AuditEntry.beginning)
            while true {
                let entries = try await audit.entries(after: head.sequence)
                guard let last = entries.last else { break }
                head = AuditHead(sequence: last.sequence, digest: last.digest)
                try out.write(entries.map { $0.line + "\n" }.joined())
            }
            try out.close()
            try await house.close()
            note("\(counted(head.sequence, "change")). Head: \(head)")
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Says which entry of an exported log was edited, removed, added or moved.",
            discussion: """
                It needs the file and nothing else. A log whose end was cut off, or that was made \
                anew as a whole, is found only with a head that was noted before. Exit code 2: \
                something is wrong.
                """)
        @Argument(help: "A file from 'sealgate audit export'.") var file: String
        @Option(help: "The head that was noted when the log was looked at before: 42:9f86….")
        var head: String?
        @Option(help: "text or json") var format = OutputFormat.text

        func run() async throws {
            let noted = try head.map { text in
                guard let head = AuditHead(text) else {
                    throw ValidationError("--head wants a number, a colon and 64 digits.")
                }
                return head
            }
            var verifier = AuditVerifier()
            try LineReader(path: file, longest: AuditLimits.line).forEachLine {
                verifier.feed($0)
            }
            let verdict = verifier.verdict(head: noted)
            if format == .json {
                try printJSON(Answer(verdict))
            } else {
                print(verdict)
            }
            if !verdict.isIntact { throw ExitCode(2) }
        }

        private func print(_ verdict: AuditVerdict) {
            for finding in verdict.findings { Swift.print(plain(finding.sentence, limit: 400)) }
            if verdict.otherFindings > 0 {
                Swift.print("… and \(grouped(verdict.otherFindings)) more like these.")
            }
            let whose = verdict.organisation.map { " of organisation \($0.rawValue)" } ?? ""
            Swift.print(
                verdict.isIntact
                    ? "\(counted(verdict.lines, "entry", "entries"))\(whose): each is as it was "
                        + "written, and none is missing between them."
                    : "\(counted(verdict.lines, "line"))\(whose): the log was tampered with.")
            Swift.print("Head: \(verdict.head)")
            if head == nil {
                Swift.print(
                    "Without a head noted before (--head), a cut-off end cannot be noticed.")
            }
        }
    }

    /// What was found, for programs.
    private struct Answer: Encodable {
        struct Finding: Encodable {
            var kind: String
            var first: Int64?
            var last: Int64?
            var line: Int?
            var sentence: String
        }

        var intact: Bool
        var lines: Int
        var organisation: Int64?
        var head: String
        var findings: [Finding]
        var otherFindings: Int

        init(_ verdict: AuditVerdict) {
            intact = verdict.isIntact
            lines = verdict.lines
            organisation = verdict.organisation?.rawValue
            head = verdict.head.description
            findings = verdict.findings.map {
                Finding(
                    kind: $0.kind.rawValue, first: $0.entries?.lowerBound,
                    last: $0.entries?.upperBound, line: $0.line, sentence: $0.sentence)
            }
            otherFindings = verdict.otherFindings
        }
    }
}
