import DNS
import Gateway
import Identities
import SMTP
import SMTPClient
import Spool
import Testing

/// What the scheduler does with a message, in virtual time.
@Suite struct `A message on its way out` {
    @Test func `goes out at once and is recorded`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                var facts = ConnectionFacts()
                facts.tls = ConnectionFacts.TLS(
                    version: "TLSv1.3", cipher: "AES", verification: .verified(name: "x"))
                return .accepted(message, facts)
            }
            try world.addDomain("a.example")
            try await world.run {
                let id = try await world.send(["x@a.example"])
                await world.settle()
                #expect(
                    world.spool.changes == [
                        .started(
                            id: id, recipients: [0], at: VirtualTime.begin + world.calls[0].at,
                            host: "mx.a.example[192.0.2.1]:25"),
                        .delivered(
                            id: id, recipients: [0], at: VirtualTime.begin + world.calls[0].at,
                            host: "mx.a.example[192.0.2.1]:25", reply: "250 2.0.0 taken",
                            tls: "TLSv1.3 AES"),
                    ])
                #expect(world.calls[0].at < 10)
                #expect(world.scheduler.statistics.delivered == 1)
                #expect(world.scheduler.statistics.waiting == 0)
            }
        }
    }

    @Test func `takes its recipients at one destination along, a hundred at a time`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            try world.addDomain("a.example")
            try world.addDomain("b.example")
            try await world.run {
                let many = (0..<250).map { "u\($0)@\($0 % 5 == 0 ? "b" : "a").example" }
                try await world.send(many)
                await world.settle()
                let counts = world.calls.map(\.recipients.count).sorted()
                #expect(counts == [50, 100, 100])
                #expect(Gateway.Limits.transactionRecipients == 100)
                let all = world.calls.flatMap(\.recipients)
                #expect(Set(all) == Set(many))
                #expect(all.count == many.count)
                for call in world.calls {
                    #expect(Set(call.recipients.map { $0.split(separator: "@")[1] }).count == 1)
                }
            }
        }
    }

    @Test func `waits longer and longer, and goes back after five days`() async throws {
        try await VirtualTime.run(seed: 5) { time in
            let world = try DeliveryWorld(time) { message, _ in
                .refused(message, 450, "not now")
            }
            try world.addDomain("a.example")
            world.lookup.fail("back.example", .mx)
            try await world.run {
                let id = try await world.send(["x@a.example"])
                await time.sleep(Gateway.Limits.lifetimeSeconds * 1_000 + 5_000_000)
                let times = world.calls.map(\.at)
                let waits = zip(times, times.dropFirst()).map { $1 - $0 }
                for (index, wait) in waits.enumerated() {
                    let due = min(
                        Gateway.Limits.firstBackoffSeconds << Int64(min(index, 10)),
                        Gateway.Limits.lastBackoffSeconds)
                    // An eighth by chance, and the tick of the clock.
                    #expect(wait >= due * 875, "\(index)")
                    #expect(wait <= due * 1_125 + 2_000, "\(index)")
                }
                #expect(Set(waits).count > waits.count / 2)
                let last = try #require(times.last)
                #expect(last >= Gateway.Limits.lifetimeSeconds * 1_000)
                #expect(
                    last
                        <= (Gateway.Limits.lifetimeSeconds + Gateway.Limits.lastBackoffSeconds * 9
                            / 8) * 1_000)
                #expect(world.reports.count == 1)
                let report = try #require(world.reports.first)
                #expect(report.contains("Status: 4.4.7\r\n"))
                #expect(report.contains("Action: failed\r\n"))
                #expect(report.contains("450 4.1.1 not now"))
                let failed = world.spool.changes.compactMap { change -> QueueIdentifier? in
                    if case .bounced(id, [0], _, let report?) = change { report } else { nil }
                }
                #expect(failed.count == 1)
            }
        }
    }

    @Test func `goes back at once when it is refused, and what is not refused arrives`()
        async throws
    {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                guard target.name == "mx.a.example" else { return .accepted(message) }
                return DeliveryResult(
                    recipients: message.envelope.recipients.map {
                        recipient -> DeliveryResult.RecipientResult in
                        recipient.path.description.hasPrefix("no")
                            ? .refused(
                                SMTPReply(550, EnhancedStatusCode(5, 1, 1), "nobody here"))
                            : .delivered(SMTPReply(250, nil, "ok"))
                    })
            }
            try world.addDomain("a.example")
            try world.addDomain("back.example", "192.0.2.2")
            try await world.run {
                let id = try await world.send(["yes@a.example", "no1@a.example", "no2@a.example"])
                await world.settle()
                #expect(world.reports.count == 1)
                let report = try #require(world.reports.first)
                #expect(report.contains("Final-Recipient: rfc822; no1@a.example"))
                #expect(report.contains("Final-Recipient: rfc822; no2@a.example"))
                #expect(!report.contains("yes@a.example"))
                // The report went to the sender.
                let last = try #require(world.calls.last)
                #expect(last.recipients == ["sender@back.example"])
                let places = world.spool.messages[id]?.places.map(\.status)
                #expect(places == [.delivered, .bounced, .bounced])
            }
        }
    }

    @Test func `without a sender, or whose sender wants none, makes no report`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in .refused(message, 550, "no") }
            try world.addDomain("a.example")
            try world.addDomain("back.example")
            try await world.run {
                let first = try await world.send(["x@a.example"], from: nil)
                let second = try await world.send(["x@a.example"]) {
                    $0.envelope.recipients[0].notify = .never
                }
                let third = try await world.send(["x@a.example"]) {
                    $0.envelope.recipients[0].notify = [.success, .delay]
                }
                await world.settle()
                #expect(world.reports.isEmpty)
                for id in [first, second, third] {
                    #expect(world.spool.messages[id]?.places.map(\.status) == [.bounced])
                    #expect(
                        world.spool.changes.contains {
                            if case .bounced(id, _, _, nil) = $0 { true } else { false }
                        })
                }
                // A report that cannot be delivered is not answered either.
                try await world.send(["x@a.example"])
                await world.settle()
                #expect(world.reports.count == 1)
            }
        }
    }

    @Test func `tells of success only where the next server does not`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                var facts = ConnectionFacts()
                if target.name == "mx.a.example" {
                    facts.extensions = ServerExtensions([.deliveryStatusNotifications])
                }
                return .accepted(message, facts)
            }
            for name in ["a.example", "b.example", "back.example"] { try world.addDomain(name) }
            try await world.run {
                try await world.send(["x@a.example", "x@b.example", "y@b.example"]) {
                    $0.envelope.recipients[0].notify = .success
                    $0.envelope.recipients[1].notify = .success
                }
                await world.settle()
                #expect(world.reports.count == 1)
                let report = try #require(world.reports.first)
                #expect(report.contains("Action: relayed\r\n"))
                #expect(report.contains("Final-Recipient: rfc822; x@b.example"))
                #expect(!report.contains("a.example"))
                #expect(!report.contains("y@b.example"))
            }
        }
    }

    @Test(arguments: [false, true])
    func `tells of a delay once, to those who asked`(warnsAll: Bool) async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time, change: { $0.warnsOfDelay = warnsAll }) {
                message, target in
                target.name == "mx.a.example"
                    ? .refused(message, 450, "not now") : .accepted(message)
            }
            try world.addDomain("a.example")
            try world.addDomain("back.example")
            try await world.run {
                try await world.send(["silent@a.example"])
                try await world.send(["asked@a.example"]) {
                    $0.envelope.recipients[0].notify = [.delay]
                }
                await time.sleep(Gateway.Limits.delayWarningSeconds * 1_000)
                #expect(world.reports.isEmpty)
                await time.sleep(30 * 3_600_000)
                #expect(world.reports.count == (warnsAll ? 2 : 1))
                let report = try #require(
                    world.reports.first { $0.contains("asked@a.example") })
                #expect(report.contains("Action: delayed\r\n"))
                #expect(report.contains("Will-Retry-Until: Tue, 6 Jan 2026 00:00:0"))
            }
        }
    }

    @Test func `is not sent a second time without a record when its end is uncertain`()
        async throws
    {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                .unreachable(message, uncertain: true, stage: .content)
            }
            try world.lookup.setExchanges(
                "a.example", [(10, "mx.a.example"), (20, "mx2.a.example")])
            try world.lookup.setAddresses("mx.a.example", ["192.0.2.1"])
            try world.lookup.setAddresses("mx2.a.example", ["192.0.2.2"])
            try await world.run {
                let id = try await world.send(["x@a.example"])
                await time.sleep(200_000)
                // Not at the next server either, before it is recorded.
                #expect(world.calls.count == 1)
                world.set { message, _ in .accepted(message) }
                await world.settle()
                #expect(world.calls.count == 2)
                let kinds = world.spool.durable.changes.map(\.change).filter { $0.id == id }
                let risk = kinds.firstIndex {
                    if case .duplicateRisk(_, [0], _, _) = $0 { true } else { false }
                }
                let second = kinds.lastIndex {
                    if case .started = $0 { true } else { false }
                }
                #expect(try #require(risk) < (try #require(second)))
                #expect(world.scheduler.statistics.uncertain == 1)
            }
        }
    }

    @Test func `goes to the next server when the first does not answer, and then there first`()
        async throws
    {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                guard target.name == "mx2.a.example" else {
                    await time.sleep(30_000)
                    return .unreachable(message)
                }
                return .accepted(message)
            }
            try world.lookup.setExchanges(
                "a.example", [(10, "mx.a.example"), (20, "mx2.a.example")])
            try world.lookup.setAddresses("mx.a.example", ["192.0.2.1"])
            try world.lookup.setAddresses("mx2.a.example", ["192.0.2.2"])
            try await world.run {
                try await world.send(["x@a.example"])
                await world.settle()
                #expect(world.calls.map(\.target.name) == ["mx.a.example", "mx2.a.example"])
                try await world.send(["y@a.example"])
                await world.settle()
                #expect(world.calls.count == 3)
                await time.sleep(Gateway.Limits.serverRestSeconds * 1_000)
                try await world.send(["z@a.example"])
                await world.settle()
                #expect(world.calls.count == 5)
            }
        }
    }

    @Test func `tries the next server for those who were put off, and for no others`()
        async throws
    {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                DeliveryResult(
                    recipients: message.envelope.recipients.map {
                        recipient -> DeliveryResult.RecipientResult in
                        let name = recipient.path.description
                        if target.name == "mx2.a.example" || name.hasPrefix("ok") {
                            return .delivered(SMTPReply(250, nil, "ok"))
                        }
                        return .refused(SMTPReply(name.hasPrefix("no") ? 550 : 450, nil, "hm"))
                    })
            }
            try world.addDomain("back.example")
            try world.lookup.setExchanges(
                "a.example", [(10, "mx.a.example"), (20, "mx2.a.example")])
            try world.lookup.setAddresses("mx.a.example", ["192.0.2.1"])
            try world.lookup.setAddresses("mx2.a.example", ["192.0.2.2"])
            try await world.run {
                try await world.send(["ok@a.example", "later@a.example", "no@a.example"])
                await world.settle()
                let second = world.calls.filter { $0.target.name == "mx2.a.example" }
                #expect(second.map(\.recipients) == [["later@a.example"]])
            }
        }
    }

    @Test func `is not delivered while the spool cannot record it`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            try world.addDomain("a.example")
            try await world.run {
                let message = try world.message(["x@a.example"])
                try await world.spool.accept(message)
                await time.sleep(1_000)
                await world.scheduler.restore(world.spool.waitingMessages())
                await world.settle()
                #expect(world.calls.count == 1)
                // One that waited is recorded before it sets out: the disk refuses.
                world.set { message, _ in .refused(message, 450, "later") }
                try await world.send(["y@a.example"])
                await time.sleep(1_000)
                #expect(world.calls.count == 2)
                world.spool.set(refuses: true)
                await time.sleep(3_600_000)
                #expect(world.calls.count == 2)
                world.spool.set(refuses: false)
                world.set { message, _ in .accepted(message) }
                await world.settle()
                #expect(world.calls.count == 3)
                #expect(!world.log.isEmpty)
            }
        }
    }

    @Test func `waits while a report about it cannot be kept`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                target.name == "mx.a.example"
                    ? .refused(message, 550, "no") : .accepted(message)
            }
            try world.addDomain("a.example")
            try world.addDomain("back.example")
            try await world.run {
                let message = try world.message(["x@a.example"])
                try await world.spool.accept(message)
                world.spool.set(refuses: true)
                world.scheduler.enqueue(message)
                await time.sleep(100_000)
                #expect(world.spool.messages[message.id]?.places[0].status == .queued)
                world.spool.set(refuses: false)
                await world.settle()
                #expect(world.spool.messages[message.id]?.places[0].status == .bounced)
                #expect(world.reports.count == 1)
            }
        }
    }

    @Test func `that failed before a restart still has its report`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            try world.addDomain("back.example")
            try await world.run {
                let message = try world.message(["x@a.example", "y@a.example"])
                try await world.spool.accept(message)
                try await world.spool.record([
                    .failed(id: message.id, recipients: [1], at: 0, host: nil, reason: "no"),
                    .delivered(
                        id: message.id, recipients: [0], at: 0, host: "h", reply: "250", tls: nil),
                ])
                await world.scheduler.restore(world.spool.waitingMessages())
                await world.settle()
                #expect(world.calls.map(\.recipients) == [["sender@back.example"]])
                #expect(world.reports.first?.contains("y@a.example") == true)
                #expect(world.reports.first?.contains("x@a.example") == false)
            }
        }
    }
}
