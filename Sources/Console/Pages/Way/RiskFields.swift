import DomainAnalysis
import Identities
import Storage

/// A risk as the template `risk` shows it: the figure with its denominator, who is concerned, and
/// what it rests on.
enum RiskFields {
    static func fields(_ risk: PolicyRisk, choice: WindowChoice) -> Fields {
        let affected = risk.senders.filter { $0.atRisk > 0 }
        let coverage = risk.coverage
        return [
            "riskSentence": ForeignText.value(risk.sentence, limit: 300),
            "riskRecord": ForeignText.value(risk.record, limit: 900),
            "forgedStopped": risk.forgedStopped > 0
                ? .text(Numbers.counted(risk.forgedStopped, "forged message", "forged messages"))
                : nil,
            "notKnown": risk.undetermined > 0
                ? .text(Numbers.counted(risk.undetermined, "message", "messages")) : nil,
            "affected": .list(
                affected.map { sender in
                    [
                        "senderName": ForeignText.value(sender.name, limit: 40),
                        "senderLink": Link(
                            "domains", risk.domain.text, "senders", sender.key
                        ).with(choice).value,
                        "senderOwner": sender.owner.map { ForeignText.value($0, limit: 60) },
                        "senderAtRisk": .number(sender.atRisk),
                        "senderMessages": .number(sender.messages),
                        "senderShare": .text(
                            Numbers.share(sender.atRisk, of: sender.messages)),
                    ]
                }),
            "hasAffected": .flag(!affected.isEmpty),
            "hasOwners": .flag(affected.contains { $0.owner != nil }),
            "confidence": .text(word(coverage.level)),
            "confidenceSign": .text(sign(coverage.level)),
            "coverage": .list(
                coverage.sentences.map { ["fact": ForeignText.value($0, limit: 600)] }),
            "riskFirst": Dates.fields(coverage.first),
            "riskLast": Dates.fields(coverage.last),
            "riskReporters": .list(
                coverage.reporters.map { reporter in
                    [
                        "reporter": ForeignText.value(reporter.name, limit: 60),
                        "reporterMessages": .number(reporter.messages),
                        "reporterDays": .number(reporter.days),
                        "reporterShare": .text(
                            Numbers.share(reporter.messages, of: coverage.messages)),
                    ]
                }),
            "hasReporters": .flag(!coverage.reporters.isEmpty),
            "riskRemarks": .list(
                risk.remarks.map { ["remark": ForeignText.value($0, limit: 400)] }),
        ]
    }

    static func word(_ level: ReportCoverage.Level) -> String {
        switch level {
        case .nothing: "nothing to build on"
        case .thin: "thin"
        case .fair: "fair"
        case .good: "good"
        }
    }

    private static func sign(_ level: ReportCoverage.Level) -> String {
        switch level {
        case .nothing: "○"
        case .thin: "◔"
        case .fair: "◑"
        case .good: "●"
        }
    }

    /// Fields for the template `changediff`: what becomes of the DMARC record.
    static func difference(
        _ domain: DomainName, from before: String?, to after: String
    ) -> Field {
        func line(_ text: String?) -> Field {
            .list(text.map { [["line": ForeignText.value($0, limit: 900)]] } ?? [])
        }
        return .list([
            [
                "recordName": ForeignText.value("_dmarc.\(domain)", limit: 253),
                "recordType": "TXT", "removed": line(before), "added": line(after),
                "kept": .list([]), "isNew": .flag(before == nil), "isDeleted": false,
            ]
        ])
    }
}
