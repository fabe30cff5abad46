import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The commands on a small store: what a person types, and what a program reads.
@Suite(.serialized)
struct CommandWalkTests {
    private var fixture: String {
        SharedData.packageRoot + "/Tests/DomainAnalysisTests/Fixtures/replay/twelve-rows"
    }

    @Test("the replay of twelve rows is the hand-made answer")
    func replay() throws {
        try withScratchFolder { folder in
            let taken = try Program.run([
                "import", "--resolver", "none", "--data", folder, fixture + "/report.xml",
            ])
            #expect(taken.status == 0, "\(taken.errors) \(taken.output)")
            let run = try Program.run([
                "replay", "--domain", "oakbridge.example", "--record", "v=DMARC1; p=reject",
                "--resolver", fixture + "/dns.zone", "--suffixes", fixture + "/suffixes.dat",
                "--data", folder, "--format", "json",
            ])
            #expect(run.status == 0, "\(run.errors)")
            let expected = try Data(
                contentsOf: URL(filePath: fixture + "/plain-reject/expected.json"))
            let found = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
            let wanted = try JSONDecoder().decode(Answer.self, from: expected)
            #expect(found.methods == wanted.methods)
            #expect(Set(found.rows) == Set(wanted.rows))
            #expect(found.rows.count == 12)
        }
    }

    /// What the hand-made answer says: totals, and each row's outcome by both methods. The order
    /// of rows and the senders' names come from the store, not from the fixture.
    struct Answer: Decodable {
        struct Methods: Decodable, Equatable {
            struct Method: Decodable, Equatable { var totals: [String: Int64] }
            var treewalk: Method
            var psl: Method
        }

        struct Row: Decodable, Hashable {
            struct Outcome: Decodable, Hashable {
                var disposition: String
                var tag: String?
                var policy: String?
                var recordDomain: String?
                var organizationalDomain: String?
                var dkimAligned: Bool?
                var spfAligned: Bool?
                var pass: Bool?
            }
            var headerFrom: String
            var messages: Int64
            var treewalk: Outcome
            var psl: Outcome
        }

        var methods: Methods
        var rows: [Row]
    }

    @Test("standard input is a report too, and a wrong path is told in plain words")
    func standardInput() throws {
        try withScratchFolder { folder in
            let read = try Program.run(
                ["import", "-", "--resolver", "none", "--data", folder],
                input: fixture + "/report.xml")
            #expect(read.status == 0, "\(read.errors)")
            #expect(read.output.contains("Took in 1 report "))
            let shown = try Program.run(
                ["report", "show", "-", "--format", "csv"], input: fixture + "/report.xml")
            #expect(shown.output.split(whereSeparator: \.isNewline).count == 13)
            let missing = try Program.run([
                "import", folder + "/nothing", "--resolver", "none", "--data", folder,
            ])
            #expect(missing.status == 2)
            #expect(missing.output.contains("no file or folder of this name"))
        }
    }

    @Test("reports that came in before there was a networks file get it afterwards")
    func identify() throws {
        try withScratchFolder { folder in
            var file = NetworksFile()
            file.add([0, 0, 0, 0], 0, .system(64_500, "Example Net"))
            let networks = ["--networks", folder + "/networks.mmdb", "--resolver", "none"]
            try Data(file.bytes).write(to: URL(filePath: networks[1]))
            func senders(_ data: String) throws -> String {
                let run = try Program.run([
                    "senders", "--domain", "oakbridge.example", "--data", data, "--format", "json",
                ])
                #expect(run.status == 0, "\(run.errors)")
                return run.output
            }
            let (old, new) = (folder + "/old", folder + "/new")
            for arguments in [
                ["import", "--resolver", "none", "--data", old, fixture + "/report.xml"],
                ["import", "--data", new, fixture + "/report.xml"] + networks,
            ] {
                let run = try Program.run(arguments)
                #expect(run.status == 0, "\(run.errors)")
            }
            #expect(try !senders(old).contains("AS64500"))
            let run = try Program.run(
                ["report", "identify", "--data", old, "--format", "json"] + networks)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("\"records\" : 12"), "\(run.output)")
            #expect(try senders(old).contains("AS64500"))
            #expect(try senders(old) == senders(new))
        }
    }

    @Test("a full disk stops the import with a sentence, and what was stored stays")
    func fullDisk() throws {
        try withScratchFolder { folder in
            let disk = folder + "/disk"
            try FileManager.default.createDirectory(
                atPath: disk, withIntermediateDirectories: true)
            // A real file system of 6 MB; mounting needs root, as CI is.
            guard mount("tmpfs", disk, "tmpfs", 0, "size=6m") == 0 else {
                Issue.record("a small file system cannot be mounted: run the tests as root")
                return
            }
            defer { umount2(disk, 2) }
            let full = try Program.run([
                "import", "--resolver", "none", "--data", disk,
                try SharedData.path("reports/dmarcrua"),
            ])
            #expect(full.status == 1)
            #expect(full.errors.contains("full"), "\(full.errors)")
            let after = try Program.run(["report", "stats", "--data", disk])
            #expect(after.status == 0, "\(after.errors)")
        }
    }

    @Test("a data folder that cannot be written is told, with the cure")
    func unwritable() throws {
        let run = try Program.run(["report", "stats", "--data", "/proc/nowhere"])
        #expect(run.status == 1)
        #expect(run.errors.contains("--data"), "\(run.errors)")
    }

    @Test("the demonstration deletes nothing that is not its own")
    func demonstrationFolder() throws {
        try withScratchFolder { folder in
            try Data("mine".utf8).write(to: URL(filePath: folder + "/sealgate.sqlite"))
            let refused = try Program.run(["demo", "--no-console", "--data", folder])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("not a demonstration"), "\(refused.errors)")
            #expect(try Data(contentsOf: URL(filePath: folder + "/sealgate.sqlite")).count == 4)
        }
    }

    @Test("the demonstration tells the five stories that it is made for")
    func demonstration() throws {
        try withScratchFolder { folder in
            let made = try Program.run([
                "demo", "--no-console", "--data", folder + "/demo", "--until", "2026-11-20",
            ])
            #expect(made.status == 0, "\(made.errors)")
            for (domain, words) in [
                ("harbour-bank.example", "p=none"), ("north-oats.example", "Mailchimp"),
                ("north-oat-drinks.example", "v=spf1 -all"),
                ("ledger-pay.example", "reject"), ("letterpress-guild.example", "forward"),
            ] {
                let plan = try Program.run([
                    "plan", "--domain", domain, "--data", folder + "/demo", "--resolver",
                    folder + "/demo/dns.zone",
                ])
                #expect(plan.status == 0, "\(domain): \(plan.errors)")
                #expect(plan.output.contains(words), "\(domain): \(plan.output)")
            }
        }
    }
}
