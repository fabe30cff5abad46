/// The queue on disk: what it accepted it keeps, whatever happens to the process or the machine,
/// until every recipient's outcome is recorded.
public final class Spool: Sendable {
    private let engine: SpoolEngine
    private var core: SpoolCore { engine.core }

    /// Opens a folder, which is made if need be, and recovers what it holds. One process at a time.
    public static func open(
        _ folder: String, options: SpoolOptions = SpoolOptions(),
        disk: any SpoolDisk = FileDisk()
    ) throws(SpoolError) -> (Spool, SpoolRecovery) {
        let (core, recovery) = try SpoolCore.open(folder, options: options, disk: disk)
        let engine = SpoolEngine(core)
        guard engine.start() else {
            engine.close()
            throw .failed("the system gives no threads")
        }
        return (Spool(engine), recovery)
    }

    private init(_ engine: SpoolEngine) { self.engine = engine }

    deinit { engine.close() }

    /// The identifier for a new message: greater than all before.
    public func nextIdentifier() -> QueueIdentifier { core.nextIdentifier() }

    /// Keeps a message; durable when this returns.
    public func accept(_ message: SpoolMessage) async throws(SpoolError) {
        try await accept(message, recording: [])
    }

    /// Keeps a message and records changes of others in the same write: a report of failure, and
    /// that it was sent.
    public func accept(
        _ message: SpoolMessage, recording changes: [QueueChange]
    ) async throws(SpoolError) {
        let submission: Submission
        if core.isLarge(message) {
            submission = try await engine.keep(message, changes).get()
        } else {
            submission = try core.prepare(message, recording: changes)
        }
        guard let error = await engine.commit(submission) else { return }
        // Refused for want of room is not written; of a failed write nobody knows.
        if error == .full { core.forget(message) }
        throw error
    }

    /// Records a change; durable when this returns.
    public func record(_ change: QueueChange) async throws(SpoolError) {
        try await record([change])
    }

    /// Records changes in one write, in their order; durable when this returns.
    public func record(_ changes: [QueueChange]) async throws(SpoolError) {
        if let error = await engine.commit(.changes(changes)) { throw error }
    }

    /// Records a change with the next write, or after `SpoolOptions.noteDelay` at most.
    public func note(_ change: QueueChange) { engine.note(.changes([change])) }

    /// Notes that were dropped because the disk refused for too long.
    public var droppedNotes: UInt64 { engine.droppedNotes }

    /// Header fields and content of a live message.
    public func content(of id: QueueIdentifier) throws(SpoolError) -> StoredContent {
        try core.content(of: id)
    }

    /// Envelope and record of a live message, read from the disk.
    public func message(_ id: QueueIdentifier) throws(SpoolError) -> AcceptedMessage {
        try core.message(id)
    }

    /// The state of a live message; nil when there is none.
    public func state(of id: QueueIdentifier) -> LiveMessage? { core.state(of: id) }

    /// Every live message, in the order of the identifiers.
    public func live() -> [LiveMessage] { core.live }

    /// Live messages.
    public var count: Int { core.count }

    /// Whether messages are refused for want of room.
    public var isFull: Bool { core.isFull }

    /// What became of every recipient accepted on a day.
    public func balance(_ day: UTCDay) throws(SpoolError) -> DayBalance { try core.balance(day) }

    /// What was recorded after a position, in order; positions are the records' sequence numbers.
    /// Fewer than `limit` only when there is no more; `SpoolLimits.changesAtOnce` at most.
    public func changes(
        after position: UInt64, limit: Int
    ) throws(SpoolError) -> [(position: UInt64, entry: SpoolEntry)] {
        try core.changes(after: position, limit: limit)
    }

    /// Says that everything up to a position is kept elsewhere, so that segments may be used again.
    public func projected(upTo position: UInt64) { core.projected(upTo: position) }

    /// Verifies that every record continues the one before, in the journal and in the log.
    public func verifyChain() throws(SpoolError) -> ChainVerification { try core.verifyChain() }

    /// Carries out what people left in the folder, durably, and tells it. `flush` is only told.
    public func takeRequests() async throws(SpoolError) -> [SpoolRequest] {
        let folder = RequestFolder(core.disk, core.folder)
        let found = try folder.read()
        for one in found {
            let changes = one.request?.changes(at: core.options.now(), live: core.state) ?? []
            if !changes.isEmpty { try await record(changes) }
            try folder.remove(one.name)
        }
        return found.compactMap(\.request)
    }

    /// Leaves a request to the server that has the folder open; when none has, carries it out. True
    /// when it is carried out.
    @discardableResult
    public static func submit(
        _ request: SpoolRequest, folder: String, options: SpoolOptions = SpoolOptions(),
        disk: any SpoolDisk = FileDisk()
    ) async throws(SpoolError) -> Bool {
        let spool: Spool
        do throws(SpoolError) {
            spool = try open(folder, options: options, disk: disk).0
        } catch {
            guard error == .inUse else { throw error }
            try RequestFolder(disk, folder).write(request, name: options.random())
            return false
        }
        let changes = request.changes(at: options.now(), live: spool.core.state)
        if !changes.isEmpty { try await spool.record(changes) }
        spool.close()
        return true
    }

    /// What a folder holds, read without a lock while a server may have it open.
    public static func read(
        _ folder: String, options: SpoolOptions = SpoolOptions(),
        disk: any SpoolDisk = FileDisk()
    ) throws(SpoolError) -> SpoolReader {
        try SpoolReader(folder, options, disk)
    }

    /// Writes what waits, and gives the folder free. Blocks until it is done.
    public func close() { engine.close() }
}
