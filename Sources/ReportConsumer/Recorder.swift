import Identities
import MailReports
import Storage

/// Writes what was read into one durable step, and says what became of it.
struct Recorder: Sendable {
    let ownDomains: [DomainName]?
    let now: Int64
    let trust: TrustJudge
    let failureReports: FailureReportChoice
    /// Who is behind what is recorded; nil where nobody asks.
    var provenance: Provenance?

    func record(_ report: PreparedReport, in step: IngestTransaction) throws -> IntakeOutcome {
        var recorder = self
        recorder.provenance = report.provenance
        return try recorder.recordAll(of: report, in: step)
    }

    private func recordAll(
        of report: PreparedReport, in step: IngestTransaction
    ) throws -> IntakeOutcome {
        var outcome = IntakeOutcome()
        if try step.rawObject(digest: report.digest) != nil {
            outcome.isKnown = true
            return outcome
        }
        let object = try step.addRawObject(
            digest: report.digest, byteCount: report.byteCount, encoding: report.encoding,
            name: report.name, door: report.door)
        // What tells of persons alone is not kept; its digest is, so that it is known again.
        if !report.documents.isFailureReportsAlone {
            for (position, piece) in report.pieces.enumerated() {
                try step.addRawPiece(piece, position: position, of: object)
            }
        }
        try keepOrigin(of: object, in: step)
        try step.keep(names: report.names)
        try record(
            report.documents, rawObject: object, digest: report.digest, door: report.door,
            in: step, outcome: &outcome)
        return outcome
    }

    /// Keeps who is behind an object, so that a later reading judges it alike.
    func keepOrigin(of object: Int64, in step: IngestTransaction) throws {
        if let text = provenance?.stored { try step.keep(origin: text, of: object) }
    }

    func record(
        _ documents: [PreparedDocument], rawObject: Int64, digest: String, door: String,
        in step: IngestTransaction, outcome: inout IntakeOutcome
    ) throws {
        for document in documents {
            switch document {
            case .aggregate(let report, let rows, let judgements, let path):
                try record(
                    report, rows, judgements, path: path, rawObject: rawObject, door: door,
                    in: step,
                    outcome: &outcome)
            case .tls(let report, let path):
                try record(
                    report, path: path, rawObject: rawObject, door: door, in: step,
                    outcome: &outcome)
            case .failure(let report, let path):
                try record(
                    report, path: path, digest: digest, rawObject: rawObject, in: step,
                    outcome: &outcome)
            case .refused(let refusal):
                try step.quarantine(refusal, rawObject: rawObject, door: door)
                outcome.refused.append(refusal)
            }
        }
    }

    private func record(
        _ report: AggregateReport, _ rows: [AggregateRecord],
        _ judgements: [IdentifiedRecord.Judgement], path: String, rawObject: Int64, door: String,
        in step: IngestTransaction, outcome: inout IntakeOutcome
    ) throws {
        switch try acceptance(of: report, path: path, in: step) {
        case .refused(let refusal):
            try step.quarantine(refusal, rawObject: rawObject, door: door)
            outcome.refused.append(refusal)
        case .accepted(let domain, let judged):
            if let id = try step.known(report, domain: domain) {
                outcome.repeated.append(summary(of: report, id: id, path: path))
                return
            }
            try step.begin()
            try step.add(rows, judgements)
            let end = try step.end(report, domain: domain, rawObject: rawObject, path: path)
            try keep(judged, of: end, by: report.reporter, in: step)
            note(end, summary(of: report, id: 0, path: path), in: &outcome)
        }
    }

    func record(
        _ report: TLSReport, path: String, rawObject: Int64, door: String,
        in step: IngestTransaction, outcome: inout IntakeOutcome
    ) throws {
        let judged = try judge(ReportClaim(report), in: step)
        if let refusal = judged?.refusal(path: path) {
            try step.quarantine(refusal, rawObject: rawObject, door: door)
            outcome.refused.append(refusal)
            return
        }
        let domain = report.policies.first?.domain ?? ""
        let end = try step.store(report, domain: domain, rawObject: rawObject, path: path)
        try keep(judged, of: end, by: report.reporter, in: step)
        let summary = ReportSummary(
            id: 0, kind: .tls, reporter: report.reporter, reportID: report.reportID,
            policyDomain: domain, begin: report.begin, end: report.end,
            records: Int64(report.policies.count), messages: 0, repairs: report.repairs,
            isRepaired: report.repairs.contains { $0.weight == .repair }, receivedAt: now,
            path: path)
        note(end, summary, in: &outcome)
    }

    func record(
        _ report: FailureReport, path: String, digest: String, rawObject: Int64,
        in step: IngestTransaction, outcome: inout IntakeOutcome
    ) throws {
        guard failureReports == .redacted else {
            outcome.passedOver += 1
            return
        }
        outcome.failures += 1
        let report = report.redacted()
        let domain = report.reportedDomain ?? report.headerFrom ?? ""
        let end = try step.store(
            report, domain: domain, digest: digest, rawObject: rawObject, path: path)
        let claim = ReportClaim(report)
        try keep(try judge(claim, in: step), of: end, by: claim.reporter, in: step)
        let arrival = report.arrival ?? now
        let summary = ReportSummary(
            id: 0, kind: .failure, reporter: report.reportingMTA ?? report.userAgent ?? "",
            reportID: "", policyDomain: domain, begin: arrival, end: arrival, records: 1,
            messages: report.incidents, repairs: report.repairs,
            isRepaired: report.repairs.contains { $0.weight == .repair }, receivedAt: now,
            path: path)
        note(end, summary, in: &outcome)
    }

    enum Acceptance {
        case accepted(DomainName, Judged?)
        case refused(ReportRefusal)
    }

    /// A report is taken in when its policy domain is a name, and one of ours, and when it does not
    /// look forged.
    func acceptance(
        of report: AggregateReport, path: String, in step: IngestTransaction
    ) throws -> Acceptance {
        guard let domain = DomainName(report.policy.domain) else {
            return .refused(
                ReportRefusal(
                    .noPolicyDomain, path: path,
                    "The report says it is about \"\(report.policy.domain.prefix(80))\", which "
                        + "is not a domain name. Ask \(report.reporter.prefix(80)) to send it "
                        + "again."))
        }
        if let ownDomains, !ownDomains.contains(where: { domain.isEqualOrBelow($0) }) {
            return .refused(
                ReportRefusal(
                    .foreignDomain, path: path,
                    "The report is about \(domain), which is not one of your domains. If it is, "
                        + "add it to your domains and retry; if not, discard it."))
        }
        let judged = try judge(ReportClaim(report), in: step)
        if let refusal = judged?.refusal(path: path) { return .refused(refusal) }
        return .accepted(domain, judged)
    }

    func summary(of report: AggregateReport, id: Int64, path: String) -> ReportSummary {
        ReportSummary(
            id: id, kind: .aggregate, reporter: report.reporter, reportID: report.reportID,
            policyDomain: report.policy.domain, begin: report.begin, end: report.end,
            records: Int64(report.recordCount), messages: report.messageCount,
            repairs: report.repairs, isRepaired: report.isRepaired, receivedAt: now, path: path)
    }

    func note(
        _ end: IngestTransaction.Outcome, _ summary: ReportSummary,
        in outcome: inout IntakeOutcome
    ) {
        var summary = summary
        switch end {
        case .stored(let id):
            summary.id = id
            outcome.accepted.append(summary)
        case .repeated(let id):
            summary.id = id
            outcome.repeated.append(summary)
        }
    }
}
