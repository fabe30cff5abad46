import Crypto
import FoundationEssentials
public import MailReports

import Storage

/// Takes in whole folders, mbox files, Maildirs and single files: in parallel, in durable steps.
///
/// An import that was interrupted is repeated with the same command: what is stored is known by
/// its digest and passed over.
public struct Importer: Sendable {
    let pipeline: ReportPipeline
    /// Files read at once.
    let width: Int

    public init(pipeline: ReportPipeline, width: Int) {
        self.pipeline = pipeline
        self.width = max(1, width)
    }

    /// How far an import is.
    public struct Progress: Sendable {
        public var counts: ImportCounts
        /// Bytes of files done, and of all files.
        public var bytesDone: Int64
        public var bytesInAll: Int64
        public var filesInAll: Int64
    }

    /// What an import says when it is done.
    public struct Result: Sendable {
        public var counts = ImportCounts()
        /// Why documents were set aside; at most `mostRefusals`.
        public var refusals: [ReportRefusal] = []
        /// Files and folders that could not be read at all, and are not kept.
        public var unreadable: [ReportRefusal] = []
    }

    /// Refusals told one by one; all of them are in the intake's quarantine.
    public static let mostRefusals = 200

    /// Imports paths; `report` is called after each durable step.
    ///
    /// - Throws: `SQLError` when the database cannot take more (full, read-only, gone): what was
    ///   counted before is stored.
    public func run(
        _ paths: [String], door: String, report: @Sendable (Progress) -> Void
    ) async throws -> Result {
        var result = Result()
        var list = FileList()
        for path in paths { list.add(path) }
        result.unreadable = list.unreadable
        var progress = Progress(
            counts: ImportCounts(), bytesDone: 0, bytesInAll: list.byteCount,
            filesInAll: Int64(list.files.count))
        var batches = BatchMaker(files: list.files, limits: pipeline.limits, door: door)

        var current = try await prepare(batches.next())
        while let batch = current {
            // The next batch is read and judged while this one is written.
            let following = batches.next()
            async let next = prepare(following)
            try await store(batch, into: &result)
            progress.counts = result.counts
            progress.bytesDone += batch.byteCount
            report(progress)
            current = try await next
        }
        result.unreadable += batches.unreadable
        return result
    }

    // MARK: Batches

    private struct PreparedBatch: Sendable {
        var reports: [PreparedReport] = []
        var long: [RawReport] = []
        var known = 0
        var unreadable: [ReportRefusal] = []
        var byteCount: Int64 = 0
    }

    private struct Loaded: Sendable {
        var raw: RawReport
        var bytes: [UInt8]
        var digest: String
    }

    private func prepare(_ batch: BatchMaker.Batch?) async throws -> PreparedBatch? {
        guard let batch else { return nil }
        var prepared = PreparedBatch()
        prepared.byteCount = batch.byteCount
        prepared.long = batch.raws.filter {
            if case .file = $0.content { true } else { false }
        }
        let loaded = batch.raws.compactMap { raw -> Loaded? in
            guard case .bytes(let bytes) = raw.content else { return nil }
            return Loaded(
                raw: raw, bytes: bytes, digest: digestText(SHA256.hash(data: bytes)))
        }
        let known = try await pipeline.intake.known(digests: loaded.map(\.digest))
        let fresh = loaded.filter { !known.contains($0.digest) }
        prepared.known = loaded.count - fresh.count
        let readings = try await read(fresh)
        for (item, reading) in zip(fresh, readings) {
            switch reading {
            case .prepared(let report): prepared.reports.append(report)
            case .tooLong: prepared.long.append(item.raw)
            }
        }
        return prepared
    }

    private func read(_ items: [Loaded]) async throws -> [ReportPipeline.Reading] {
        // One task a processor, each with every width-th file: a task a file would spend its
        // time on starting.
        let (pipeline, width) = (pipeline, min(width, max(1, items.count)))
        var readings = [ReportPipeline.Reading?](repeating: nil, count: items.count)
        try await withThrowingTaskGroup(of: [(Int, ReportPipeline.Reading)].self) { group in
            for lane in 0..<width {
                group.addTask {
                    var done: [(Int, ReportPipeline.Reading)] = []
                    for index in stride(from: lane, to: items.count, by: width) {
                        let item = items[index]
                        let reading = try await pipeline.prepare(
                            item.bytes, digest: item.digest, name: item.raw.name,
                            door: item.raw.door)
                        done.append((index, reading))
                    }
                    return done
                }
            }
            for try await done in group {
                for (index, reading) in done { readings[index] = reading }
            }
        }
        return readings.compactMap { $0 }
    }

    private func store(_ batch: PreparedBatch, into result: inout Result) async throws {
        result.counts.files += Int64(batch.known)
        result.counts.knownFiles += Int64(batch.known)
        result.unreadable += batch.unreadable
        for outcome in try await pipeline.store(batch.reports) {
            add(outcome, to: &result)
        }
        for raw in batch.long {
            do {
                add(try await pipeline.storeStreaming(raw), to: &result)
            } catch let refusal as ReportRefusal {
                result.unreadable.append(refusal)
            }
        }
    }

    private func add(_ outcome: IntakeOutcome, to result: inout Result) {
        result.counts.add(outcome)
        let room = Self.mostRefusals - result.refusals.count
        result.refusals += outcome.refused.prefix(max(0, room))
    }
}
