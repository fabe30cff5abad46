import MailReports
import Storage

/// Stores rows while they are read: for containers that do not fit into memory.
struct StoringVisitor: ReportVisitor {
    let step: IngestTransaction
    let recorder: Recorder
    let judge: RowJudge
    let rawObject: Int64
    let digest: String
    let door: String
    var outcome = IntakeOutcome()
    private var path = ""
    private var isOpen = false

    init(
        step: IngestTransaction, recorder: Recorder, judge: RowJudge, rawObject: Int64,
        digest: String, door: String
    ) {
        self.step = step
        self.recorder = recorder
        self.judge = judge
        self.rawObject = rawObject
        self.digest = digest
        self.door = door
    }

    mutating func begin(path: String) throws {
        self.path = path
        if isOpen { try step.abandon() }
        isOpen = false
    }

    mutating func aggregateRecord(_ record: AggregateRecord) throws {
        if !isOpen {
            try step.begin()
            isOpen = true
        }
        // Names are not asked for here: look-ups would hold the transaction open.
        try step.add(record, judge.judge(record, .notAsked))
    }

    mutating func aggregateReport(_ report: AggregateReport) throws {
        if !isOpen { try step.begin() }
        isOpen = false
        switch try recorder.acceptance(of: report, path: path, in: step) {
        case .refused(let refusal):
            try step.abandon()
            try set(aside: refusal)
        case .accepted(let domain, let judged):
            let end = try step.end(report, domain: domain, rawObject: rawObject, path: path)
            try recorder.keep(judged, of: end, by: report.reporter, in: step)
            recorder.note(
                end, recorder.summary(of: report, id: 0, path: path), in: &outcome)
        }
    }

    mutating func tlsReport(_ report: TLSReport) throws {
        try recorder.record(
            report, path: path, rawObject: rawObject, door: door, in: step, outcome: &outcome)
    }

    mutating func failureReport(_ report: FailureReport) throws {
        try recorder.record(
            report, path: path, digest: digest, rawObject: rawObject, in: step,
            outcome: &outcome)
    }

    mutating func refused(_ refusal: ReportRefusal) throws {
        if isOpen { try step.abandon() }
        isOpen = false
        try set(aside: refusal)
    }

    private mutating func set(aside refusal: ReportRefusal) throws {
        try step.quarantine(refusal, rawObject: rawObject, door: door)
        outcome.refused.append(refusal)
    }
}
