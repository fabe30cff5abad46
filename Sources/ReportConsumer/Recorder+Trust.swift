import Identities
import MailReports
import Storage

/// How far a report is believed, decided and kept in the step that stores it.
extension Recorder {
    /// A judgement with the proved domain under which it counts.
    struct Judged {
        var trust: ReportTrust
        var domain: String

        /// Why a report that looks forged is set aside; nil for all others.
        func refusal(path: String) -> ReportRefusal? {
            guard trust.level == .forged else { return nil }
            return ReportRefusal(
                .looksForged, path: path,
                trust.reasons.joined(separator: " ")
                    + " If you know that it is genuine, take it in; if not, discard it.")
        }
    }

    /// Nil where nobody asks who brought it.
    func judge(
        _ claim: @autoclosure () -> ReportClaim, in step: IngestTransaction
    ) throws -> Judged? {
        guard let provenance else { return nil }
        let claim = claim()
        let item = TrustJudge.Case(
            claim: claim, origin: provenance.origin, policies: provenance.policies,
            history: try step.history(of: claim.reporter), ownDomains: ownDomains ?? [], now: now)
        var judged = Judged(trust: trust.judge(item), domain: trust.provedDomain(item))
        if provenance.isTakenIn, judged.trust.level == .forged {
            judged.trust = ReportTrust(
                .plausible, ["It looked forged, and a person took it in."] + judged.trust.reasons)
            // What looked forged says nothing about whose mail brings a reporter's reports.
            judged.domain = ""
        }
        return judged
    }

    /// Keeps the judgement of a report that was stored just now.
    func keep(
        _ judged: Judged?, of end: IngestTransaction.Outcome, by reporter: String,
        in step: IngestTransaction
    ) throws {
        guard let judged, case .stored(let id) = end else { return }
        try step.keep(judged.trust, of: id, by: reporter, through: judged.domain)
    }
}

extension [PreparedDocument] {
    /// Whether there is nothing in it but failure reports.
    var isFailureReportsAlone: Bool {
        !isEmpty
            && allSatisfy {
                if case .failure = $0 { true } else { false }
            }
    }
}
