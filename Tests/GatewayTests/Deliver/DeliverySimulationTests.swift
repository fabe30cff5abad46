import Foundation
import Gateway
import Identities
import SMTP
import SMTPClient
import Spool
import Synchronization
import Testing

/// Whole lives of a queue, each from a seed: servers of every mood, people who interfere, clocks
/// that jump, and the program killed again and again.
///
/// Nothing that was accepted may be lost, and nothing may arrive twice unless the spool says that it
/// may. `SEALGATE_SIMULATIONS` sets how many lives, `SEALGATE_SEED` the first.
@Suite struct `Lives of a queue` {
    @Test(.timeLimit(.minutes(20)))
    func `lose nothing, and deliver nothing twice without a record`() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["SEALGATE_SIMULATIONS"].flatMap { UInt64($0) } ?? 150
        let first = environment["SEALGATE_SEED"].flatMap { UInt64($0) } ?? 1
        var total = Life.Tally()
        for seed in first..<(first + count) {
            let tally = try await VirtualTime.run(seed: seed) { time in
                try await Life(time, seed).run()
            }
            #expect(tally.faults.isEmpty, "seed \(seed): \(tally.faults.prefix(5))")
            total.add(tally)
            if !tally.faults.isEmpty { break }
        }
        print(
            "Simulated \(count) queues from seed \(first): \(total.messages) messages, "
                + "\(total.kills) kills, \(total.arrivals) arrivals, \(total.copies) second "
                + "copies, each recorded, \(total.reports) reports.")
        #expect(total.arrivals > 0)
        #expect(total.kills > 0)
    }
}

/// One queue from its first message until all is settled.
private final class Life: Sendable {
    struct Tally: Sendable {
        var messages = 0
        var kills = 0
        var arrivals = 0
        var copies = 0
        var reports = 0
        var faults: [String] = []

        mutating func add(_ other: Tally) {
            messages += other.messages
            kills += other.kills
            arrivals += other.arrivals
            copies += other.copies
            reports += other.reports
        }
    }

    enum Mood: Int, CaseIterable, Sendable {
        case good, slow, dead, hanging, busy, refusing, torn, moody
    }

    private let time: VirtualTime
    private let seed: UInt64
    private let moods: [Mood]
    /// Arrivals by recipient and message.
    private let arrived = Mutex<[String: Int]>([:])
    private let isMortal = Mutex(false)
    private static let lifetime: Int64 = 3_600_000

    init(_ time: VirtualTime, _ seed: UInt64) {
        self.time = time
        self.seed = seed
        moods = (0..<6).map { _ in
            Mood(rawValue: Int(time.random(0...Int64(Mood.allCases.count - 1)))) ?? .good
        }
    }

    func run() async throws -> Tally {
        var spool = SimulatedSpool(time)
        var tally = Tally()
        let kills = Int(time.random(0...4))
        for number in 0...kills {
            let isLast = number == kills
            try await phase(spool, messages: 40 / (kills + 1), isLast: isLast)
            guard !isLast else { break }
            tally.kills += 1
            await time.sleep(time.random(10...5_000))
            spool = SimulatedSpool(time, after: spool)
        }
        check(spool, &tally)
        return tally
    }

    /// One run of the program, until it is killed or all is settled.
    private func phase(_ spool: SimulatedSpool, messages: Int, isLast: Bool) async throws {
        let world = try DeliveryWorld(
            time, spool: spool, seed: seed,
            change: {
                $0.deliveries = 12
                $0.lifetime = Self.lifetime
                $0.backoff = Backoff(first: 20_000, last: 300_000)
            },
            server: { message, target in
                await self.serve(message, target, spool)
            })
        for index in moods.indices { try world.addDomain("d\(index).example") }
        try world.addDomain("back.example")
        let end = time.now + time.random(1_000...1_500_000)
        isMortal.withLock { $0 = !isLast }
        try await world.run {
            await world.scheduler.restore(spool.waitingMessages())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.receive(world, messages) }
                group.addTask { try await self.interfere(world) }
                group.addTask {
                    if !isLast {
                        while self.time.now < end, !spool.isCrashed {
                            await self.time.sleep(min(1_000, end - self.time.now))
                        }
                        spool.crash()
                        // Killed is killed: only the simulation waits for what is under way.
                        world.scheduler.stop()
                    }
                }
                try await group.waitForAll()
            }
            guard isLast else { return }
            for id in spool.messages.keys {
                spool.ask(SpoolRequest(.release, messages: [id], by: "the end"))
            }
            await self.time.sleep(5_000)
            await world.settle(30 * Self.lifetime)
        }
    }

    private func receive(_ world: DeliveryWorld, _ count: Int) async throws {
        for _ in 0..<count {
            await time.sleep(time.random(0...(time.chance(70) ? 100 : 60_000)))
            let recipients = (0..<time.random(1...4)).map { _ in
                "u\(time.random(0...99))@d\(time.random(0...Int64(moods.count - 1))).example"
            }
            let isNull = time.chance(15)
            let message = try world.message(
                Array(Set(recipients)).sorted(),
                from: isNull ? nil : "s@\(time.chance(80) ? "back" : "d0").example")
            guard (try? await world.spool.accept(message)) != nil else { return }
            world.scheduler.enqueue(message)
        }
    }

    private func interfere(_ world: DeliveryWorld) async throws {
        for _ in 0..<time.random(0...12) {
            await time.sleep(time.random(0...200_000))
            let ids = world.spool.messages.keys.sorted()
            guard !ids.isEmpty, !world.spool.isCrashed else { continue }
            let id = ids[Int(time.random(0...Int64(ids.count - 1)))]
            switch time.random(0...6) {
            case 0: world.spool.ask(SpoolRequest(.flush, by: "me"))
            case 1: world.spool.ask(SpoolRequest(.requeue, messages: [id], by: "me"))
            case 2:
                world.spool.ask(SpoolRequest(.hold(reason: "look"), messages: [id], by: "me"))
                await time.sleep(time.random(0...20_000))
                world.spool.ask(SpoolRequest(.release, messages: [id], by: "me"))
            case 3:
                try? await world.scheduler.hold(id, reason: "look")
                await time.sleep(time.random(0...5_000))
                try? await world.scheduler.release(id, by: "me")
            case 4: time.setWall(off: time.random(-86_400_000...86_400_000))
            default: time.setWall(off: 0)
            }
        }
        time.setWall(off: 0)
    }

    private func serve(
        _ message: OutgoingMessage, _ target: DeliveryTarget, _ spool: SimulatedSpool
    ) async -> DeliveryResult {
        let place = Int(String(target.name.filter(\.isNumber))) ?? -1
        var mood = moods.indices.contains(place) ? moods[place] : .good
        if mood == .moody {
            mood = Mood(rawValue: Int(time.random(0...6))) ?? .good
        }
        switch mood {
        case .dead:
            await time.sleep(30_000)
            return .unreachable(message)
        case .hanging:
            await time.sleep(120_000)
            return .unreachable(message, stage: .data)
        case .busy:
            await time.sleep(time.random(1...100))
            return .refused(message, 451, "later")
        case .refusing:
            await time.sleep(time.random(1...100))
            return .refused(message, 550, "no")
        case .slow: await time.sleep(time.random(1_000...20_000))
        case .good, .torn, .moody: await time.sleep(time.random(1...50))
        }
        // From here the server has it, if we still are there to send the last dot.
        guard !spool.isCrashed else { return .unreachable(message) }
        let isLost = mood == .torn && time.chance(50)
        if !isLost || time.chance(50) {
            arrived.withLock { arrived in
                for recipient in message.envelope.recipients {
                    arrived["\(message.queue) \(recipient.path)", default: 0] += 1
                }
            }
        }
        // The worst moment to be killed in.
        if isMortal.withLock({ $0 }), time.chance(3) { spool.crash() }
        await time.sleep(time.random(0...(time.chance(90) ? 20 : 2_000)))
        return isLost
            ? .unreachable(message, uncertain: true, stage: .content) : .accepted(message)
    }

    private func check(_ spool: SimulatedSpool, _ tally: inout Tally) {
        let arrived = arrived.withLock { $0 }
        var risks: Set<String> = []
        for case .duplicateRisk(let id, let places, _, _) in spool.changes {
            for place in places { risks.insert("\(id) \(place)") }
        }
        tally.messages = spool.messages.count
        for (id, kept) in spool.messages {
            if kept.message.envelope.reversePath.isNull { tally.reports += 1 }
            for (place, recipient) in kept.message.envelope.recipients.enumerated() {
                let count = arrived["\(id) \(recipient.path)"] ?? 0
                let state = kept.places[place].status
                tally.arrivals += count
                if count > 1 { tally.copies += count - 1 }
                if !kept.places[place].isFinal { tally.faults.append("\(id) \(place) is open") }
                if state == .delivered, count == 0 {
                    tally.faults.append("\(id) \(place) never arrived")
                }
                if state != .delivered, count > 0, !risks.contains("\(id) \(place)") {
                    tally.faults.append("\(id) \(place) arrived, and is \(state)")
                }
                if count > 1, !risks.contains("\(id) \(place)") {
                    tally.faults.append("\(id) \(place) arrived \(count) times unrecorded")
                }
            }
        }
    }
}
