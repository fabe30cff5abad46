public import DNS
public import DomainAnalysis
public import Identities
public import MailAuthentication
public import Storage

import Crypto
import MailReports

/// A report's way from bytes to sums: decompress → parse → enrich → identify → store.
///
/// Each arrow is a value, and nothing is acknowledged before `store` has returned: raw bytes, rows
/// and sums are one durable step. The same bytes, and the same report in other bytes, are stored
/// once.
public struct ReportPipeline: Sendable {
    let intake: IntakeStore
    let reader: ReportReader
    let identifier: SenderIdentifier
    let suffixes: PublicSuffixList
    let facts: SourceFacts
    let limits: IntakeLimits
    /// Domains whose reports are taken in; nil takes all.
    var ownDomains: [DomainName]?
    let failureReports: FailureReportChoice
    let now: @Sendable () -> Int64
    let judge: RowJudge
    let trust: TrustJudge
    let claimed: ClaimedPolicies

    /// - Parameters:
    ///   - failureReports: what becomes of reports about single messages.
    ///   - policies: the DNS that is asked what a claimed reporter's domain wants done with forged
    ///     mail; nil asks nobody.
    public init(
        intake: IntakeStore, identifier: SenderIdentifier,
        suffixes: PublicSuffixList = .system, facts: SourceFacts = SourceFacts(lookup: nil),
        ownDomains: [DomainName]? = nil, limits: IntakeLimits = IntakeLimits(),
        failureReports: FailureReportChoice = .passedOver, policies: (any DNSLookup)? = nil,
        now: @escaping @Sendable () -> Int64
    ) {
        self.intake = intake
        self.reader = ReportReader()
        self.identifier = identifier
        self.suffixes = suffixes
        self.facts = facts
        self.ownDomains = ownDomains
        self.limits = limits
        self.now = now
        self.failureReports = failureReports
        self.trust = TrustJudge(suffixes: suffixes)
        self.claimed = ClaimedPolicies(
            discovery: policies.map {
                PolicyDiscovery(method: .treeWalk, lookup: $0, suffixes: suffixes)
            })
        self.judge = RowJudge(
            identifier: identifier, suffixes: suffixes, networks: facts.networks,
            mostRemembered: limits.judgements)
    }

    /// What one raw report turned out to be.
    enum Reading: Sendable {
        case prepared(PreparedReport)
        /// Too many rows for memory: to be read row by row while it is stored.
        case tooLong
    }

    /// Decompress, parse, enrich, identify: everything up to storing, in memory.
    func prepare(
        _ bytes: [UInt8], digest: String, name: String, door: String, origin: ReportOrigin? = nil
    ) async throws -> Reading {
        var visitor = CollectingVisitor(mostRecords: limits.wholeRecords)
        do {
            try reader.read(bytes, name: name, into: &visitor)
        } catch is CollectingVisitor.TooManyRecords {
            return .tooLong
        }
        var known: [IPAddress: SourceFacts.Fact] = [:]
        var targets: [DomainName: DomainName] = [:]
        if !facts.isIdle {
            known = await facts.facts(
                for: Self.addresses(in: visitor.documents, limit: limits.namesAsked))
            targets = await facts.aliasTargets(
                of: Self.signingNames(in: visitor.documents, limit: limits.namesAsked))
        }
        let documents = visitor.documents.map { document -> PreparedDocument in
            switch document {
            case .aggregate(let report, let records, let path):
                let judgements = records.withUnsafeBufferPointer { records in
                    records.indices.map { index in
                        judge.judge(
                            records[index],
                            records[index].source.flatMap { known[$0] } ?? .notAsked,
                            aliasTargets: targets)
                    }
                }
                return .aggregate(report, records, judgements, path: path)
            case .tls(let report, let path): return .tls(report, path: path)
            case .failure(let report, let path): return .failure(report, path: path)
            case .refused(let refusal): return .refused(refusal)
            }
        }
        let names = known.compactMapValues { fact -> DomainName? in
            if case .confirmed(let name) = fact.reverseName { name } else { nil }
        }
        let encoding = RawEncoding(suiting: bytes)
        var pieces: [[UInt8]] = []
        var cutter = RawPieces(encoding: encoding)
        try bytes.withUnsafeBytes { try cutter.feed($0) { pieces.append($0) } }
        try cutter.finish { pieces.append($0) }
        return .prepared(
            PreparedReport(
                name: name, door: door, digest: digest, byteCount: bytes.count,
                encoding: encoding, pieces: pieces, documents: documents, names: names,
                provenance: await provenance(origin, claims: Self.claims(of: visitor.documents))))
    }

    private func provenance(
        _ origin: ReportOrigin?, claims: @autoclosure () -> [ReportClaim]
    ) async -> Provenance? {
        // An import has none: nothing is worked out for it.
        guard let origin else { return nil }
        return Provenance(
            origin: origin, policies: await claimed.policies(for: claims(), origin))
    }

    private static func claims(of documents: [CollectingVisitor.Document]) -> [ReportClaim] {
        documents.lazy.compactMap { document -> ReportClaim? in
            switch document {
            case .aggregate(let report, _, _): ReportClaim(report)
            case .tls(let report, _): ReportClaim(report)
            case .failure(let report, _): ReportClaim(report)
            case .refused: nil
            }
        }.prefix(ClaimVisitor.mostClaims).map(\.self)
    }

    /// What writes down outcomes now.
    func recorder(_ provenance: Provenance? = nil) -> Recorder {
        Recorder(
            ownDomains: ownDomains, now: now(), trust: trust, failureReports: failureReports,
            provenance: provenance)
    }

    /// Stores what was prepared, all of it in one durable step; outcomes in the same order.
    ///
    /// - Parameter change: told in the audit log, in the same step.
    func store(
        _ reports: [PreparedReport], telling change: AuditChange? = nil
    ) async throws -> [IntakeOutcome] {
        guard !reports.isEmpty else { return [] }
        let recorder = recorder()
        return try await intake.ingest(now: recorder.now) { step in
            try step.foresee(
                objects: reports.lazy.map(\.digest), judgements: reports.lazy.flatMap(\.judgements))
            let outcomes = try reports.map { try recorder.record($0, in: step) }
            if let change { try step.tell(change) }
            return outcomes
        }
    }

    /// Stores a raw report of any length, reading it row by row inside the durable step.
    func storeStreaming(
        _ raw: RawReport, telling change: AuditChange? = nil
    ) async throws -> IntakeOutcome {
        let source = try RawSource(raw.content)
        let digest = try source.digest()
        let (reader, judge) = (reader, judge)
        let recorder = recorder(try await provenance(of: raw, source))
        return try await intake.ingest(now: recorder.now) { step in
            if try step.rawObject(digest: digest.text) != nil {
                var outcome = IntakeOutcome()
                outcome.isKnown = true
                return outcome
            }
            let object = try source.keep(raw, digest: digest, in: step)
            try recorder.keepOrigin(of: object, in: step)
            var visitor = StoringVisitor(
                step: step, recorder: recorder, judge: judge, rawObject: object,
                digest: digest.text, door: raw.door)
            try source.read(with: reader, name: raw.name, into: &visitor)
            if visitor.outcome.holdsFailureReportsAlone { try step.forgetBytes(of: object) }
            if let change { try step.tell(change) }
            return visitor.outcome
        }
    }

    /// Whom a long report claims is read in a pass of its own: its rows come first when it is
    /// stored, and the DNS is not asked inside a transaction.
    func provenance(of raw: RawReport, _ source: RawSource) async throws -> Provenance? {
        guard let origin = raw.origin else { return nil }
        var visitor = ClaimVisitor()
        if origin.way == .mail {
            try source.read(with: reader, name: raw.name, into: &visitor)
        }
        return await provenance(origin, claims: visitor.claims)
    }

    /// Longest stream taken from standard input, in bytes.
    public var streamLimit: Int64 { limits.streamBytes }

    /// `selector._domainkey.domain` of the signatures that passed.
    private static func signingNames(
        in documents: [CollectingVisitor.Document], limit: Int
    ) -> [DomainName] {
        var seen: Set<DomainName> = []
        for case .aggregate(_, let records, _) in documents {
            for record in records {
                for signature in record.dkim where signature.result == "pass" {
                    guard seen.count < limit else { return seen.sorted() }
                    if let name = RowJudge.signingName(signature) { seen.insert(name) }
                }
            }
        }
        return seen.sorted()
    }

    private static func addresses(
        in documents: [CollectingVisitor.Document], limit: Int
    ) -> [IPAddress] {
        var seen: Set<IPAddress> = []
        for case .aggregate(_, let records, _) in documents {
            for record in records where seen.count < limit {
                if let address = record.source { seen.insert(address) }
            }
        }
        return seen.sorted()
    }
}
