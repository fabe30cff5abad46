import Glibc
import Testing

@Suite struct SimulationTests {
    /// `SEALGATE_SIMULATIONS` runs, from the seed `SEALGATE_SEED` on, each of
    /// `SEALGATE_SIMULATION_STEPS` steps: nine, and 250 in every hundredth, unless that says so.
    @Test func `nothing that was acknowledged is lost, whatever the disk does`() async {
        let runs = Int(Self.number("SEALGATE_SIMULATIONS") ?? 10_000)
        let first = Self.number("SEALGATE_SEED") ?? 1
        let parts = 8
        var counts = SpoolSimulation.Counts()
        var failures: [String] = []
        await withTaskGroup(of: (SpoolSimulation.Counts, [String]).self) { group in
            for part in 0..<parts {
                group.addTask {
                    Self.run(from: first + UInt64(part), by: parts, runs: runs / parts)
                }
            }
            for await (part, failed) in group {
                counts += part
                failures += failed
            }
        }
        for failure in failures.prefix(5) { Issue.record("\(failure)") }
        print("SIMULATION spool: runs \(runs), failures \(failures.count), \(counts)")
        #expect(runs < 10_000 || counts.journals > 40 && counts.carries > 20 && counts.full > 100)
    }

    private static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    private static func run(
        from first: UInt64, by step: Int, runs: Int
    ) -> (SpoolSimulation.Counts, [String]) {
        let steps = number("SEALGATE_SIMULATION_STEPS").map(Int.init)
        var counts = SpoolSimulation.Counts()
        var failures: [String] = []
        for index in 0..<UInt64(runs) {
            let seed = first + index * UInt64(step)
            var simulation = SpoolSimulation(seed: seed)
            do {
                try simulation.run(steps: steps ?? (seed % 100 == 0 ? 250 : 9))
            } catch {
                failures.append("seed \(seed): \(error)")
            }
            counts += simulation.counts
        }
        return (counts, failures)
    }
}
