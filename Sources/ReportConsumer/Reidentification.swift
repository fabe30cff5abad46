public import Storage

import DomainAnalysis
import Identities
import MailReports

/// Identifies every stored row anew, with today's catalogue, networks and DNS, and makes all sums
/// again from the rows.
///
/// The result is what an import of the same reports would give today. Pages show the old sums until
/// all new ones are there, reports may be taken in meanwhile, and a run that was interrupted is
/// finished by the next one.
public struct Reidentification: Sendable {
    let pipeline: ReportPipeline
    let store: RebuildingStore

    public init(pipeline: ReportPipeline, store: RebuildingStore) {
        self.pipeline = pipeline
        self.store = store
    }

    /// Goes through everything; `report` is called after each durable step.
    ///
    /// - Throws: `RebuildingError`, or `SQLError` when the database cannot take more: the old sums
    ///   still stand then, and what was done is gone on with next time.
    public func run(report: @Sendable (Rebuilding) -> Void) async throws -> Rebuilding {
        var rebuilding = try await store.begin(basis: basis, now: pipeline.now())
        repeat {
            while let portion = try await store.next(
                rebuilding, rows: pipeline.limits.identifiedTogether)
            {
                rebuilding = try await judge(portion, rebuilding)
                report(rebuilding)
            }
        } while try await !store.finish(rebuilding, now: pipeline.now())
        return rebuilding
    }

    private func judge(
        _ portion: RebuildingPortion, _ rebuilding: Rebuilding
    ) async throws -> Rebuilding {
        var known: [IPAddress: SourceFacts.Fact] = [:]
        var targets: [DomainName: DomainName] = [:]
        if !pipeline.facts.isIdle {
            known = await pipeline.facts.facts(for: Set(portion.rows.compactMap(\.record.source)))
            let passed = portion.rows.lazy.flatMap(\.record.dkim).filter { $0.result == "pass" }
            targets = await pipeline.facts.aliasTargets(
                of: Set(passed.compactMap(RowJudge.signingName)))
        }
        let judgements = portion.rows.map { row in
            pipeline.judge.judge(
                row.record, row.record.source.flatMap { known[$0] } ?? .notAsked,
                aliasTargets: targets)
        }
        let names = known.mapValues { fact -> DomainName? in
            if case .confirmed(let name) = fact.reverseName { name } else { nil }
        }
        return try await store.add(
            portion, judgements, names: names, to: rebuilding, now: pipeline.now())
    }

    /// What the judgements rest on: half a run on one basis is not finished on another.
    private var basis: String {
        "catalogue \(pipeline.identifier.catalogue.digest); \(pipeline.facts.basis)"
    }
}
