public import Identities
public import MailAuthentication
public import Storage

import Crypto
import MailReports

/// The one door for reports: whatever brings them (a file, an upload, a mail) hands them in here,
/// and what is handed in is stored, or set aside with its reason, before this returns.
public struct Intake: Sendable {
    let pipeline: ReportPipeline
    /// Nil proves no mail.
    let authenticator: MessageAuthenticator?

    /// - Parameter authenticator: what proves mails that were fetched from a mailbox or a folder.
    public init(pipeline: ReportPipeline, authenticator: MessageAuthenticator? = nil) {
        self.pipeline = pipeline
        self.authenticator = authenticator
    }

    /// Takes in one file, mail or upload.
    ///
    /// - Parameter actor: the person or program that brings it, for the audit log; nil for what
    ///   comes by itself.
    public func accept(
        _ bytes: [UInt8], name: String, door: String, origin: ReportOrigin? = nil,
        by actor: AuditActor? = nil
    ) async throws -> IntakeOutcome {
        let digest = digestText(SHA256.hash(data: bytes))
        if try await pipeline.intake.known(digests: [digest]).contains(digest) {
            var outcome = IntakeOutcome()
            outcome.isKnown = true
            return outcome
        }
        let change = actor.map { AuditChange(by: $0, "report.bring", name, after: digest) }
        let raw = RawReport(name: name, door: door, content: .bytes(bytes), origin: origin)
        switch try await pipeline.prepare(
            bytes, digest: digest, name: name, door: door, origin: origin)
        {
        case .prepared(let report):
            return try await pipeline.store([report], telling: change).first ?? IntakeOutcome()
        case .tooLong:
            return try await pipeline.storeStreaming(raw, telling: change)
        }
    }

    /// Takes in a file that may be too long for memory.
    public func accept(
        path: String, name: String, door: String, origin: ReportOrigin? = nil
    ) async throws -> IntakeOutcome {
        try await pipeline.storeStreaming(
            RawReport(name: name, door: door, content: .file(path: path), origin: origin))
    }

    /// Takes in what was fetched together, in as few durable steps as can be; outcomes in the same
    /// order.
    ///
    /// - Parameter domains: whose reports are taken in; nil for those of the configuration.
    public func accept(
        _ arrivals: [Arrival], about domains: [DomainName]? = nil
    ) async throws -> [IntakeOutcome] {
        var pipeline = pipeline
        if let domains { pipeline.ownDomains = domains }
        let digests = arrivals.map { digestText(SHA256.hash(data: $0.bytes)) }
        let known = try await pipeline.intake.known(digests: digests)
        var outcomes = [IntakeOutcome](repeating: IntakeOutcome(), count: arrivals.count)
        for (place, digest) in digests.enumerated() where known.contains(digest) {
            outcomes[place].isKnown = true
        }
        let fresh = arrivals.indices.filter { !known.contains(digests[$0]) }
        var reports: [PreparedReport] = []
        var places: [Int] = []
        for (place, reading) in try await prepare(fresh, arrivals, digests, pipeline) {
            switch reading {
            case .prepared(let report):
                reports.append(report)
                places.append(place)
            case .tooLong(let raw):
                outcomes[place] = try await pipeline.storeStreaming(raw)
            }
        }
        for (place, outcome) in zip(places, try await pipeline.store(reports)) {
            outcomes[place] = outcome
        }
        return outcomes
    }

    private enum Reading: Sendable {
        case prepared(PreparedReport)
        case tooLong(RawReport)
    }

    /// Mails authenticated and read at once.
    private static let width = 4

    private func prepare(
        _ places: [Int], _ arrivals: [Arrival], _ digests: [String], _ pipeline: ReportPipeline
    ) async throws -> [(Int, Reading)] {
        try await withThrowingTaskGroup(of: [(Int, Reading)].self) { group in
            for lane in 0..<min(Self.width, max(1, places.count)) {
                group.addTask {
                    var done: [(Int, Reading)] = []
                    for index in stride(from: lane, to: places.count, by: Self.width) {
                        let place = places[index]
                        done.append(
                            (place, try await read(arrivals[place], digests[place], pipeline)))
                    }
                    return done
                }
            }
            var all: [(Int, Reading)] = []
            for try await done in group { all += done }
            return all.sorted { $0.0 < $1.0 }
        }
    }

    private func read(
        _ arrival: Arrival, _ digest: String, _ pipeline: ReportPipeline
    ) async throws -> Reading {
        let origin = await origin(of: arrival)
        switch try await pipeline.prepare(
            arrival.bytes, digest: digest, name: arrival.name, door: arrival.door, origin: origin)
        {
        case .prepared(let report): return .prepared(report)
        case .tooLong:
            return .tooLong(
                RawReport(
                    name: arrival.name, door: arrival.door, content: .bytes(arrival.bytes),
                    origin: origin))
        }
    }

    private func origin(of arrival: Arrival) async -> ReportOrigin {
        switch arrival.sender {
        case .known(let origin): return origin
        case .mailbox(let receivers):
            let message = RawMessage(arrival.bytes)
            // A bare report in a folder has no header of its own.
            guard !message.fields(named: "From").isEmpty else { return ReportOrigin(.folder) }
            var proof = MailProof(author: nil, passes: [])
            if let authenticator {
                proof = MailProof(
                    await authenticator.authenticate(
                        MessageAuthenticatorRequest(
                            message: message, client: nil, helo: "", mailFrom: "",
                            now: pipeline.now())))
            }
            proof.add(message, trusting: receivers)
            return ReportOrigin(.mail, proof: proof)
        }
    }

    // MARK: What is set aside

    /// Reads an object that was set aside once more, with today's program. What still cannot be
    /// read, and what still looks forged, is set aside again.
    public func retry(
        _ quarantinedID: Int64, by actor: AuditActor? = nil
    ) async throws -> IntakeOutcome {
        try await retry(quarantinedID, isTakenIn: false, by: actor)
    }

    /// Takes in an object that looked forged because a person says so.
    public func takeIn(
        _ quarantinedID: Int64, by actor: AuditActor? = nil
    ) async throws -> IntakeOutcome {
        try await retry(quarantinedID, isTakenIn: true, by: actor)
    }

    private func retry(
        _ quarantinedID: Int64, isTakenIn: Bool, by actor: AuditActor?
    ) async throws -> IntakeOutcome {
        let store = pipeline.intake
        guard let item = try await store.item(quarantinedID),
            let object = try await store.rawObject(ofQuarantined: quarantinedID),
            let bytes = try await store.bytes(
                of: quarantinedID, limit: pipeline.limits.messageBytes)
        else { return IntakeOutcome() }
        let origin = try await store.origin(ofRawObject: object.rawObject)
            .flatMap(Provenance.origin)
        let change = actor.map {
            AuditChange(
                by: $0, isTakenIn ? "report.take" : "report.retry", item.path,
                before: object.digest)
        }
        switch try await pipeline.prepare(
            bytes, digest: object.digest, name: object.name, door: item.door, origin: origin)
        {
        case .prepared(let report):
            var provenance = report.provenance
            provenance?.isTakenIn = isTakenIn
            let recorder = pipeline.recorder(provenance)
            return try await store.ingest(now: recorder.now) { step in
                try step.release(rawObject: object.rawObject)
                try step.keep(names: report.names)
                var outcome = IntakeOutcome()
                try recorder.record(
                    report.documents, rawObject: object.rawObject, digest: object.digest,
                    door: item.door, in: step, outcome: &outcome)
                if let change { try step.tell(change) }
                return outcome
            }
        case .tooLong:
            let judge = pipeline.judge
            let reader = pipeline.reader
            let raw = RawReport(
                name: object.name, door: item.door, content: .bytes(bytes), origin: origin)
            var provenance = try await pipeline.provenance(of: raw, RawSource(raw.content))
            provenance?.isTakenIn = isTakenIn
            let recorder = pipeline.recorder(provenance)
            return try await store.ingest(now: recorder.now) { step in
                try step.release(rawObject: object.rawObject)
                var visitor = StoringVisitor(
                    step: step, recorder: recorder, judge: judge, rawObject: object.rawObject,
                    digest: object.digest, door: item.door)
                try reader.read(bytes, name: object.name, into: &visitor)
                if let change { try step.tell(change) }
                return visitor.outcome
            }
        }
    }
}
