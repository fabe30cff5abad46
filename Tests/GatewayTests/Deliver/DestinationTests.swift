import Gateway
import Identities
import SMTP
import SMTPClient
import Spool
import Testing

/// How destinations share the gateway.
@Suite struct `Destinations` {
    /// Enqueues without waiting for the simulated disk each time.
    private static func flood(_ world: DeliveryWorld, _ count: Int, _ name: String) async throws {
        for index in 0..<count { try await world.send(["u\(index)@\(name)"]) }
    }

    @Test func `that are dead or hang keep nobody else waiting`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                if target.name.hasPrefix("mx.dead") {
                    await time.sleep(600_000)
                    return .unreachable(message)
                }
                await time.sleep(50)
                return .accepted(message)
            }
            for index in 0..<100 { try world.addDomain("dead\(index).example") }
            try world.addDomain("good.example")
            try world.addDomain("back.example")
            try await world.run {
                for index in 0..<100 { try await Self.flood(world, 3, "dead\(index).example") }
                let begin = time.now
                try await Self.flood(world, 500, "good.example")
                // Never tried before, it has its first turn among the dead; then it is known.
                await time.sleep(60_000)
                let good = world.calls.filter { $0.target.name == "mx.good.example" }
                #expect(good.count == 500)
                let end = (good.map(\.at).max() ?? 0) - begin
                #expect(end < 60_000)
                // They fill what is kept for the unknown, and what is kept for the slow.
                let dead = world.calls.filter { $0.target.name.hasPrefix("mx.dead") }
                #expect(dead.count == 100)
                try await Self.flood(world, 100, "good.example")
                let since = time.now
                await time.sleep(5_000)
                let later = world.calls.filter {
                    $0.target.name == "mx.good.example" && $0.at >= since - 2_000
                }
                #expect(later.count >= 100)
            }
        }
    }

    @Test func `get more deliveries at one time as they succeed, up to a bound`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                await time.sleep(100)
                return .accepted(message)
            }
            try world.addDomain("a.example")
            try await world.run {
                let messages = try (0..<600).map { try world.message(["u\($0)@a.example"]) }
                for message in messages { try await world.spool.accept(message) }
                for message in messages { world.scheduler.enqueue(message) }
                #expect(world.scheduler.destinations(limit: 10).first?.entries == 600)
                await world.settle()
                let first = world.calls.prefix(6)
                #expect(first.map(\.together) == [1, 1, 2, 3, 4, 5])
                // They begin while the first of them is under way; each waits for the disk before.
                #expect(first[5].at < first[1].at + 100)
                #expect(Gateway.Limits.firstDestinationDeliveries == 5)
                #expect(
                    world.calls.map(\.together).max() == Gateway.Limits.destinationDeliveries)
            }
        }
    }

    @Test func `that fail rest, are tried by one message, and come back at once`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                await time.sleep(1_000)
                return .unreachable(message)
            }
            try world.addDomain("a.example")
            try await world.run {
                let messages = try (0..<300).map { try world.message(["u\($0)@a.example"]) }
                for message in messages { try await world.spool.accept(message) }
                for message in messages { world.scheduler.enqueue(message) }
                await time.sleep(30_000)
                // The first window, and no more.
                #expect(world.calls.count < 20)
                let report = try #require(world.scheduler.destinations(limit: 10).first)
                #expect(report.restsFor != nil)
                #expect(report.lastFailure == "The server does not answer.")
                await time.sleep(6 * 3_600_000)
                let spread = world.calls.count
                // One try for each rest of ten minutes.
                #expect(spread < 20 + 6 * 7 + 5)
                world.set { message, _ in .accepted(message) }
                let since = time.now
                await world.settle()
                #expect(world.calls.count < spread + 310)
                #expect(
                    time.now - since < (Gateway.Limits.destinationRestSecondsAtMost + 5) * 1_000
                        + Gateway.Limits.lastBackoffSeconds * 1_125)
                #expect(world.reports.isEmpty)
            }
        }
    }

    @Test func `that stay dead give all their mail back in time`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                target.name == "mx.a.example" ? .unreachable(message) : .accepted(message)
            }
            try world.addDomain("a.example")
            try world.addDomain("back.example")
            try await world.run {
                let messages = try (0..<50).map { try world.message(["u\($0)@a.example"]) }
                for message in messages {
                    try await world.spool.accept(message)
                    world.scheduler.enqueue(message)
                }
                await time.sleep(Gateway.Limits.lifetimeSeconds * 1_000 - 1_000_000)
                #expect(world.reports.isEmpty)
                await time.sleep(1_000_000 + Gateway.Limits.lastBackoffSeconds * 1_125 + 1_000_000)
                #expect(world.reports.count == 50)
                #expect(world.spool.isQuiet)
                #expect(world.reports.allSatisfy { $0.contains("Status: 4.4.7") })
            }
        }
    }

    @Test func `that never say anything but later are asked ever more rarely`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                .refused(message, 451, "later")
            }
            try world.addDomain("a.example")
            try await world.run {
                try await Self.flood(world, 20, "a.example")
                await time.sleep(86_400_000)
                // 300, 600, 1,200, 2,400 and then each 4,000 seconds: about 25 a day.
                #expect(world.calls.count < 20 * 32)
                #expect(world.calls.count > 20 * 20)
            }
        }
    }

    @Test func `wait while the resolver is gone`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            try world.addDomain("a.example")
            try world.addDomain("b.example")
            try await world.run {
                world.lookup.setGone(true)
                for name in ["a.example", "b.example"] { try await Self.flood(world, 5, name) }
                await time.sleep(3_600_000)
                #expect(world.calls.isEmpty)
                #expect(world.reports.isEmpty)
                world.lookup.setGone(false)
                await world.settle()
                #expect(world.calls.count == 10)
                #expect(
                    world.spool.changes.contains {
                        if case .attempted(_, _, _, nil, let reply, _) = $0 {
                            reply.contains("could not be looked up")
                        } else {
                            false
                        }
                    })
            }
        }
    }

    @Test func `that do not exist send the mail back at once`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            world.lookup.remove("nowhere.example")
            try world.lookup.setExchanges("deaf.example", [(0, ".")])
            try world.addDomain("back.example")
            try await world.run {
                try await world.send(["x@nowhere.example", "x@deaf.example"])
                await world.settle()
                let reports = world.reports.joined()
                #expect(reports.contains("Status: 5.1.2"))
                #expect(reports.contains("Status: 5.1.10"))
            }
        }
    }

    @Test func `take mail although they close the connection behind it`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                // 250, and then nothing: the client has the reply.
                var result = DeliveryResult.accepted(message)
                result.connection.tlsFailureText = "The server closed the connection."
                return result
            }
            try world.addDomain("a.example")
            try await world.run {
                try await world.send(["x@a.example"])
                await time.sleep(86_400_000)
                #expect(world.calls.count == 1)
            }
        }
    }

    @Test func `are not troubled by a wall clock that jumps`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                .refused(message, 450, "later")
            }
            try world.addDomain("a.example")
            try world.addDomain("back.example")
            try await world.run {
                let year: Int64 = 365 * 86_400_000
                try await world.send(["x@a.example"])
                await time.sleep(10_000)
                for offset in [year, -year, 0, 10 * year, -10 * year] {
                    time.setWall(off: offset)
                    let before = world.calls.count
                    await time.sleep(4 * 3_600_000)
                    // Neither a rush nor a silence, and nothing given up.
                    #expect((2...10).contains(world.calls.count - before), "\(offset)")
                    #expect(world.reports.isEmpty)
                }
                // What is restored with a clock that is years behind waits no longer than others.
                time.setWall(off: -10 * year)
                let again = try DeliveryWorld(time, spool: world.spool) { message, _ in
                    .accepted(message)
                }
                try again.addDomain("a.example")
                world.scheduler.stop()
                try await again.run {
                    await again.scheduler.restore(again.spool.waitingMessages())
                    await again.settle(3 * 4_500_000)
                    #expect(again.calls.count == 1)
                }
            }
        }
    }

    @Test func `are forgotten in the end, but not while they have mail`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                target.name == "mx.keeps.example"
                    ? .refused(message, 450, "later") : .accepted(message)
            }
            try world.addDomain("keeps.example")
            try await world.run {
                try await world.send(["x@keeps.example"])
                for index in 0..<(Gateway.Limits.rememberedDestinations + 100) {
                    try world.addDomain("d\(index).example")
                    try await world.send(["x@d\(index).example"])
                }
                await time.sleep(5_000)
                #expect(world.calls.count >= Gateway.Limits.rememberedDestinations + 101)
                #expect(world.scheduler.destinations(limit: 5).count == 1)
                world.set { message, _ in .accepted(message) }
                await world.settle()
                #expect(world.spool.isQuiet)
            }
        }
    }
}
