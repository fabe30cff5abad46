import DomainAnalysis
import Foundation
import Identities
import MailReports
import SQLDatabase
import Storage

/// Reports of made-up domains, taken in as the intake does it.
struct WatchedReports {
    let database: any SQLDatabase
    /// 2026-03-01.
    static let begin = UTCDay(number: 20_513)
    static let now = begin.advanced(by: 100).firstSecond + 3_600

    /// Some mail of one day.
    struct Mail {
        var source: String
        var messages: Int64
        var sender: String
        var sourceClass: SourceClass
        var disposition = "none"
        var name: String?
        var reason: String?
    }

    func prepare() async throws { try await Schema.prepare(database) }

    func take(
        _ domain: String, day: Int, policy: String, reporter: String = "receiver.example",
        organisation: OrganisationID = .first, _ mail: [Mail]
    ) async throws {
        guard let name = DomainName(domain) else { throw NoDomain() }
        var report = AggregateReport()
        report.reporter = reporter
        report.reportID = "\(domain)-\(day)-\(reporter)"
        report.begin = Self.begin.advanced(by: day).firstSecond
        report.end = report.begin + 86_399
        report.policy.domain = domain
        report.policy.policy = policy
        let (sent, rows) = (report, mail.map { Self.row($0, from: domain) })
        _ = try await IntakeStore(database: database, organisation: organisation).ingest(
            now: report.end
        ) { step in
            let object = try step.addRawObject(
                digest: sent.reportID, byteCount: 3, encoding: .plain, name: "r", door: "test")
            try step.addRawPiece([1, 2, 3], position: 0, of: object)
            try step.begin()
            for row in rows { try step.add(row) }
            return try step.end(sent, domain: name, rawObject: object, path: "r")
        }
    }

    struct NoDomain: Error {}

    private static func row(_ mail: Mail, from: String) -> IdentifiedRecord {
        var record = AggregateRecord()
        record.sourceText = mail.source
        record.source = IPAddress(mail.source)
        record.count = mail.messages
        record.disposition = mail.disposition
        record.headerFrom = from
        let result = mail.sourceClass == .compliant ? "pass" : "fail"
        record.dkimEvaluated = result
        record.dkim = [.init(domain: from, selector: "s1", result: result)]
        record.spf = [.init(domain: from, scope: "mfrom", result: result)]
        return IdentifiedRecord(
            record: record,
            judgement: .init(
                identification: SenderIdentification(
                    key: mail.sender, name: mail.name ?? "Name of \(mail.sender)", serviceID: nil,
                    confidence: .strong,
                    evidence: [
                        .init(kind: .dkimDomain, observation: "d=x", match: "row x")
                    ]),
                sourceClass: mail.sourceClass,
                reason: mail.reason ?? "It sent from its own servers.",
                authenticationSet: AuthenticationSetDigest(record)))
    }

    // MARK: The bank's story

    /// Ten days of attack under `none`, and sixty days later ten days under `reject`.
    func fillBank() async throws {
        for day in 0..<10 {
            try await take(
                "bank.example", day: day, policy: "none",
                [
                    Mail(
                        source: "192.0.2.1", messages: 1_500, sender: "own:bank.example",
                        sourceClass: .compliant),
                    Mail(
                        source: "203.0.113.7", messages: 8_400, sender: "unknown:attack",
                        sourceClass: .spoofing),
                    Mail(
                        source: "198.51.100.3", messages: 100, sender: "service:crm",
                        sourceClass: .unknown),
                ])
        }
        for day in 80..<90 {
            try await take(
                "bank.example", day: day, policy: "reject",
                [
                    Mail(
                        source: "192.0.2.1", messages: 1_800, sender: "own:bank.example",
                        sourceClass: .compliant),
                    Mail(
                        source: "198.51.100.3", messages: 40, sender: "service:crm",
                        sourceClass: .misconfigured),
                    Mail(
                        source: "203.0.113.7", messages: 150, sender: "unknown:attack",
                        sourceClass: .spoofing, disposition: "reject"),
                    Mail(
                        source: "203.0.113.8", messages: 10, sender: "unknown:attack",
                        sourceClass: .spoofing, disposition: "none"),
                ])
        }
    }
}
