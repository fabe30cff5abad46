import Hummingbird
import Identities
import MailReports
import Storage

/// `/reports/ID`: one report as a person reads it.
struct ReportPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/reports/:id") { _, context in
            let id = try context.id("report")
            guard
                let report = try await services.rooms(context.visit).reports.report(
                    id, rows: Limits.reportRows)
            else {
                throw ConsoleError.notFound("There is no report with this number.")
            }
            return templates.response(Self.page(report), for: context.visit)
        }
    }

    static func page(_ stored: StoredReport) -> Page {
        let summary = stored.summary
        var fields = ReportRow.fields(summary)
        fields["lead"] = .list([Words.piece(lead(summary))])
        fields["reportID"] = ForeignText.value(summary.reportID, limit: 100)
        fields["path"] = ForeignText.value(summary.path, limit: 160)
        fields["digest"] = .text(String(stored.digest.prefix(64)))
        fields["begin"] = Dates.fields(summary.begin)
        fields["end"] = Dates.fields(summary.end)
        fields["repairs"] = .list(summary.repairs.prefix(100).map(repair))
        fields["hasRepairs"] = .flag(!summary.repairs.isEmpty)
        fields["repairSentence"] = .text(
            summary.isRepaired
                ? "This report is broken in places. It was read all the same; each place and what "
                    + "we made of it is listed."
                : "This report departs from the standard in places that change no value. It was "
                    + "read as it was sent.")
        fields["trust"] = .fields(TrustWords.fields(stored.trust))
        if let domain = DomainLinks.link(summary.policyDomain) {
            fields["domainLink"] = .text(domain)
        }
        if let report = stored.report { fields["aggregate"] = .fields(aggregate(report, stored)) }
        if let tls = stored.tls { fields["tls"] = .fields(tlsFields(tls)) }
        if let failure = stored.failure { fields["failure"] = .fields(failureFields(failure)) }
        let title = "Report by \(ForeignText.clean(summary.reporter, limit: 40))"
        return Page("report", title: title, place: .intake, fields: fields)
    }

    private static func lead(_ summary: ReportSummary) -> String {
        let reporter = ForeignText.clean(summary.reporter, limit: 60)
        let domain = ForeignText.clean(summary.policyDomain, limit: 80)
        return switch summary.kind {
        case .aggregate:
            "\(reporter) received \(Numbers.counted(summary.messages, "message", "messages")) sent "
                + "as \(domain) and tells how they were proved."
        case .tls:
            "\(reporter) tells how its deliveries to \(domain) were encrypted."
        case .failure:
            "\(reporter) tells of a message sent as \(domain) that failed its checks."
        }
    }

    private static func repair(_ repair: Repair) -> Fields {
        [
            "repairDetail": ForeignText.value(repair.detail, limit: 300),
            "repairPlace": ForeignText.value(repair.location, limit: 80),
            "repairTimes": repair.occurrences > 1
                ? .text("\(Numbers.grouped(Int64(repair.occurrences))) times") : nil,
            "isRepair": .flag(repair.weight == .repair),
        ]
    }

    private static func aggregate(_ report: AggregateReport, _ stored: StoredReport) -> Fields {
        [
            "policyText": .text(PolicyText.recordText(report.policy)),
            "policyMeaning": .text(PolicyText.meaning(report.policy)),
            "email": report.email.isEmpty ? nil : ForeignText.value(report.email),
            "contact": report.extraContact.map { ForeignText.value($0, limit: 120) },
            "generator": report.generator.map { ForeignText.value($0, limit: 80) },
            "specification": .text(specification(report.specification)),
            "errors": .list(
                report.errors.prefix(20).map { ["errorText": ForeignText.value($0, limit: 300)] }),
            "hasErrors": .flag(!report.errors.isEmpty),
            "records": .list(stored.records.map(record)),
            "shownRecords": .number(stored.records.count),
            "allRecords": .number(stored.summary.records),
            "isCut": .flag(Int64(stored.records.count) < stored.summary.records),
        ]
    }

    private static func specification(_ specification: AggregateReport.Specification) -> String {
        switch specification {
        case .draft: "as before RFC 7489"
        case .rfc7489: "RFC 7489"
        case .rfc9990: "RFC 9990"
        }
    }

    private static func record(_ record: AggregateRecord) -> Fields {
        [
            "recordSource": ForeignText.value(
                record.source?.description ?? record.sourceText, limit: 45),
            "recordCount": .number(record.count),
            "recordFrom": ForeignText.value(record.headerFrom),
            "recordEnvelope": record.envelopeFrom.map { ForeignText.value($0) },
            "isProved": .flag(
                record.dkimEvaluated == "pass" || record.spfEvaluated == "pass"),
            "handled": .text(handled(record)),
            "reasons": .list(
                record.reasons.prefix(5).map { reason in
                    [
                        "reasonType": ForeignText.value(reason.type, limit: 40),
                        "reasonComment": reason.comment.map { ForeignText.value($0, limit: 120) },
                    ]
                }),
            "dkim": .list(record.dkim.prefix(20).map(SenderPages.dkim)),
            "hasNoDKIM": .flag(record.dkim.isEmpty),
            "spf": .list(record.spf.prefix(5).map(SenderPages.spf)),
            "hasNoSPF": .flag(record.spf.isEmpty),
        ]
    }

    /// What the receiver did, said from what it wrote.
    private static func handled(_ record: AggregateRecord) -> String {
        switch record.disposition {
        case "none", "pass": "delivered"
        case "quarantine": "put aside"
        case "reject": "refused"
        default: ForeignText.clean(record.disposition, limit: 20)
        }
    }

    private static func tlsFields(_ report: TLSReport) -> Fields {
        [
            "contact": report.contact.map { ForeignText.value($0, limit: 120) },
            "policies": .list(
                report.policies.prefix(50).map { policy in
                    [
                        "tlsType": ForeignText.value(policy.type, limit: 30),
                        "tlsDomain": ForeignText.value(policy.domain),
                        "successful": .number(policy.successfulSessions),
                        "failed": .number(policy.failedSessions),
                        "failures": .list(
                            policy.failures.prefix(20).map { failure in
                                [
                                    "failureType": ForeignText.value(failure.resultType, limit: 60),
                                    "failureHost": failure.receivingMXHost.map {
                                        ForeignText.value($0)
                                    },
                                    "failureCount": .number(failure.failedSessions),
                                    "failureInformation": failure.additionalInformation.map {
                                        ForeignText.value($0, limit: 200)
                                    },
                                ]
                            }),
                    ]
                }),
        ]
    }

    private static func failureFields(_ report: FailureReport) -> Fields {
        let rows: [(String, String?)] = [
            ("What failed", report.authenticationFailure),
            ("Domain", report.reportedDomain), ("Sent from", report.sourceText),
            ("Arrived", report.arrival.map(Dates.instant)),
            ("From", report.headerFrom), ("Return address", report.originalMailFrom),
            ("To", report.originalRecipient), ("Subject", report.subject),
            ("Message-ID", report.messageID), ("What was done", report.deliveryResult),
            ("Alignment", report.identityAlignment), ("DKIM domain", report.dkimDomain),
            ("DKIM key", report.dkimSelector), ("SPF record", report.spfRecord),
            ("Reported by", report.reportingMTA ?? report.userAgent),
        ]
        return [
            "facts": .list(
                rows.compactMap { name, value in
                    guard let value, !value.isEmpty else { return nil }
                    return ["factName": .text(name), "fact": ForeignText.value(value, limit: 300)]
                })
        ]
    }
}
