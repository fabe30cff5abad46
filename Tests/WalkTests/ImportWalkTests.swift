import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The first walk on the real program: real reports in, the right counts out, whatever happens
/// on the way.
@Suite(.serialized)
struct ImportWalkTests {
    struct Expected: Decodable {
        var reports: Int64
        var records: Int64
        var messages: Int64
        var invalid: [String]
    }

    struct Statistics: Decodable, Equatable {
        struct Counts: Decodable, Equatable {
            var reports: Int64
            var records: Int64
            var messages: Int64
        }

        struct Domain: Decodable, Equatable {
            var domain: String
            var reports: Int64
            var records: Int64
            var messages: Int64
        }

        var reports: Int64
        var records: Int64
        var messages: Int64
        var repaired: Counts
        var quarantined: Int64
        var domains: [Domain]
    }

    private func statistics(_ data: String) throws -> Statistics {
        let run = try Program.run(["report", "stats", "--data", data, "--format", "json"])
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode(Statistics.self, from: Data(run.output.utf8))
    }

    private func importReports(_ data: String) throws -> Program.Outcome {
        try Program.run(
            [
                "import", "--resolver", "none", "--data", data,
                try SharedData.path("reports/dmarcrua"),
            ])
    }

    private func expected() throws -> Expected {
        let text = try SharedData.bytes(SharedData.path("reports/dmarcrua/EXPECTED.json"))
        return try JSONDecoder().decode(Expected.self, from: Data(text))
    }

    @Test("2,241 real reports give exactly the counts that another parser gave")
    func counts() throws {
        let expected = try expected()
        try withScratchFolder { folder in
            let run = try importReports(folder)
            #expect(run.status == 2, "files were set aside: \(run.errors)")
            let found = try statistics(folder)
            #expect(found.reports == expected.reports)
            #expect(found.records == expected.records)
            #expect(found.messages == expected.messages)
            // Every broken file is either repaired or set aside; so is EXPECTED.json itself.
            #expect(
                found.repaired.reports + found.quarantined == Int64(expected.invalid.count) + 1)
            #expect(
                found.domains.reduce(0) { $0 + $1.messages } == expected.messages)
            try checkWhatWasNotTakenAsSent(folder, found, expected)

            let again = try importReports(folder)
            #expect(again.output.contains("Took in 0 reports"))
            #expect(try statistics(folder) == found)
        }
    }

    private func checkWhatWasNotTakenAsSent(
        _ folder: String, _ found: Statistics, _ expected: Expected
    ) throws {
        struct Item: Decodable {
            struct Refusal: Decodable { var explanation: String }
            var path: String
            var refusal: Refusal
        }
        let repaired = try Program.run(["report", "list", "--repaired", "--data", folder])
        #expect(repaired.output.contains("repaired: "))
        let listed = try Program.run(["intake", "list", "--data", folder, "--format", "json"])
        let items = try JSONDecoder().decode([Item].self, from: Data(listed.output.utf8))
        #expect(Int64(items.count) == found.quarantined)
        for item in items where item.path != "EXPECTED.json" {
            #expect(expected.invalid.contains(item.path), "\(item.path)")
            #expect(item.refusal.explanation.count > 20)
        }
    }

    @Test("an import that is killed twenty times at random moments ends in the same counts")
    func killed() throws {
        let expected = try expected()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(state: seed)
        try withScratchFolder { folder in
            let arguments = [
                "import", "--resolver", "none", "--data", folder + "/data",
                try SharedData.path("reports/dmarcrua"),
            ]
            var before: Int64 = 0
            for round in 0..<20 {
                let pid = try Program.start(arguments, scratch: folder + "/round")
                usleep(UInt32(50_000 + random.next() % 900_000))
                kill(pid, SIGKILL)
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                let found = try statistics(folder + "/data")
                #expect(found.reports >= before, "round \(round), seed \(seed)")
                before = found.reports
            }
            let last = try Program.run(arguments)
            #expect(last.status == 2, "\(last.errors)")
            let found = try statistics(folder + "/data")
            #expect(found.reports == expected.reports, "seed \(seed)")
            #expect(found.records == expected.records, "seed \(seed)")
            #expect(found.messages == expected.messages, "seed \(seed)")
        }
    }

    @Test("an identification that is killed at random moments is finished by the next")
    func identifyKilled() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(state: seed)
        try withScratchFolder { folder in
            let data = folder + "/data"
            let taken = try importReports(data)
            #expect(taken.status == 2, "\(taken.errors)")
            let before = try statistics(data)
            let largest = try #require(before.domains.max { $0.messages < $1.messages })
            let ask = [
                "senders", "--domain", largest.domain, "--data", data, "--days", "800",
                "--format", "json",
            ]
            let senders = try Program.run(ask)
            #expect(senders.status == 0, "\(senders.errors)")
            let arguments = ["report", "identify", "--resolver", "none", "--data", data]
            for round in 0..<5 {
                let pid = try Program.start(arguments, scratch: folder + "/round")
                usleep(UInt32(100_000 + random.next() % 1_500_000))
                kill(pid, SIGKILL)
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                #expect(try statistics(data) == before, "round \(round), seed \(seed)")
            }
            let last = try Program.run(arguments)
            #expect(last.status == 0, "\(last.errors)")
            #expect(last.output.contains("All sums were made again"), "\(last.output)")
            #expect(last.output.contains(": 0 changed"), "\(last.output)")
            #expect(try statistics(data) == before, "seed \(seed)")
            #expect(try Program.run(ask).output == senders.output, "seed \(seed)")
        }
    }

    private struct Seeded {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }
}
