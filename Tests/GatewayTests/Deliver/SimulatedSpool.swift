import Gateway
import SMTP
import SMTPClient
import Spool
import Synchronization

/// A spool in memory that forgets, at a crash, what its disk had not got yet: whole steps, from the
/// last one backwards.
final class SimulatedSpool: DeliverySpool {
    enum Status: Sendable { case queued, delivered, failed, bounced, deleted }

    struct Place: Sendable {
        var status = Status.queued
        var attempts = 0
        var nextAttempt: Int64 = 0
        var isUnderway = false
        var isFinal: Bool { status != .queued && status != .failed }
    }

    struct Kept: Sendable {
        var message: SpoolMessage
        var acceptedAt: Int64
        var isHeld = false
        var places: [Place]
    }

    private enum Operation: Sendable {
        case accept(SpoolMessage)
        case change(QueueChange)
    }

    private struct Step: Sendable {
        var at: Int64
        var operations: [Operation]
        var isAwaited: Bool
    }

    /// What a spool holds.
    struct Content: Sendable {
        var messages: [QueueIdentifier: Kept] = [:]
        var changes: [(at: Int64, change: QueueChange)] = []
        var lastAt: Int64 = 0
    }

    private struct State {
        var view = Content()
        var durable = Content()
        var pending: [Step] = []
        var next: UInt64 = 1
        var isCrashed = false
        var refuses = false
        var requests: [SpoolRequest] = []
        var envelopesRead = 0
    }

    private let state: Mutex<State>
    private let time: VirtualTime

    init(_ time: VirtualTime) {
        self.time = time
        state = Mutex(State())
    }

    /// Opens what another one left behind at its crash, and records where a second copy may follow,
    /// as `Spool` does.
    init(_ time: VirtualTime, after crashed: SimulatedSpool) {
        self.time = time
        let (durable, next) = crashed.state.withLock { ($0.durable, $0.next) }
        var state = State()
        state.view = durable
        state.next = next + 1_000
        for (id, kept) in durable.messages.sorted(by: { $0.key < $1.key }) {
            let isLast = durable.lastAt - kept.acceptedAt <= 1_000
            let risky = kept.places.indices.filter {
                kept.places[$0].status == .queued && (kept.places[$0].isUnderway || isLast)
            }
            if !risky.isEmpty {
                Self.apply(
                    .change(
                        .duplicateRisk(id: id, recipients: risky, at: time.wall, why: "crash")),
                    &state.view, time.now)
            }
            for place in kept.places.indices {
                state.view.messages[id]?.places[place].isUnderway = false
            }
        }
        state.durable = state.view
        self.state = Mutex(state)
    }

    // MARK: What tests ask

    var isCrashed: Bool { state.withLock { $0.isCrashed } }
    var envelopesRead: Int { state.withLock { $0.envelopesRead } }
    var changes: [QueueChange] { state.withLock { $0.view.changes.map(\.change) } }
    var timedChanges: [(at: Int64, change: QueueChange)] { state.withLock { $0.view.changes } }
    var messages: [QueueIdentifier: Kept] { state.withLock { $0.view.messages } }
    var durable: Content { state.withLock { $0.durable } }

    /// Everything is finished, or held.
    var isQuiet: Bool {
        state.withLock { state in
            state.view.messages.values.allSatisfy { kept in
                kept.isHeld || kept.places.allSatisfy(\.isFinal)
            }
        }
    }

    /// The disk refuses everything.
    func set(refuses: Bool) { state.withLock { $0.refuses = refuses } }

    func ask(_ request: SpoolRequest) { state.withLock { $0.requests.append(request) } }

    func waitingMessages() -> [WaitingMessage] {
        messages.keys.sorted().compactMap(waiting)
    }

    /// What was noted longer ago than the note delay is on the disk, and by chance some of the rest.
    func crash() {
        let now = time.now
        let luck = time.random(0...1_000_000)
        state.withLock { state in
            guard !state.isCrashed else { return }
            state.isCrashed = true
            let sure = state.pending.prefix { $0.at + 50 <= now && !$0.isAwaited }.count
            let more = Int(luck) % (state.pending.count - sure + 1)
            for step in state.pending.prefix(sure + more) { Self.keep(step, &state.durable) }
            state.pending = []
        }
    }

    // MARK: The spool

    func nextIdentifier() -> QueueIdentifier {
        state.withLock { state in
            state.next += 1
            return QueueIdentifier(rawValue: state.next)
        }
    }

    func accept(
        _ message: SpoolMessage, recording changes: [QueueChange] = []
    ) async throws(SpoolError) {
        try await write([.accept(message)] + changes.map { .change($0) })
    }

    func record(_ changes: [QueueChange]) async throws(SpoolError) {
        try await write(changes.map { .change($0) })
    }

    func note(_ change: QueueChange) {
        let now = time.now
        state.withLock { state in
            guard !state.isCrashed else { return }
            Self.apply(.change(change), &state.view, now)
            state.pending.append(Step(at: now, operations: [.change(change)], isAwaited: false))
        }
    }

    private func write(_ operations: [Operation]) async throws(SpoolError) {
        let now = time.now
        let isRefused = state.withLock { state -> Bool in
            guard !state.isCrashed, !state.refuses else { return true }
            for operation in operations { Self.apply(operation, &state.view, now) }
            state.pending.append(Step(at: now, operations: operations, isAwaited: true))
            return false
        }
        if isRefused { throw .failed("no") }
        await time.sleep(time.random(0...4))
        let isLost = state.withLock { state -> Bool in
            guard !state.isCrashed else { return true }
            for step in state.pending { Self.keep(step, &state.durable) }
            state.pending = []
            return false
        }
        if isLost { throw .closed }
    }

    private static func keep(_ step: Step, _ content: inout Content) {
        for operation in step.operations { apply(operation, &content, step.at) }
    }

    private static func apply(_ operation: Operation, _ content: inout Content, _ now: Int64) {
        content.lastAt = max(content.lastAt, now)
        switch operation {
        case .accept(let message):
            content.messages[message.id] = Kept(
                message: message, acceptedAt: now,
                places: Array(repeating: Place(), count: message.envelope.recipients.count))
        case .change(let change):
            content.changes.append((now, change))
            apply(change, &content)
        }
    }

    private static func apply(_ change: QueueChange, _ content: inout Content) {
        /// `ends`: whether a delivery under way has its outcome with it.
        func each(_ places: [Int], ends: Bool = true, _ body: (inout Place) -> Void) {
            for place in places {
                guard var state = content.messages[change.id]?.places[place], !state.isFinal
                else { continue }
                if ends { state.isUnderway = false }
                body(&state)
                content.messages[change.id]?.places[place] = state
            }
        }
        let all = Array((content.messages[change.id]?.places ?? []).indices)
        switch change {
        case .started(_, let places, _, _): each(places) { $0.isUnderway = true }
        case .attempted(_, let places, _, _, _, let next):
            each(places) {
                $0.attempts += 1
                $0.nextAttempt = next
            }
        case .delivered(_, let places, _, _, _, _): each(places) { $0.status = .delivered }
        case .failed(_, let places, _, _, _): each(places) { $0.status = .failed }
        case .bounced(_, let places, _, _): each(places) { $0.status = .bounced }
        case .deleted: each(all, ends: false) { $0.status = .deleted }
        case .held: content.messages[change.id]?.isHeld = true
        case .released: content.messages[change.id]?.isHeld = false
        case .requeued: each(all, ends: false) { $0.nextAttempt = 0 }
        case .duplicateRisk, .lost: break
        }
    }

    private func kept(_ id: QueueIdentifier) throws(SpoolError) -> Kept {
        guard let kept = state.withLock({ $0.view.messages[id] }),
            !kept.places.allSatisfy(\.isFinal)
        else { throw .unknown(id) }
        return kept
    }

    func envelope(of id: QueueIdentifier) throws(SpoolError) -> WaitingEnvelope {
        state.withLock { $0.envelopesRead += 1 }
        let message = try kept(id).message
        return WaitingEnvelope(
            message.envelope, receivedAt: message.receivedAt, routing: message.routing)
    }

    func outgoingContent(of id: QueueIdentifier) throws(SpoolError) -> QueuedContent {
        let message = try kept(id).message
        guard case .memory(let octets) = message.content else { throw .failed("a file") }
        return QueuedContent(
            MemoryContent(prefix: Array("X-Queue: \(id)\r\n".utf8), octets), prefixCount: 24,
            isEightBit: octets.contains { $0 >= 0x80 })
    }

    func waiting(_ id: QueueIdentifier) -> WaitingMessage? {
        guard let kept = try? kept(id) else { return nil }
        return WaitingMessage(
            id: id, receivedAt: kept.message.receivedAt, isHeld: kept.isHeld,
            recipients: kept.places.indices.filter { !kept.places[$0].isFinal }.map {
                WaitingMessage.Recipient(
                    place: $0, attempts: kept.places[$0].attempts,
                    nextAttempt: kept.places[$0].nextAttempt,
                    owesReport: kept.places[$0].status == .failed)
            })
    }

    func takeRequests() async throws(SpoolError) -> [SpoolRequest] {
        let requests = state.withLock { state -> [SpoolRequest] in
            defer { state.requests = [] }
            return state.isCrashed ? [] : state.requests
        }
        for request in requests {
            for id in request.messages {
                switch request.action {
                case .hold(let reason):
                    try await record([.held(id: id, at: time.wall, reason: reason)])
                case .release: try await record([.released(id: id, at: time.wall, by: "me")])
                case .requeue: try await record([.requeued(id: id, at: time.wall, by: "me")])
                case .delete(let reason):
                    try await record([
                        .deleted(id: id, at: time.wall, by: "me", reason: reason)
                    ])
                case .flush: break
                }
            }
        }
        return requests
    }
}
