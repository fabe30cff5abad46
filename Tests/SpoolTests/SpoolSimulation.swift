import Glibc
import Identities
import SMTP
import Spool

/// One run: a spool on a simulated disk, and beside it what its callers were told.
struct SpoolSimulation {
    /// What a write that was not acknowledged may yet have left.
    private enum Perhaps {
        case message(QueueIdentifier, ToldMessage)
        case change(QueueChange)
    }

    /// What the runs came through.
    struct Counts: Sendable {
        var starts = 0
        var written = 0
        var full = 0
        var failed = 0
        var carries = 0
        /// Runs in which segments were used again.
        var journals = 0

        static func += (left: inout Self, right: Self) {
            left.starts += right.starts
            left.written += right.written
            left.full += right.full
            left.failed += right.failed
            left.carries += right.carries
            left.journals += right.journals
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let seed: UInt64
    let disk: SimulatedDisk
    private var random: SeededRandom
    private let options: SpoolOptions
    private var known: [QueueIdentifier: ToldMessage] = [:]
    private var perhaps: [Perhaps] = []
    /// All that were accepted, in their order: a dictionary's is another in every process.
    private var order: [QueueIdentifier] = []
    /// Messages that may not be finished.
    private var open: [QueueIdentifier] = []
    private var core: SpoolCore?
    private var projected: UInt64 = 0
    private var projectedMessages: Set<QueueIdentifier> = []
    private(set) var counts = Counts()

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededRandom(seed)
        // Around midnight, so that the journal and the balance have two days.
        let disk = SimulatedDisk(seed: random.next(), time: 1_795_305_600_000 - 2_000)
        disk.faults = [0, 0, 0, 4, 30][random.below(5)]
        self.disk = disk
        var numbers = SeededRandom(random.next())
        let markers = (0..<64).map { _ in numbers.next() }
        var options = SpoolOptions(
            now: { disk.time },
            random: { markers[disk.calls % 64] &+ UInt64(disk.calls) })
        options.segmentOctets = 16 << 10 + random.below(2) * 4 << 10
        options.readySegments = 2
        options.inlineOctets = 1_500
        options.batchOctets = 6_000
        options.minimumFreeOctets = 1 << 20
        options.segmentsBeforeCarry = 2
        options.retryDelay = .milliseconds(random.below(3) * 20)
        options.acknowledgementWindow = .milliseconds(50)
        self.options = options
        self.random = random
    }

    mutating func run(steps: Int) throws {
        try start()
        for _ in 0..<steps {
            disk.time += Int64(random.below(200))
            if disk.callsLeft == nil, random.below(14) == 0 { disk.callsLeft = random.below(40) }
            try step()
            if disk.isDead {
                core = nil
                disk.restart()
                try start()
            }
        }
        // At the end the disk is sound, and everything is compared.
        disk.faults = 0
        core = nil
        disk.restart()
        try start()
        try compareBalance()
    }

    private mutating func step() throws {
        switch random.below(16) {
        case 0..<8: try commit()
        case 8..<12: core?.maintain()
        case 12: if core?.carry() == true { counts.carries += 1 }
        case 13, 14: try project()
        default:
            if random.below(3) > 0 { return }
            let isAsked = random.below(2) == 0
            if isAsked { core?.markClosed() }
            core = nil
            disk.kill()
            try start()
        }
    }

    // MARK: Writing

    private mutating func commit() throws {
        guard let core else { return }
        var submissions: [Submission] = []
        var effects: [[Perhaps]] = []
        var messages: [SpoolMessage?] = []
        var pending: [QueueIdentifier: ToldMessage] = [:]
        for _ in 0..<(1 + random.below(3)) {
            if random.below(5) < 2 || known.isEmpty {
                let (message, state) = newMessage(core.nextIdentifier())
                do {
                    submissions.append(try core.prepare(message))
                } catch {
                    if disk.isDead { break }
                    continue
                }
                effects.append([.message(message.id, state)])
                messages.append(message)
            } else if let change = newChange(&pending) {
                submissions.append(.changes([change]))
                effects.append([.change(change)])
                messages.append(nil)
            }
        }
        let results = core.commit(submissions)
        if disk.isDead {
            perhaps += effects.joined()
            return
        }
        if results.contains(where: { $0 == nil }) { perhaps = [] }
        for (index, result) in results.enumerated() {
            guard let result else {
                for effect in effects[index] { apply(effect, to: &known) }
                if let message = messages[index] {
                    open.append(message.id)
                    order.append(message.id)
                }
                counts.written += 1
                continue
            }
            if result == .full { counts.full += 1 } else { counts.failed += 1 }
            if result == .full, let message = messages[index] { core.forget(message) }
            perhaps += effects[index]
        }
        // A write that failed after one that succeeded may still be there.
        if let last = results.lastIndex(where: { $0 == nil }) {
            perhaps = Array(effects[(last + 1)...].joined())
        }
    }

    private mutating func newMessage(_ id: QueueIdentifier) -> (SpoolMessage, ToldMessage) {
        let isLarge = random.below(12) == 0
        let count = isLarge ? 1_600 : random.below(1_200)
        let recipients = 1 + random.below(3)
        let isHeld = random.below(6) == 0
        let message = SpoolMessage(
            id: id, receivedAt: disk.time,
            envelope: Envelope(
                reversePath: .null,
                recipients: (0..<recipients).map { _ in EnvelopeRecipient(.postmaster) }),
            record: Array(repeating: 7, count: random.below(60)),
            disposition: isHeld ? .hold(reason: "held") : .deliver, prefix: Array("X: y\r\n".utf8),
            content: .memory(Self.content(id, count)))
        let state = ToldMessage(
            plan: random.below(3), hold: isHeld ? "held" : nil,
            statuses: Array(repeating: .queued, count: recipients))
        return (message, state)
    }

    private static func content(_ id: QueueIdentifier, _ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress { memset(base, Int32(id.rawValue & 0xFF), count) }
            initialized = count
        }
    }

    /// A change that brings a message further on the way that was planned for it: so its end is
    /// known by its beginning.
    private mutating func newChange(_ pending: inout [QueueIdentifier: ToldMessage]) -> QueueChange?
    {
        guard !open.isEmpty else { return nil }
        let index = random.below(open.count)
        let id = open[index]
        if known[id]?.isFinal ?? true {
            open.swapAt(index, open.count - 1)
            open.removeLast()
            return nil
        }
        guard pending[id] == nil, let state = known[id],
            let position = state.statuses.firstIndex(where: { !$0.isFinal })
        else { return nil }
        pending[id] = state
        return state.change(
            of: id, at: position, draw: random.below(ToldMessage.draws), now: disk.time)
    }

    private func apply(_ effect: Perhaps, to known: inout [QueueIdentifier: ToldMessage]) {
        switch effect {
        case .message(let id, let state): known[id] = state
        case .change(let change): known[change.id]?.take(change)
        }
    }

    // MARK: Comparing

    private mutating func start() throws {
        for _ in 0..<200 {
            do {
                let (core, recovery) = try SpoolCore.open("/s", options: options, disk: disk)
                self.core = core
                counts.starts += 1
                core.projected(upTo: projected)
                try compare(core, recovery)
                return
            } catch let error as SpoolError {
                core = nil
                disk.time += 100
                if disk.isDead { disk.restart() } else { disk.kill() }
                if disk.faults > 4 { disk.faults -= 1 }
                _ = error
            }
        }
        throw Failure(description: "the spool does not open")
    }

    private mutating func compare(_ core: SpoolCore, _ recovery: SpoolRecovery) throws {
        guard !recovery.isDamaged else {
            throw Failure(
                description: "damage where there was none: \(recovery.gaps) \(recovery.lost)")
        }
        let live = Dictionary(uniqueKeysWithValues: core.live.map { ($0.id, $0) })
        for id in order {
            guard let state = known[id] else { continue }
            let found = live[id]
            if found != nil || !state.isFinal { try compare(id, state, found, core) }
        }
        for effect in perhaps {
            guard case .message(let id, let state) = effect, live[id] != nil else { continue }
            open.append(id)
            order.append(id)
            try compare(id, state, live[id], core)
        }
        for id in live.keys where known[id] == nil {
            throw Failure(description: "\(id) is live, and nobody was told that it was accepted")
        }
        perhaps = []
    }

    private mutating func compare(
        _ id: QueueIdentifier, _ state: ToldMessage, _ live: LiveMessage?, _ core: SpoolCore
    ) throws {
        var allowed = [state]
        for effect in perhaps {
            guard case .change(let change) = effect, change.id == id else { continue }
            for before in allowed.prefix(64) {
                var one = [id: before]
                apply(effect, to: &one)
                if let after = one[id] { allowed.append(after) }
            }
        }
        guard let live else {
            guard let final = allowed.first(where: { $0.isFinal }) else {
                throw Failure(description: "\(id) was accepted and is lost: \(state)")
            }
            known[id] = final
            return
        }
        let statuses = live.recipients.map(\.status)
        guard
            let match = allowed.first(where: {
                $0.statuses == statuses && $0.hold == live.holdReason
            })
        else {
            throw Failure(
                description: "\(id) is \(statuses) \(live.holdReason ?? "-"), not \(allowed)")
        }
        known[id] = match
        if disk.faults == 0, random.below(4) == 0 { try compareContent(id, live, core) }
    }

    private func compareContent(
        _ id: QueueIdentifier, _ live: LiveMessage, _ core: SpoolCore
    ) throws {
        let content = try core.content(of: id)
        let octets = try content.read(0..<content.count)
        let expected = Array("X: y\r\n".utf8) + Self.content(id, live.count - 6)
        guard octets == expected, try core.message(id).id == id else {
            throw Failure(description: "the content of \(id) is another")
        }
    }

    private mutating func project(_ limit: Int = 5) throws {
        guard let core, let entries = try? core.changes(after: projected, limit: limit)
        else { return }
        for (position, entry) in entries {
            guard position > projected else {
                throw Failure(description: "position \(position) after \(projected)")
            }
            projected = position
            if case .accepted(let message) = entry { projectedMessages.insert(message.id) }
        }
        core.projected(upTo: projected)
    }

    private mutating func compareBalance() throws {
        guard let core else { return }
        var counted = [0, 0, 0, 0, 0, 0]
        if disk.paths.contains("/s/journal/position") { counts.journals += 1 }
        for number in 20_778...20_779 where disk.time >= 1_795_305_600_000 || number == 20_778 {
            let balance = try core.balance(UTCDay(number: number))
            guard balance.isBalanced, balance.lost == 0 else {
                throw Failure(description: "unbalanced: \(balance)")
            }
            for (index, value) in [
                balance.accepted, balance.delivered, balance.failed, balance.deleted, balance.held,
                balance.queued,
            ].enumerated() { counted[index] += value }
        }
        let expected = known.values.reduce([0, 0, 0, 0, 0, 0]) { sums, state in
            zip(sums, state.balance).map(+)
        }
        guard counted == expected else {
            throw Failure(description: "balance \(counted), told \(expected)")
        }
        let chain = try core.verifyChain()
        guard chain.isWhole else {
            throw Failure(description: "the chain is broken: \(chain)")
        }
        for _ in 0..<1_000 {
            let before = projected
            try project(100)
            if projected == before { break }
        }
        guard projectedMessages == Set(known.keys) else {
            throw Failure(
                description: "told elsewhere: \(projectedMessages.count), here: \(known.count)")
        }
    }
}
