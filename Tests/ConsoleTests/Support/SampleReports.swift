import Console
import Identities
import MailReports
import ReportConsumer
import Storage
import Synchronization

/// Reports and the quarantine, kept in memory; what is uploaded shows up.
final class SampleReports: ReportReading, QuarantineKeeping, ReportDoor {
    private struct State: Sendable {
        var reports: [ReportSummary] = []
        var items: [QuarantinedItem] = []
        var bytes: [Int64: [UInt8]] = [:]
    }

    private let state: Mutex<State>
    private let isHostile: Bool

    init(_ size: SampleDomains.Size) {
        var state = State()
        isHostile = size == .hostile
        if size != .empty {
            for id in 1...(size == .small ? 3 : 60) {
                state.reports.append(Self.summary(Int64(id), isHostile: size == .hostile))
            }
            for id in 1...(size == .small ? 1 : 40) {
                let code = ReportRefusal.Code.allCases[id % ReportRefusal.Code.allCases.count]
                let path =
                    size == .hostile
                    ? SampleDomains.script + SampleDomains.long
                    : "mail-\(id).eml › report.zip › google.com!example.org!1763078400!1763164799.xml"
                state.items.append(
                    QuarantinedItem(
                        id: Int64(id), path: path, digest: String(repeating: "ab01", count: 16),
                        byteCount: Int64(id) * 40_961,
                        refusal: ReportRefusal(
                            code, path: path, offset: 4_711,
                            size == .hostile
                                ? SampleDomains.script
                                : "The element <record> ends before it is complete, at byte 4711. Ask the sender for the report again."
                        ),
                        receivedAt: SampleDomains.now - Int64(id) * 3_600, door: "upload"))
                state.bytes[Int64(id)] = Array(
                    (id % 2 == 0
                        ? "PK\u{3}\u{4}\u{0}\u{1}\u{2}"
                        : "<?xml version=\"1.0\"?>\n<feedback>\n  <report_metadata>\n    <org_name>google.com</org_name>\n"
                            + SampleDomains.script).utf8)
            }
        }
        self.state = Mutex(state)
    }

    private static func summary(_ id: Int64, isHostile: Bool) -> ReportSummary {
        let day = SampleDomains.now - id * 43_200
        return ReportSummary(
            id: id, kind: id % 9 == 0 ? .tls : id % 13 == 0 ? .failure : .aggregate,
            reporter: isHostile
                ? SampleDomains.script
                : ["google.com", "Yahoo", "Enterprise Outlook"][Int(id % 3)],
            reportID: isHostile ? SampleDomains.long : "18\(id)0042",
            policyDomain: isHostile ? SampleDomains.script : "bank.example",
            begin: isHostile ? .min : day - 86_400,
            end: isHostile ? .max : day - 1, records: 42, messages: 1_204 * id,
            repairs: id % 4 == 0
                ? [
                    Repair(
                        .missingSelector, .note, at: "record[3]/auth_results/dkim",
                        isHostile ? SampleDomains.script : "The DKIM result names no selector.",
                        occurrences: 12),
                    Repair(
                        .unknownDisposition, .repair, at: "record[1]/row/policy_evaluated",
                        "The disposition “pass” is read as “none”."),
                ] : [], isRepaired: id % 4 == 0, receivedAt: day,
            path: isHostile
                ? SampleDomains.long : "mail-\(id).eml › google.com!bank.example!1!2.zip")
    }

    // MARK: ReportReading

    func statistics() async throws -> ReportStatistics {
        state.withLock { state in
            var statistics = ReportStatistics()
            statistics.reports = Int64(state.reports.count)
            statistics.records = statistics.reports * 42
            statistics.messages = state.reports.reduce(0) { $0 + $1.messages }
            statistics.repaired.reports = Int64(state.reports.filter(\.isRepaired).count)
            statistics.withNotes = statistics.repaired.reports / 2
            statistics.quarantined = Int64(state.items.count)
            return statistics
        }
    }

    func recent(limit: Int, before: Int64?) async throws -> [ReportSummary] {
        state.withLock { state in
            Array(
                state.reports.filter { $0.id < before ?? .max }.sorted { $0.id > $1.id }
                    .prefix(limit))
        }
    }

    func report(_ id: Int64, rows: Int) async throws -> StoredReport? {
        guard let summary = state.withLock({ $0.reports.first { $0.id == id } }) else {
            return nil
        }
        var stored = StoredReport(summary: summary)
        stored.digest = String(repeating: "cafe", count: 16)
        switch summary.kind {
        case .aggregate:
            var report = AggregateReport()
            report.specification = .rfc7489
            report.reporter = summary.reporter
            report.email = "noreply-dmarc-support@google.com"
            report.policy.domain = summary.policyDomain
            report.policy.policy = "none"
            report.policy.percentage = 100
            if isHostile { report.errors = [SampleDomains.script, SampleDomains.long] }
            stored.report = report
            stored.records = (0..<min(rows, 12)).map(record)
        case .tls:
            var report = TLSReport()
            report.reporter = summary.reporter
            var policy = TLSReport.PolicyResult()
            policy.type = "sts"
            policy.domain = summary.policyDomain
            policy.successfulSessions = 4_812
            policy.failedSessions = 3
            var failure = TLSReport.FailureDetail()
            failure.resultType = "certificate-expired"
            failure.receivingMXHost = "mx1.bank.example"
            failure.failedSessions = 3
            policy.failures = [failure]
            report.policies = [policy]
            stored.tls = report
        case .failure:
            var report = FailureReport()
            report.reportedDomain = summary.policyDomain
            report.authenticationFailure = "dmarc"
            report.sourceText = "192.0.2.77"
            report.subject = isHostile ? SampleDomains.script : "Your account is locked"
            report.arrival = summary.receivedAt
            stored.failure = report
        }
        return stored
    }

    private func record(_ index: Int) -> AggregateRecord {
        var record = AggregateRecord()
        record.sourceText = isHostile ? SampleDomains.script : "192.0.2.\(index)"
        record.source = isHostile ? nil : IPAddress("192.0.2.\(index)")
        record.count = Int64(1_000 / (index + 1))
        record.disposition = isHostile ? SampleDomains.long : index % 3 == 0 ? "none" : "quarantine"
        record.dkimEvaluated = index % 2 == 0 ? "pass" : "fail"
        record.headerFrom = isHostile ? SampleDomains.long : "bank.example"
        record.envelopeFrom = index % 2 == 0 ? "bounce.bank.example" : nil
        record.dkim =
            index % 4 == 3
            ? []
            : [
                .init(
                    domain: "bank.example", selector: "s1", result: index % 2 == 0 ? "pass" : "fail"
                )
            ]
        record.spf = [.init(domain: "bounce.bank.example", scope: "mfrom", result: "softfail")]
        if index == 1 { record.reasons = [.init(type: "mailing_list", comment: "ARC passed")] }
        return record
    }

    // MARK: QuarantineKeeping

    func quarantined(limit: Int, before: Int64?) async throws -> [QuarantinedItem] {
        state.withLock { state in
            Array(
                state.items.filter { $0.id < before ?? .max }.sorted { $0.id > $1.id }
                    .prefix(limit))
        }
    }

    func item(_ id: Int64) async throws -> QuarantinedItem? {
        state.withLock { $0.items.first { $0.id == id } }
    }

    func bytes(of id: Int64, limit: Int) async throws -> [UInt8]? {
        state.withLock { $0.bytes[id].map { Array($0.prefix(limit)) } }
    }

    func discard(_ id: Int64, by actor: AuditActor, now: Int64) async throws {
        state.withLock { state in
            state.items.removeAll { $0.id == id }
            state.bytes[id] = nil
        }
    }

    // MARK: ReportDoor

    struct Broken: Error {}
    /// What cannot be stored.
    static let breaking = Array("break".utf8)

    /// Takes anything that begins like XML for a report.
    func accept(
        _ bytes: [UInt8], name: String, door: String, origin: ReportOrigin?, by actor: AuditActor?
    ) async throws -> IntakeOutcome {
        if bytes == Self.breaking { throw Broken() }
        return state.withLock { state in
            var outcome = IntakeOutcome()
            if bytes.starts(with: "<?xml".utf8) {
                var summary = Self.summary(
                    (state.reports.map(\.id).max() ?? 0) + 1, isHostile: false)
                summary.reporter = String(decoding: bytes.dropFirst(5), as: UTF8.self)
                summary.path = name
                state.reports.append(summary)
                outcome.accepted = [summary]
            } else {
                let id = (state.items.map(\.id).max() ?? 0) + 1
                let refusal = ReportRefusal(
                    .notAReport, path: name, "It begins like no report that we know.")
                state.items.append(
                    QuarantinedItem(
                        id: id, path: name, digest: String(repeating: "0f", count: 32),
                        byteCount: Int64(bytes.count), refusal: refusal,
                        receivedAt: SampleDomains.now, door: door))
                state.bytes[id] = bytes
                outcome.refused = [refusal]
            }
            return outcome
        }
    }

    func takeIn(_ quarantinedID: Int64, by actor: AuditActor?) async throws -> IntakeOutcome {
        try await retry(quarantinedID, by: actor)
    }

    func retry(_ quarantinedID: Int64, by actor: AuditActor?) async throws -> IntakeOutcome {
        var outcome = IntakeOutcome()
        if let item = try await item(quarantinedID) { outcome.refused = [item.refusal] }
        return outcome
    }
}
