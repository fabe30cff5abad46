import Gateway
import SMTP
import SMTPClient
import Spool
import Synchronization
import Testing

/// The bounds of delivery that no other test hits.
@Suite struct `Delivery keeps its bounds` {
    @Test func `on deliveries at one time`() async throws {
        #expect(
            DeliveryOptions(hostName: try domain("gate.example"), deliveries: .max).deliveries
                == Gateway.Limits.deliveries)
        #expect(
            DeliveryOptions(hostName: try domain("gate.example"), deliveries: .max).slowDeliveries
                == Gateway.Limits.slowDeliveries)
        #expect(
            DeliveryOptions(hostName: try domain("gate.example"), deliveries: -1).deliveries == 1)
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(
                time,
                change: {
                    $0.deliveries = 8
                    $0.slowDeliveries = 4
                },
                server: { message, _ in
                    await time.sleep(600_000)
                    return .accepted(message)
                })
            for index in 0..<40 { try world.addDomain("d\(index).example") }
            try await world.run {
                for index in 0..<40 { try await world.send(["x@d\(index).example"]) }
                await time.sleep(Gateway.Limits.slowSeconds * 1_000 - 1_000)
                // Three quarters for those who have not proved themselves.
                #expect(world.calls.count == 6)
                await time.sleep(60_000)
                #expect(world.calls.count == 10)
                #expect(world.scheduler.statistics.running == 10)
                #expect(world.scheduler.statistics.waiting == 30)
            }
        }
    }

    @Test func `on the header and the content that a report returns`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, target in
                target.name == "mx.a.example" ? .refused(message, 550, "no") : .accepted(message)
            }
            try world.addDomain("a.example")
            try world.addDomain("back.example")
            let field = "X-Long: \(String(repeating: "x", count: 990))\r\n"
            let header = "Subject: first\r\n" + String(repeating: field, count: 200)
            try await world.run {
                try await world.send(["x@a.example"]) {
                    $0.content = .memory(Array((header + "\r\nsecret body\r\n").utf8))
                }
                await world.settle()
                let report = try #require(world.reports.first)
                #expect(report.contains("Subject: first\r\n"))
                #expect(!report.contains("secret body"))
                // What we put before it does not go back.
                #expect(!report.contains("X-Queue"))
                #expect(report.utf8.count < Gateway.Limits.returnedHeaderOctets + 3_000)
                #expect(report.utf8.count > Gateway.Limits.returnedHeaderOctets - 1_100)
                let lines = report.split(separator: "\r\n").filter { $0.hasPrefix("X-Long") }
                #expect(lines.allSatisfy { $0.utf8.count == field.utf8.count - 2 })
                // Asked for, a short message goes back whole, a long one does not.
                for count in [1_000, Gateway.Limits.returnedContentOctets] {
                    try await world.send(["y@a.example"]) {
                        $0.envelope.parameters.returns = .full
                        $0.content = .memory(
                            Array("Subject: s\r\n\r\nsecret ".utf8)
                                + [UInt8](repeating: 0x61, count: count))
                    }
                    await world.settle()
                    let report = try #require(world.reports.last)
                    #expect(report.contains("secret") == (count == 1_000))
                }
            }
        }
    }

    @Test func `on content in memory: longer ones go piece by piece`() async throws {
        try await RealServers.run { servers in
            let (spool, _) = try Spool.open(servers.folder + "/spool")
            defer { spool.close() }
            for count in [
                100, Gateway.Limits.contentInMemory - 100, Gateway.Limits.contentInMemory + 1,
            ] {
                let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 % 100) }
                let message = SpoolMessage(
                    id: spool.nextIdentifier(), receivedAt: 0,
                    envelope: Envelope(
                        reversePath: .null, recipients: [EnvelopeRecipient(.postmaster)]),
                    prefix: Array("X: y\r\n".utf8), content: .memory(octets))
                try await spool.accept(message)
                let queued = try spool.outgoingContent(of: message.id)
                #expect(queued.prefixCount == 6)
                #expect(queued.content.count == count + 6)
                let isWhole = count + 6 <= Gateway.Limits.contentInMemory
                #expect(queued.isEightBit == (isWhole ? false : nil))
                var pieces: [Int] = []
                var read: [UInt8] = []
                try queued.content.forEachPiece(in: 3..<(count + 4)) {
                    pieces.append($0.count)
                    read += $0
                }
                #expect(read == Array((Array("X: y\r\n".utf8) + octets)[3..<(count + 4)]))
                #expect(isWhole || (pieces.max() ?? 0) <= Gateway.Limits.pieceOctets)
                #expect(isWhole || pieces.count > 1)
                try await spool.record(
                    .deleted(id: message.id, at: 0, by: "test", reason: "done"))
                #expect(spool.waiting(message.id) == nil)
            }
        }
    }

    @Test func `on what is sent before its beginning is durable`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            try world.addDomain("a.example")
            let late = try world.message(["late@a.example"])
            try await world.spool.accept(late)
            world.scheduler.enqueue(late)
            await time.sleep(Gateway.Limits.freshMilliseconds)
            try await world.run {
                await world.settle()
                // What waited: its record was on the disk before its delivery.
                let fresh = try await world.send(["fresh@a.example"])
                await world.settle()
                let starts = world.spool.timedChanges.filter {
                    if case .started = $0.change { true } else { false }
                }
                let calls = world.calls
                #expect(starts.map(\.change.id) == [late.id, fresh])
                #expect(calls[0].at >= starts[0].at)
                #expect(calls[1].at == starts[1].at)
            }
        }
    }

    @Test func `on how often it looks at the clock`() async throws {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time)
            try world.addDomain("a.example")
            try await world.run {
                await time.sleep(10 * Gateway.Limits.tickMilliseconds)
                let id = try await world.send(["x@a.example"]) {
                    $0.disposition = .hold(reason: "look")
                }
                try await world.spool.record([.held(id: id, at: 0, reason: "look")])
                world.spool.ask(SpoolRequest(.release, messages: [id], by: "me"))
                await time.sleep(Gateway.Limits.tickMilliseconds + 100)
                #expect(world.calls.count == 1)
            }
        }
    }
}
