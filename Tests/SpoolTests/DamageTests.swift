import Spool
import Testing

/// Disks that give back other octets than they were given.
@Suite struct DamageTests {
    private let disk = SimulatedDisk(seed: 1, time: 1_795_305_600_000)

    private func open() throws -> (SpoolCore, SpoolRecovery) {
        try SpoolCore.open("/s", options: SpoolBed.options(on: disk), disk: disk)
    }

    /// Five messages, each written by itself, in the only segment in use.
    private func fill() throws -> (ids: [QueueIdentifier], segment: String) {
        let (core, _) = try open()
        var ids: [QueueIdentifier] = []
        for index in 0..<5 {
            let id = core.nextIdentifier()
            let content = [UInt8](repeating: UInt8(0x41 + index), count: 300)
            try core.mustAccept(SpoolBed.message(id, content: content))
            ids.append(id)
        }
        core.markClosed()
        core.unlock()
        return (ids, "/s/segments/000001.segment")
    }

    /// Where the content of one of the five lies.
    private func place(of index: Int, _ segment: String) throws -> Int {
        let octets = try #require(disk.octets(segment))
        let wanted = [UInt8](repeating: UInt8(0x41 + index), count: 300)
        return try #require(
            (0..<(octets.count - 300)).first { Array(octets[$0..<($0 + 300)]) == wanted })
    }

    @Test func `a damaged record in the middle is told, and all others are there`() throws {
        let (ids, segment) = try fill()
        let place = try place(of: 2, segment)
        disk.damage(segment) { $0[place - 60] ^= 1 }
        let (core, recovery) = try open()
        #expect(recovery.messages.map(\.id) == [ids[0], ids[1], ids[3], ids[4]])
        #expect(recovery.gaps == [3...3] && recovery.isDamaged)
        let chain = try core.verifyChain()
        #expect(chain.isWhole && chain.recordedGaps == [3...3])
        core.unlock()
        // It is told once, and stays recorded.
        let (again, second) = try open()
        #expect(!second.isDamaged)
        #expect(try again.verifyChain().recordedGaps == [3...3])
    }

    @Test func `a record taken out of the middle breaks the chain while the spool is open`() throws
    {
        let (_, segment) = try fill()
        let place = try place(of: 2, segment)
        let (core, _) = try open()
        disk.damage(segment) { $0[place - 60] ^= 1 }
        let chain = try core.verifyChain()
        #expect(!chain.isWhole && chain.gaps == [3...3])
    }

    @Test func `a content that changed is lost, and counted so`() throws {
        let (ids, segment) = try fill()
        let place = try place(of: 1, segment)
        disk.damage(segment) { $0[place + 7] ^= 0x80 }
        let (core, recovery) = try open()
        #expect(recovery.lost == [ids[1]] && recovery.gaps.isEmpty)
        #expect(core.live.map(\.id) == [ids[0], ids[2], ids[3], ids[4]])
        let balance = try core.balance(UTCDay(number: 20_779))
        #expect(balance.isBalanced && balance.lost == 1 && balance.queued == 4)
        #expect(balance.lostRecipients == [.init(id: ids[1], recipient: 0)])
    }

    @Test func `one damaged header is made good, both are kept for a person to look at`() throws {
        let (ids, segment) = try fill()
        disk.damage(segment) { $0[20] ^= 1 }
        let (core, recovery) = try open()
        #expect(recovery.messages.map(\.id) == ids && !recovery.isDamaged)
        core.unlock()
        disk.damage(segment) { octets in
            octets[20] ^= 1
            octets[4_096 + 20] ^= 1
        }
        let (last, second) = try open()
        #expect(second.unreadableSegments == ["000001.segment"] && second.messages.isEmpty)
        #expect(disk.paths.contains { $0.hasPrefix("/s/damaged/000001.segment") })
        #expect(second.gaps.reduce(0) { $0 + $1.count } == Int(SpoolLimits.skippedNumbers))
        try last.mustAccept(SpoolBed.message(last.nextIdentifier()))
        let chain = try last.verifyChain()
        #expect(chain.isWhole && chain.last > SpoolLimits.skippedNumbers)
    }

    @Test func `a large content that is gone or changed is lost`() throws {
        let (core, _) = try open()
        let ids = [core.nextIdentifier(), core.nextIdentifier(), core.nextIdentifier()]
        for id in ids {
            try core.mustAccept(
                SpoolBed.message(id, content: [UInt8](repeating: 1, count: 9_000)))
        }
        core.markClosed()
        core.unlock()
        disk.damage("/s/large/\(ids[0])") { $0[5_000] = 2 }
        disk.damage("/s/large/\(ids[1])") { $0.removeLast() }
        disk.put("/s/large/somebody", [1])
        let (_, recovery) = try open()
        #expect(recovery.lost == [ids[0], ids[1]])
        // Where something is missing nothing is thrown away.
        #expect(recovery.orphans == ["somebody"])
    }

    @Test func `a message cannot pose as a record`() throws {
        let (core, _) = try open()
        let first = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(first))
        let segment = try #require(disk.octets("/s/segments/000001.segment"))
        // The whole of a true record of this very segment, but for its marker.
        var forged = Array(segment[8_192..<8_704])
        for index in 0..<8 { forged[index] ^= 0x11 }
        let second = core.nextIdentifier()
        try core.mustAccept(
            SpoolBed.message(second, content: [UInt8](repeating: 0, count: 40) + forged))
        core.unlock()
        let whole = try #require(disk.octets("/s/segments/000001.segment"))
        let place = try #require(
            (8_704..<(whole.count - 512)).first {
                Array(whole[$0..<($0 + 512)]) == forged
            })
        // Even when the record around it is damaged, so that every octet is looked at.
        disk.damage("/s/segments/000001.segment") { $0[place - 100] ^= 1 }
        let (_, recovery) = try open()
        #expect(recovery.messages.map(\.id) == [first])
    }

    @Test func `a list of gaps has its bound`() throws {
        var options = SpoolBed.options(on: disk)
        options.segmentOctets = 2 << 20
        let (core, _) = try SpoolCore.open("/s", options: options, disk: disk)
        let id = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(id))
        let count = 2 * SpoolLimits.listedGaps + 10
        for _ in 0..<count {
            try core.mustCommit([.changes([.requeued(id: id, at: 1, by: "x")])])
        }
        core.unlock()
        // Every write begins a sector; every second is damaged.
        disk.damage("/s/segments/000001.segment") { octets in
            for index in stride(from: 1, to: count, by: 2) { octets[8_192 + 512 * index + 90] ^= 1 }
        }
        let (again, recovery) = try SpoolCore.open("/s", options: options, disk: disk)
        #expect(recovery.gaps.count == SpoolLimits.listedGaps)
        #expect(recovery.messages.map(\.id) == [id])
        #expect(try again.verifyChain().gaps.isEmpty)
    }
}
