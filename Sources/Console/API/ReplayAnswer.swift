import DomainAnalysis
import Identities

/// What a record would have done, in sums; the rows behind them stay on the page.
struct ReplayAnswer: Encodable {
    struct Sums: Encodable {
        struct Sender: Encodable {
            var key, name, fate: String
            var messages, wouldBeQuarantined, wouldBeRejected: Int64
        }

        var messages, pass, none, quarantine, reject, notCovered, undetermined: Int64
        var legitimateAtRisk, forgedStopped: Int64
        var senders: [Sender]

        init(_ summary: ReplaySummary) {
            messages = summary.totals.messages
            pass = summary.totals.pass
            none = summary.totals.none
            quarantine = summary.totals.quarantine
            reject = summary.totals.reject
            notCovered = summary.totals.notCovered
            undetermined = summary.totals.undetermined
            legitimateAtRisk = summary.atRisk.legitimate
            forgedStopped = summary.atRisk.forged
            senders = summary.senders.prefix(Limits.apiSenders).map {
                Sender(
                    key: $0.key, name: $0.name, fate: $0.fate.rawValue, messages: $0.messages,
                    wouldBeQuarantined: $0.wouldBeQuarantined,
                    wouldBeRejected: $0.wouldBeRejected)
            }
        }
    }

    var domain, record: String
    var problem: String?
    var warnings: [String] = []
    var treewalk, psl: Sums?

    init(_ result: ReplayResult) {
        domain = result.domain.text
        record = result.record
        warnings = Array(result.warnings.prefix(100))
        treewalk = Sums(result.methods.treewalk)
        psl = Sums(result.methods.psl)
    }

    init(domain: String, record: String, problem: String) {
        self.domain = domain
        self.record = record
        self.problem = problem
    }
}
