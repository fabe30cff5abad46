import Gateway
import Identities
import SMTP
import SMTPClient
import Spool
import Testing

@Suite struct `What people ask of the queue` {
    private static func world(_ time: VirtualTime) throws -> DeliveryWorld {
        let world = try DeliveryWorld(time) { message, _ in .refused(message, 450, "later") }
        try world.addDomain("a.example")
        try world.addDomain("back.example")
        return world
    }

    @Test func `holding keeps a message, releasing sends it`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            try await world.run {
                let id = try await world.send(["x@a.example"])
                await time.sleep(1_000)
                try await world.scheduler.hold(id, reason: "look at it")
                world.set { message, _ in .accepted(message) }
                await time.sleep(86_400_000)
                #expect(world.calls.count == 1)
                #expect(world.scheduler.statistics.waiting == 0)
                try await world.scheduler.release(id, by: "ann")
                await time.sleep(2_000)
                #expect(world.calls.count == 2)
                #expect(world.spool.isQuiet)
            }
        }
    }

    @Test func `a held message is not enqueued until it is released`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            world.set { message, _ in .accepted(message) }
            try await world.run {
                let id = try await world.send(["x@a.example"]) {
                    $0.disposition = .hold(reason: "policy")
                }
                try await world.spool.record([.held(id: id, at: 0, reason: "policy")])
                await world.scheduler.restore(world.spool.waitingMessages())
                await time.sleep(10_000)
                #expect(world.calls.isEmpty)
                world.spool.ask(SpoolRequest(.release, messages: [id], by: "ann"))
                await time.sleep(2_000)
                #expect(world.calls.count == 1)
            }
        }
    }

    @Test func `deleting ends it`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            try await world.run {
                let first = try await world.send(["x@a.example"])
                let second = try await world.send(["y@a.example"])
                await time.sleep(1_000)
                try await world.scheduler.delete(first, by: "ann", reason: "wrong")
                world.spool.ask(
                    SpoolRequest(.delete(reason: "wrong"), messages: [second], by: "ann"))
                await time.sleep(86_400_000)
                #expect(world.calls.count == 2)
                #expect(world.spool.isQuiet)
                #expect(world.reports.isEmpty)
            }
        }
    }

    @Test func `requeueing and flushing make mail due at once`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            try await world.run {
                let id = try await world.send(["x@a.example"])
                try await world.send(["y@a.example"])
                await time.sleep(1_000)
                #expect(world.calls.count == 2)
                try await world.scheduler.requeue(id, by: "ann")
                await time.sleep(1_000)
                #expect(world.calls.count == 3)
                world.spool.ask(SpoolRequest(.flush, by: "ann"))
                await time.sleep(2_000)
                #expect(world.calls.count == 5)
            }
        }
    }

    @Test func `flushing wakes dead destinations too`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            world.set { message, _ in .unreachable(message) }
            try await world.run {
                for index in 0..<20 { try await world.send(["u\(index)@a.example"]) }
                await time.sleep(1_000)
                world.set { message, _ in .accepted(message) }
                world.scheduler.flush()
                await time.sleep(1_000)
                #expect(world.spool.isQuiet)
            }
        }
    }

    @Test func `holding and releasing under way makes no second copy`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            try world.addDomain("b.example")
            world.set { message, _ in
                await time.sleep(60_000)
                return .accepted(message)
            }
            try await world.run {
                let id = try await world.send(["x@a.example", "x@b.example"])
                await time.sleep(1_000)
                try await world.scheduler.hold(id, reason: "look")
                await time.sleep(1_000)
                try await world.scheduler.release(id, by: "ann")
                await world.settle()
                #expect(world.calls.count == 2)
            }
        }
    }

    @Test func `held under way, it is not tried again until released`() async throws {
        try await VirtualTime.run { time in
            let world = try Self.world(time)
            world.set { message, _ in
                await time.sleep(60_000)
                return .refused(message, 450, "later")
            }
            try await world.run {
                let id = try await world.send(["x@a.example"])
                await time.sleep(1_000)
                try await world.scheduler.hold(id, reason: "look")
                await time.sleep(86_400_000)
                #expect(world.calls.count == 1)
                world.set { message, _ in .accepted(message) }
                try await world.scheduler.release(id, by: "ann")
                await world.settle()
                #expect(world.calls.count == 2)
            }
        }
    }

    @Test func `other routes take up what waits for one that is gone`() async throws {
        try await VirtualTime.run { time in
            let lookupHost = try domain("smart.example")
            let smart = MailRoute(
                name: "smart", nextHop: .smartHost(SmartHost(.domain(lookupHost))))
            let world = try DeliveryWorld(time, routes: RouteTable(fallback: smart)) { message, _ in
                .refused(message, 450, "later")
            }
            try world.lookup.setAddresses("smart.example", ["192.0.2.7"])
            try world.addDomain("a.example")
            try await world.run {
                try await world.send(["x@a.example"])
                await time.sleep(1_000)
                #expect(world.calls.map(\.target.name) == ["smart.example"])
                world.set { message, _ in .accepted(message) }
                world.scheduler.reload(
                    RoutePlanner(routes: RouteTable(), lookup: world.lookup))
                world.scheduler.flush()
                await world.settle()
                #expect(world.calls.map(\.target.name) == ["smart.example", "mx.a.example"])
            }
        }
    }

    @Test func `envelopes of many waiting messages are read from the spool`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time, change: { $0.deliveries = 1 }) { message, _ in
                await time.sleep(1)
                return .accepted(message)
            }
            try world.addDomain("a.example")
            let count = Gateway.Limits.envelopesInMemory + 10
            for index in 0..<count {
                let message = try world.message(["u\(index)@a.example"])
                try await world.spool.accept(message)
                world.scheduler.enqueue(message)
            }
            try await world.run {
                await world.settle()
                #expect(world.calls.count == count)
                #expect((1...10).contains(world.spool.envelopesRead))
            }
        }
    }
}
