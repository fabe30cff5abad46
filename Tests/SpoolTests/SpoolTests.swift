import Glibc
import Identities
import SMTP
import Spool
import Testing

/// The spool with its threads, on the real disk.
@Suite struct SpoolTests {
    @Test func `what was accepted is there again, whole, when the spool is opened anew`()
        async throws
    {
        try await SpoolBed.withFolder { folder in
            let domain = try #require(DomainName("bücher.example"))
            let literal = try #require(IPAddress("2001:db8::1"))
            let sender = try #require(Mailbox(localPart: "o'neil \"x\"", host: .domain(domain)))
            let there = try #require(Mailbox(localPart: "übung", host: .address(literal)))
            let (spool, first) = try Spool.open(folder, options: SpoolBed.options())
            #expect(first.messages.isEmpty && first.wasClosed && !first.isDamaged)
            let message = SpoolMessage(
                id: spool.nextIdentifier(), receivedAt: 1_795_305_600_000,
                envelope: Envelope(
                    reversePath: ReversePath(sender),
                    parameters: MailParameters(
                        size: 17, body: .eightBitMIME, isInternational: true, requiresTLS: true,
                        returns: .headers, envelopeIdentifier: "e-1"),
                    recipients: [
                        EnvelopeRecipient(
                            ForwardPath(there), notify: [.failure, .delay],
                            originalRecipient: "rfc822;x@example.org"),
                        EnvelopeRecipient(.postmaster, notify: .never),
                        EnvelopeRecipient(.postmaster),
                    ]), record: [9, 8, 7], disposition: .hold(reason: "looks odd"),
                prefix: Array("X: 1\r\n".utf8), content: .memory(Array("body\r\n".utf8)),
                routing: "exchange")
            try await spool.accept(message)
            spool.close()

            let (again, recovery) = try Spool.open(folder, options: SpoolBed.options())
            #expect(recovery.wasClosed && recovery.duplicateRisks.isEmpty)
            let live = try #require(recovery.messages.first)
            #expect(live.id == message.id && live.holdReason == "looks odd")
            #expect(live.routing == "exchange" && live.receivedAt == message.receivedAt)
            #expect(live.recipients.map(\.status) == [.queued, .queued, .queued])
            let stored = try again.message(message.id)
            #expect(stored.envelope == message.envelope)
            #expect(stored.record == message.record && stored.disposition == message.disposition)
            let content = try again.content(of: message.id)
            #expect(try content.read(0..<100) == Array("X: 1\r\nbody\r\n".utf8))
            #expect(try content.read(4..<8) == Array("\r\nbo".utf8))
            #expect(content.digest == stored.digest && content.prefixCount == 6)
            #expect(again.nextIdentifier() > message.id)
            again.close()
        }
    }

    @Test func `many callers are served, and every change is in its order`() async throws {
        try await SpoolBed.withFolder { folder in
            let (spool, _) = try Spool.open(folder, options: SpoolBed.options())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        for index in 0..<20 {
                            let id = spool.nextIdentifier()
                            try await spool.accept(SpoolBed.message(id, recipients: 2))
                            spool.note(
                                .started(id: id, recipients: [0, 1], at: 1, host: "mx"))
                            if index % 2 == 0 {
                                try await spool.record(SpoolBed.delivered(id, [0, 1]))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(spool.count == 200)
            let entries = try spool.changes(after: 0, limit: 10_000)
            var seen: [QueueIdentifier: Int] = [:]
            for (_, entry) in entries {
                switch entry {
                case .accepted(let message):
                    #expect(seen.updateValue(0, forKey: message.id) == nil)
                case .changed(.started(let id, _, _, _)):
                    #expect(seen.updateValue(1, forKey: id) == 0)
                case .changed(let change):
                    #expect(seen.updateValue(2, forKey: change.id) == 1)
                }
            }
            #expect(try spool.verifyChain().isWhole)
            let balance = try spool.balance(UTCDay(containing: SystemTime.milliseconds()))
            #expect(balance.isBalanced)
            spool.close()
            let (again, recovery) = try Spool.open(folder, options: SpoolBed.options())
            #expect(recovery.messages.count == 200)
            // Their deliveries had begun.
            #expect(recovery.duplicateRisks.count == 200)
            again.close()
        }
    }

    @Test func `a note is durable although nobody waits for it`() async throws {
        try await SpoolBed.withFolder { folder in
            let (spool, _) = try Spool.open(folder, options: SpoolBed.options())
            let id = spool.nextIdentifier()
            try await spool.accept(SpoolBed.message(id))
            spool.note(SpoolBed.delivered(id))
            for _ in 0..<2_000 where spool.count > 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(spool.count == 0)
            spool.note(.duplicateRisk(id: id, recipients: [0], at: 2, why: "told late"))
            spool.close()
            let reader = try Spool.read(folder, options: SpoolBed.options())
            #expect(reader.messages.isEmpty)
            #expect(try reader.changes(after: 0, limit: 100).count == 3)
        }
    }

    @Test func `one process has a folder, and it is free when that is done`() async throws {
        try await SpoolBed.withFolder { folder in
            let (spool, _) = try Spool.open(folder, options: SpoolBed.options())
            #expect(throws: SpoolError.inUse) {
                try Spool.open(folder, options: SpoolBed.options())
            }
            spool.close()
            spool.close()
            let message = SpoolBed.message(spool.nextIdentifier())
            await #expect(throws: SpoolError.closed) { try await spool.accept(message) }
            await #expect(throws: SpoolError.closed) {
                try await spool.record(SpoolBed.delivered(message.id))
            }
            let (again, _) = try Spool.open(folder, options: SpoolBed.options())
            again.close()
        }
    }

    @Test func `a large content becomes a file, and goes with its message`() async throws {
        try await SpoolBed.withFolder { folder in
            let (spool, _) = try Spool.open(folder, options: SpoolBed.options())
            let big = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            let path = folder + "/incoming/1"
            try SpoolBed.write(path, big)
            var one = SpoolBed.message(spool.nextIdentifier())
            one.content = .file(path: path, count: big.count)
            let two = SpoolBed.message(spool.nextIdentifier(), content: big)
            try await spool.accept(one)
            try await spool.accept(two)
            #expect(access(path, F_OK) != 0)
            let content = try spool.content(of: one.id)
            #expect(content.digest == (try spool.content(of: two.id)).digest)
            var octets: [UInt8] = []
            try content.forEachPiece(of: 7_000) { octets += Array($0) }
            #expect(octets == one.prefix + big)
            #expect(try content.read(10..<30) == Array((one.prefix + big)[10..<30]))
            try await spool.record(SpoolBed.delivered(one.id))
            spool.close()
            #expect(try FileDisk().list(folder + "/large") == [two.id.description])
            // A file that no message has is not kept.
            try SpoolBed.write(folder + "/large/\(one.id)", [1])
            try SpoolBed.write(folder + "/incoming/2", [1])
            let (again, recovery) = try Spool.open(folder, options: SpoolBed.options())
            #expect(recovery.staleFiles == 2 && recovery.messages.map(\.id) == [two.id])
            #expect(try again.content(of: two.id).read(0..<200_000) == two.prefix + big)
            again.close()
        }
    }

    @Test func `a file of another size than was said is refused`() async throws {
        try await SpoolBed.withFolder { folder in
            let (spool, _) = try Spool.open(folder, options: SpoolBed.options())
            let path = folder + "/incoming/1"
            try SpoolBed.write(path, [1, 2, 3])
            var message = SpoolBed.message(spool.nextIdentifier())
            message.content = .file(path: path, count: 4)
            await #expect(throws: SpoolError.self) { try await spool.accept(message) }
            #expect(spool.count == 0)
            spool.close()
        }
    }

    @Test func `a report of failure and what it reports are recorded together`() async throws {
        try await SpoolBed.withFolder { folder in
            let (spool, _) = try Spool.open(folder, options: SpoolBed.options())
            let id = spool.nextIdentifier()
            try await spool.accept(SpoolBed.message(id))
            try await spool.record(
                .failed(id: id, recipients: [0], at: 1, host: "mx", reason: "550 no"))
            #expect(spool.state(of: id)?.recipients.first?.status == .failed)
            let report = spool.nextIdentifier()
            try await spool.accept(
                SpoolBed.message(report),
                recording: [.bounced(id: id, recipients: [0], at: 2, report: report)])
            #expect(spool.live().map(\.id) == [report])
            spool.close()
        }
    }
}
