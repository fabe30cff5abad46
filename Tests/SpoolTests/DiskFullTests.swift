import Glibc
import Spool
import Testing

/// Disks that refuse.
@Suite struct DiskFullTests {
    private let disk = SimulatedDisk(seed: 1, time: 1_795_305_600_000)

    private func open() throws -> SpoolCore {
        try SpoolCore.open("/s", options: SpoolBed.options(on: disk), disk: disk).0
    }

    @Test func `messages are refused before the disk is full, and changes are not`() throws {
        let core = try open()
        core.maintain()
        disk.freeSpace = 2 << 20
        // Three segments are ready, and no more can be made.
        disk.refusal = { $0 == "open" ? ENOSPC : nil }
        var ids: [QueueIdentifier] = []
        var refused: SpoolError?
        while refused == nil, ids.count < 1_000 {
            let id = core.nextIdentifier()
            let message = SpoolBed.message(id, content: [UInt8](repeating: 1, count: 3_000))
            refused = core.commit([try core.prepare(message)])[0]
            if refused == nil { ids.append(id) }
        }
        #expect(refused == .full && ids.count > 20)
        #expect(core.isFull)
        for id in ids { try core.mustCommit([.changes([SpoolBed.delivered(id)])]) }
        #expect(core.count == 0)
        // The journal finds no room either; one of the segments makes some for it.
        disk.refusal = nil
        disk.time += 10_000
        core.maintain()
        try core.mustAccept(SpoolBed.message(core.nextIdentifier()))
        #expect(try core.verifyChain().isWhole)
        #expect(try core.balance(UTCDay(number: 20_779)).isBalanced)
    }

    @Test func `little room on the disk refuses messages at once, and more room takes them again`()
        throws
    {
        let core = try open()
        disk.freeSpace = 1_000
        core.maintain()
        let message = SpoolBed.message(core.nextIdentifier())
        #expect(core.commit([try core.prepare(message)]) == [.full])
        let large = SpoolBed.message(
            core.nextIdentifier(), content: [UInt8](repeating: 1, count: 20_000))
        #expect(throws: SpoolError.full) { try core.prepare(large) }
        disk.freeSpace = 1 << 30
        disk.time += 2_000
        core.maintain()
        try core.mustAccept(message)
        try core.mustAccept(large)
    }

    @Test(arguments: [EIO, ENOSPC, EDQUOT])
    func `after a failed sync the write goes to another segment`(_ code: Int32) throws {
        let core = try open()
        core.maintain()
        let first = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(first))
        let failures = Failures(1, code)
        disk.refusal = { failures.take($0 == "fdatasync") }
        let second = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(second))
        disk.refusal = nil
        core.unlock()
        disk.restart()
        let (again, recovery) = try SpoolCore.open(
            "/s", options: SpoolBed.options(on: disk), disk: disk)
        #expect(recovery.messages.map(\.id) == [first, second] && !recovery.isDamaged)
        #expect(try again.verifyChain().isWhole)
    }

    @Test func `when every segment fails the callers hear it, and later it works again`() throws {
        let core = try open()
        core.maintain()
        try core.mustAccept(SpoolBed.message(core.nextIdentifier()))
        let failures = Failures(.max, EIO)
        disk.refusal = { failures.take($0 == "fdatasync") }
        let message = SpoolBed.message(core.nextIdentifier())
        let submission = try core.prepare(message)
        guard case .failed = core.commit([submission])[0] else {
            Issue.record("a message was accepted that is not durable")
            return
        }
        #expect(failures.count == SpoolLimits.segmentsPerWrite)
        // The disk is left alone for a while.
        let calls = disk.calls
        guard case .failed = core.commit([submission])[0] else {
            Issue.record("the disk was not left alone")
            return
        }
        #expect(disk.calls == calls)
        disk.refusal = nil
        disk.time += 2_000
        core.maintain()
        try core.mustCommit([submission])
        #expect(core.count == 2)
        core.unlock()
        let (again, recovery) = try SpoolCore.open(
            "/s", options: SpoolBed.options(on: disk), disk: disk)
        #expect(recovery.messages.count == 2 && !recovery.isDamaged)
        #expect(try again.verifyChain().isWhole)
    }

    @Test func `a write that failed is not found again once another has succeeded`() throws {
        let core = try open()
        core.maintain()
        try core.mustAccept(SpoolBed.message(core.nextIdentifier()))
        let failures = Failures(3, EIO)
        disk.refusal = { failures.take($0 == "fdatasync") }
        let lost = core.nextIdentifier()
        _ = core.commit([try core.prepare(SpoolBed.message(lost))])
        disk.refusal = nil
        disk.time += 2_000
        let kept = core.nextIdentifier()
        try core.mustAccept(SpoolBed.message(kept))
        core.unlock()
        let (_, recovery) = try SpoolCore.open(
            "/s", options: SpoolBed.options(on: disk), disk: disk)
        #expect(!recovery.messages.map(\.id).contains(lost))
        #expect(recovery.messages.map(\.id).contains(kept))
    }

    @Test func `notes wait for a disk that refuses, as many as there is room for`() async throws {
        try await SpoolBed.withFolder { folder in
            var options = SpoolBed.options()
            options.noteDelay = .seconds(60)
            let (spool, _) = try Spool.open(folder, options: options)
            let id = spool.nextIdentifier()
            for _ in 0..<(SpoolLimits.waitingNotes + 3) {
                spool.note(.requeued(id: id, at: 1, by: "x"))
            }
            #expect(spool.droppedNotes == 3)
            spool.close()
        }
    }

    /// So many refusals.
    private final class Failures {
        private var left: Int
        private let code: Int32
        private(set) var count = 0

        init(_ left: Int, _ code: Int32) {
            self.left = left
            self.code = code
        }

        func take(_ isMeant: Bool) -> Int32? {
            guard isMeant, left > 0 else { return nil }
            left -= 1
            count += 1
            return code
        }
    }
}
