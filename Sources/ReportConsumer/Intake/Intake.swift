import Crypto
import MailReports
import Storage

/// The one door for reports: whatever brings them (a file, an upload, later mail) hands them in
/// here, and what is handed in is stored, or set aside with its reason, before this returns.
public struct Intake: Sendable {
    let pipeline: ReportPipeline

    public init(pipeline: ReportPipeline) { self.pipeline = pipeline }

    /// Takes in one file, mail or upload.
    public func accept(
        _ bytes: [UInt8], name: String, door: String
    ) async throws -> IntakeOutcome {
        let raw = RawReport(name: name, door: door, content: .bytes(bytes))
        let digest = digestText(SHA256.hash(data: bytes))
        if try await pipeline.intake.known(digests: [digest]).contains(digest) {
            var outcome = IntakeOutcome()
            outcome.isKnown = true
            return outcome
        }
        switch try await pipeline.prepare(bytes, digest: digest, name: name, door: door) {
        case .prepared(let report):
            return try await pipeline.store([report]).first ?? IntakeOutcome()
        case .tooLong:
            return try await pipeline.storeStreaming(raw)
        }
    }

    /// Takes in a file that may be too long for memory.
    public func accept(path: String, name: String, door: String) async throws -> IntakeOutcome {
        try await pipeline.storeStreaming(
            RawReport(name: name, door: door, content: .file(path: path)))
    }

    /// Reads an object that was set aside once more, with today's program. What still cannot be
    /// read is set aside again.
    public func retry(_ quarantinedID: Int64) async throws -> IntakeOutcome {
        let store = pipeline.intake
        guard let item = try await store.item(quarantinedID),
            let object = try await store.rawObject(ofQuarantined: quarantinedID),
            let bytes = try await store.bytes(
                of: quarantinedID, limit: pipeline.limits.messageBytes)
        else { return IntakeOutcome() }
        let recorder = Recorder(ownDomains: pipeline.ownDomains, now: pipeline.now())
        switch try await pipeline.prepare(
            bytes, digest: object.digest, name: object.name, door: item.door)
        {
        case .prepared(let report):
            return try await store.ingest(now: recorder.now) { step in
                try step.release(rawObject: object.rawObject)
                try step.keep(names: report.names)
                var outcome = IntakeOutcome()
                try recorder.record(
                    report.documents, rawObject: object.rawObject, digest: object.digest,
                    door: item.door, in: step, outcome: &outcome)
                return outcome
            }
        case .tooLong:
            let judge = pipeline.judge
            let reader = pipeline.reader
            return try await store.ingest(now: recorder.now) { step in
                try step.release(rawObject: object.rawObject)
                var visitor = StoringVisitor(
                    step: step, recorder: recorder, judge: judge, rawObject: object.rawObject,
                    digest: object.digest, door: item.door)
                try reader.read(bytes, name: object.name, into: &visitor)
                return visitor.outcome
            }
        }
    }
}
