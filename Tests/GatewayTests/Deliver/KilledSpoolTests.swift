import Gateway
import Identities
import SMTP
import SMTPClient
import Spool
import Synchronization
import Testing

/// The scheduler on the real spool and the real disk, which dies again and again under both.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `A queue whose disk dies` {
    /// A disk that refuses everything from one moment on, as if the process were gone.
    private final class MortalDisk: SpoolDisk {
        private let disk = FileDisk()
        private let isDead = Atomic(false)

        func kill() { isDead.store(true, ordering: .sequentiallyConsistent) }

        private func live() throws(DiskError) {
            if isDead.load(ordering: .sequentiallyConsistent) {
                throw DiskError(code: 5, call: "dead")
            }
        }

        func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
            try live()
            return try disk.open(path, mode)
        }

        func close(_ file: DiskFile) { disk.close(file) }

        func size(of file: DiskFile) throws(DiskError) -> Int {
            try live()
            return try disk.size(of: file)
        }

        func read(
            _ file: DiskFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
        ) throws(DiskError) -> Int {
            try live()
            return try disk.read(file, into: buffer, at: offset)
        }

        func write(
            _ file: DiskFile, _ octets: UnsafeRawBufferPointer, at offset: Int
        ) throws(DiskError) {
            try live()
            try disk.write(file, octets, at: offset)
        }

        func sync(_ file: DiskFile) throws(DiskError) {
            try live()
            try disk.sync(file)
        }

        func truncate(_ file: DiskFile, to count: Int) throws(DiskError) {
            try live()
            try disk.truncate(file, to: count)
        }

        func rename(_ path: String, to new: String) throws(DiskError) {
            try live()
            try disk.rename(path, to: new)
        }

        func remove(_ path: String) throws(DiskError) {
            try live()
            try disk.remove(path)
        }

        func makeFolder(_ path: String) throws(DiskError) {
            try live()
            try disk.makeFolder(path)
        }

        func syncFolder(_ path: String) throws(DiskError) {
            try live()
            try disk.syncFolder(path)
        }

        func list(_ path: String) throws(DiskError) -> [String] {
            try live()
            return try disk.list(path)
        }

        func freeOctets(_ path: String) throws(DiskError) -> Int {
            try live()
            return try disk.freeOctets(path)
        }

        func lock(_ path: String) throws(DiskError) -> DiskFile? {
            try live()
            return try disk.lock(path)
        }
    }

    /// What arrived, and what was promised.
    private final class Ledger: Sendable {
        private struct State {
            var arrived: [String: Int] = [:]
            var accepted: [QueueIdentifier: [String]] = [:]
            var random = SeededNumbers(seed: 4)
        }

        private let state = Mutex(State())

        func accepted(_ message: SpoolMessage) {
            state.withLock {
                $0.accepted[message.id] = message.envelope.recipients.map(\.path.description)
            }
        }

        func chance(_ percent: Int) -> Bool { state.withLock { $0.random.chance(percent) } }
        var promised: [QueueIdentifier: [String]] { state.withLock { $0.accepted } }
        func count(_ key: String) -> Int { state.withLock { $0.arrived[key] ?? 0 } }
        var copies: Int { state.withLock { $0.arrived.values.reduce(0) { $0 + $1 - 1 } } }

        func serve(_ message: OutgoingMessage) async -> DeliveryResult {
            if chance(10) { return .refused(message, 451, "later") }
            if chance(3) { return .refused(message, 550, "no") }
            var octets: [UInt8] = []
            try? message.content.forEachPiece(in: 9..<22) { octets += $0 }
            let id = String(decoding: octets, as: UTF8.self)
            let isLost = chance(3)
            if !isLost || chance(50) {
                state.withLock { state in
                    for recipient in message.envelope.recipients {
                        state.arrived["\(id) \(recipient.path)", default: 0] += 1
                    }
                }
            }
            if chance(20) { try? await Task.sleep(for: .milliseconds(20)) }
            return isLost
                ? .unreachable(message, uncertain: true, stage: .content) : .accepted(message)
        }
    }

    private static func scheduler(_ spool: Spool, _ ledger: Ledger) throws -> DeliveryScheduler {
        let lookup = TableLookup()
        for name in ["a.example", "back.example"] {
            try lookup.setExchanges(name, [(10, "mx.\(name)")])
            try lookup.setAddresses("mx.\(name)", ["192.0.2.1"])
        }
        var options = DeliveryOptions(hostName: try domain("gate.example"), deliveries: 20)
        options.backoff = Backoff(first: 40, last: 200)
        return DeliveryScheduler(
            spool: spool, planner: RoutePlanner(routes: RouteTable(), lookup: lookup),
            options: options, clock: .system, seed: 1
        ) { message, _ in await ledger.serve(message) }
    }

    private static func message(_ spool: Spool, _ index: Int) throws -> SpoolMessage {
        let id = spool.nextIdentifier()
        return SpoolMessage(
            id: id, receivedAt: SystemTime.milliseconds(),
            envelope: Envelope(
                reversePath: .null,
                recipients: [
                    EnvelopeRecipient(
                        ForwardPath(
                            Mailbox(try #require(EmailAddress("u\(index)@a.example")))))
                ]), prefix: Array("X-Queue: \(id)\r\n".utf8),
            content: .memory(Array("Subject: x\r\n\r\nText\r\n".utf8)))
    }

    /// A server that another test starts just now may have the lock for a moment, until it is a
    /// program of its own.
    private static func open(
        _ folder: String, _ disk: MortalDisk
    ) async throws -> (Spool, SpoolRecovery) {
        var options = SpoolOptions()
        options.segmentOctets = 8 << 20
        for _ in 0..<200 {
            do {
                return try Spool.open(folder + "/spool", options: options, disk: disk)
            } catch SpoolError.inUse {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        return try Spool.open(folder + "/spool", options: options, disk: disk)
    }

    @Test func `loses nothing, and delivers nothing twice without a record`() async throws {
        try await RealServers.run { servers in
            let ledger = Ledger()
            let rounds = 12
            for round in 0...rounds {
                try await Self.live(round, isLast: round == rounds, servers.folder, ledger)
            }
        }
    }

    /// One life of the disk, with mail coming in and going out; the last goes on to the end.
    private static func live(
        _ round: Int, isLast: Bool, _ folder: String, _ ledger: Ledger
    ) async throws {
        let disk = MortalDisk()
        let (spool, recovery) = try await open(folder, disk)
        #expect(!recovery.isDamaged)
        let scheduler = try scheduler(spool, ledger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await scheduler.run() }
            group.addTask {
                await scheduler.restore(recovery.messages.compactMap(WaitingMessage.init))
            }
            group.addTask {
                guard !isLast else { return }
                for index in 0..<2_000 {
                    let message = try message(spool, index)
                    guard (try? await spool.accept(message)) != nil else { return }
                    ledger.accepted(message)
                    scheduler.enqueue(message)
                    if index % 20 == 0 { try await Task.sleep(for: .milliseconds(1)) }
                }
            }
            group.addTask {
                defer { scheduler.stop() }
                if isLast {
                    for _ in 0..<1_200 where spool.count > 0 {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    #expect(spool.count == 0)
                } else {
                    try await Task.sleep(for: .milliseconds(60 + round * 60))
                    // On a busy machine the first messages may come later than that.
                    for _ in 0..<1_000 where ledger.promised.count < 10 * (round + 1) {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    disk.kill()
                }
            }
            try await group.waitForAll()
        }
        if isLast { try check(spool, ledger) }
        spool.close()
    }

    private static func check(_ spool: Spool, _ ledger: Ledger) throws {
        var outcome: [QueueIdentifier: String] = [:]
        var risky: Set<QueueIdentifier> = []
        var position: UInt64 = 0
        while true {
            let entries = try spool.changes(after: position, limit: 1_000)
            for case (_, .changed(let change)) in entries {
                switch change {
                case .delivered: outcome[change.id] = "delivered"
                case .bounced: outcome[change.id] = "bounced"
                case .duplicateRisk: risky.insert(change.id)
                default: break
                }
            }
            guard let last = entries.last else { break }
            position = last.position
        }
        let promised = ledger.promised
        #expect(promised.count > 50)
        for (id, recipients) in promised {
            let count = ledger.count("\(id) \(recipients[0])")
            let end = outcome[id]
            #expect(end != nil, "\(id) is lost")
            #expect(end != "delivered" || count > 0, "\(id) never arrived")
            #expect(count <= 1 || risky.contains(id), "\(id) arrived \(count) times unrecorded")
            #expect(
                count == 0 || end == "delivered" || risky.contains(id),
                "\(id) arrived, \(end ?? "")")
        }
        print(
            "Killed a disk 12 times: \(promised.count) messages accepted, none lost, "
                + "\(ledger.copies) second copies, each recorded.")
    }
}
