import SMTP
import Spool
import Testing

/// States, positions, balances and bounds, on a disk in memory.
@Suite struct QueueTests {
    private let disk = SimulatedDisk(seed: 1, time: 1_795_305_600_000)
    private static let day = UTCDay(number: 20_779)

    private func open(
        _ change: (inout SpoolOptions) -> Void = { _ in }
    ) throws -> (SpoolCore, SpoolRecovery) {
        var options = SpoolBed.options(on: disk)
        change(&options)
        return try SpoolCore.open("/s", options: options, disk: disk)
    }

    @Test func `states follow the changes, and are the same after a start`() throws {
        let (core, _) = try open()
        let id = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(id, recipients: 5))
        try core.mustCommit([
            .changes([
                .started(id: id, recipients: [0, 1, 2, 3, 4, 99], at: 1, host: "mx"),
                SpoolBed.delivered(id, [0]),
                .attempted(
                    id: id, recipients: [1], at: 1, host: "mx", reply: "451 later",
                    nextAttempt: 77),
                .failed(id: id, recipients: [2, 3], at: 1, host: nil, reason: "550 no"),
                .bounced(id: id, recipients: [3], at: 1, report: nil),
                // Nothing undoes an end.
                .failed(id: id, recipients: [0], at: 1, host: nil, reason: "550 no"),
                SpoolBed.delivered(id, [3]),
                .held(id: id, at: 1, reason: "wait"),
            ])
        ])
        let state = try #require(core.state(of: id))
        #expect(
            state.recipients.map(\.status) == [.delivered, .queued, .failed, .bounced, .queued])
        #expect(state.recipients[1].attempts == 1 && state.recipients[1].nextAttempt == 77)
        #expect(state.recipients.map(\.isUnderway) == [false, false, false, false, true])
        let balance = try core.balance(Self.day)
        #expect(balance.accepted == 5 && balance.delivered == 1 && balance.failed == 2)
        #expect(balance.held == 2 && balance.queued == 0 && balance.isBalanced)
        core.markClosed()
        core.unlock()
        let (again, recovery) = try open()
        let found = try #require(recovery.messages.first)
        #expect(found.recipients.map(\.status) == state.recipients.map(\.status))
        #expect(found.recipients[1] == state.recipients[1] && found.holdReason == "wait")
        // The delivery that had begun is recorded as a risk, and is under way no more.
        #expect(recovery.duplicateRisks == [id] && !found.recipients[4].isUnderway)
        try again.mustCommit([.changes([.released(id: id, at: 2, by: "me")])])
        #expect(again.state(of: id)?.recipients[1].nextAttempt == 0)
        try again.mustCommit([.changes([.deleted(id: id, at: 3, by: "me", reason: "old")])])
        #expect(again.state(of: id) == nil)
        let last = try again.balance(Self.day)
        #expect(last.deleted == 3 && last.failed == 1 && last.isBalanced)
        #expect(last.riskedRecipients == [.init(id: id, recipient: 4)])
    }

    @Test func `after a kill the last acceptances are recorded as perhaps sent twice`() throws {
        let (core, _) = try open()
        let old = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(old))
        disk.time += 5_000
        let new = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(new))
        core.unlock()
        let (again, recovery) = try open { $0.acknowledgementWindow = .seconds(1) }
        #expect(!recovery.wasClosed && recovery.duplicateRisks == [new])
        #expect(try again.balance(Self.day).duplicateRisks == 1)
        again.markClosed()
        again.unlock()
        let (_, second) = try open { $0.acknowledgementWindow = .seconds(1) }
        #expect(second.wasClosed && second.duplicateRisks.isEmpty)
    }

    @Test func `a start remembers a bounded number of the last acceptances`() throws {
        let (core, _) = try open { $0.segmentOctets = 16 << 20 }
        let count = SpoolLimits.recentAcceptances + 1
        for _ in 0..<(count / 100 + 1) {
            try core.mustCommit(
                (0..<100).map { _ in
                    try core.prepare(SpoolBed.message(core.nextIdentifier(), content: []))
                })
        }
        #expect(try core.changes(after: 0, limit: .max).count == SpoolLimits.changesAtOnce)
        core.unlock()
        let (_, recovery) = try open { options in
            options.segmentOctets = 16 << 20
            options.acknowledgementWindow = .seconds(1)
        }
        #expect(recovery.messages.count >= count)
        #expect(recovery.duplicateRisks.count <= SpoolLimits.recentAcceptances)
        #expect(recovery.duplicateRisks.count >= SpoolLimits.recentAcceptances / 2)
    }

    @Test func `segments are used again only when everything in them was taken elsewhere`() throws {
        let (core, _) = try open { $0.awaitsProjection = true }
        var last: UInt64 = 0
        for _ in 0..<60 {
            let id = core.nextIdentifier()
            try core.mustAccept(SpoolBed.message(id, content: [UInt8](repeating: 1, count: 4_000)))
            try core.mustCommit([.changes([SpoolBed.delivered(id)])])
            core.maintain()
        }
        let before = disk.paths.filter { $0.hasSuffix(".segment") }.count
        #expect(before >= 5 && !disk.paths.contains("/s/journal/position"))
        var count = 0
        while let entries = try? core.changes(after: last, limit: 7), !entries.isEmpty {
            for (position, _) in entries {
                #expect(position > last)
                last = position
                count += 1
            }
        }
        #expect(count == 120)
        core.projected(upTo: last)
        core.maintain()
        #expect(disk.paths.contains("/s/journal/position"))
        #expect(disk.paths.filter { $0.hasSuffix(".segment") }.count < before + 1)
        let balance = try core.balance(Self.day)
        #expect(balance.accepted == 60 && balance.delivered == 60 && balance.isBalanced)
        #expect(try core.verifyChain().first == 1)
    }

    @Test func `a message that stays is carried along, and stays readable and accounted for`()
        throws
    {
        let (core, _) = try open()
        let staying = core.nextIdentifier()
        let content = [UInt8](repeating: 0x55, count: 2_000)
        try core.mustAccept(
            SpoolBed.message(
                staying, recipients: 2, content: content, disposition: .hold(reason: "h")))
        try core.mustCommit([.changes([SpoolBed.delivered(staying, [1])])])
        let held = try core.content(of: staying)
        for _ in 0..<200 {
            let id = core.nextIdentifier()
            try core.mustAccept(SpoolBed.message(id, content: [UInt8](repeating: 1, count: 4_000)))
            try core.mustCommit([.changes([SpoolBed.delivered(id)])])
            while core.carry() {}
            core.maintain()
        }
        #expect(disk.paths.filter { $0.hasSuffix(".segment") }.count < 16)
        #expect(try core.content(of: staying).read(16..<2_016) == content)
        // Held on to since before it was carried.
        #expect(try held.read(16..<2_016) == content)
        let balance = try core.balance(Self.day)
        #expect(balance.isBalanced && balance.held == 1 && balance.delivered == 201)
        core.unlock()
        let (_, recovery) = try open()
        #expect(recovery.messages.map(\.id) == [staying] && !recovery.isDamaged)
        #expect(recovery.messages.first?.recipients.map(\.status) == [.queued, .delivered])
        #expect(recovery.messages.first?.holdReason == "h")
    }

    @Test func `the days of a balance are the days of acceptance`() throws {
        let (core, _) = try open()
        let first = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(first))
        disk.time += 86_400_000
        let second = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(second))
        try core.mustCommit([.changes([SpoolBed.delivered(first), SpoolBed.delivered(second)])])
        for day in [Self.day, UTCDay(number: 20_780)] {
            let balance = try core.balance(day)
            #expect(balance.messages == 1 && balance.delivered == 1 && balance.isBalanced)
        }
        #expect(try core.balance(UTCDay(number: 1)).accepted == 0)
    }

    @Test func `texts are cut at a character, records and envelopes refused beyond their bounds`()
        throws
    {
        let (core, _) = try open { $0.segmentOctets = 8 << 20 }
        let id = core.nextIdentifier()
        var message = SpoolBed.message(id)
        message.record = [UInt8](repeating: 1, count: SpoolLimits.recordOctets)
        try core.mustAccept(message)
        message.record.append(1)
        #expect(throws: SpoolError.tooLarge) { try core.prepare(message) }
        message.record = []
        message.prefix = [UInt8](repeating: 1, count: SpoolLimits.prefixOctets + 1)
        #expect(throws: SpoolError.tooLarge) { try core.prepare(message) }
        let long = String(repeating: "ä", count: SpoolLimits.textOctets / 2 + 10) + "x"
        try core.mustCommit([
            .changes([.failed(id: id, recipients: [0], at: 1, host: nil, reason: "x" + long)])
        ])
        let change = try core.changes(after: 1, limit: 1).first?.entry
        guard case .changed(.failed(_, _, _, _, let reason)) = change else {
            Issue.record("the change is missing")
            return
        }
        #expect(reason == "x" + String(repeating: "ä", count: SpoolLimits.textOctets / 2 - 1))
    }

    @Test func `recipients have their bound, and lists theirs`() throws {
        let (core, _) = try open { $0.segmentOctets = 8 << 20 }
        let many = SpoolBed.message(core.nextIdentifier(), recipients: SpoolLimits.recipients)
        try core.mustAccept(many)
        try core.mustAccept(SpoolBed.message(core.nextIdentifier()))
        let balance = try core.balance(Self.day)
        #expect(balance.queued == SpoolLimits.recipients + 1 && balance.isBalanced)
        #expect(balance.queuedRecipients.count == SpoolLimits.listedRecipients)
        let more = SpoolBed.message(core.nextIdentifier(), recipients: SpoolLimits.recipients + 1)
        #expect(throws: SpoolError.tooLarge) { try core.prepare(more) }
        var wide = many
        for index in wide.envelope.recipients.indices {
            wide.envelope.recipients[index].originalRecipient = String(repeating: "x", count: 500)
        }
        #expect(throws: SpoolError.tooLarge) { try core.prepare(wide) }
    }

    @Test func `a segment has a smallest and a largest size`() {
        var options = SpoolOptions()
        options.segmentOctets = 5
        #expect(options.segmentOctets == SpoolLimits.segmentOctets.lowerBound)
        options.segmentOctets = .max
        #expect(options.segmentOctets == SpoolLimits.segmentOctets.upperBound)
        options.segmentOctets = 100_001
        #expect(options.segmentOctets == 102_400)
    }

    @Test func `what is too large for a segment is refused`() throws {
        let (core, _) = try open { $0.segmentOctets = 16 << 10 }
        var message = SpoolBed.message(core.nextIdentifier())
        message.record = [UInt8](repeating: 1, count: 9_000)
        #expect(core.commit([try core.prepare(message)]) == [.tooLarge])
    }

    @Test func `an old program's segments of another size are read and used up`() throws {
        let (core, _) = try open { $0.segmentOctets = 32 << 10 }
        let id = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(id))
        core.unlock()
        let (again, recovery) = try open { $0.segmentOctets = 64 << 10 }
        #expect(recovery.messages.map(\.id) == [id])
        for _ in 0..<100 {
            try again.mustAccept(SpoolBed.message(again.nextIdentifier()))
        }
        #expect(try again.verifyChain().isWhole)
    }
}
