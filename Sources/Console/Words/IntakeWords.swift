import MailReports
import Storage

/// What is said about reports that came in.
enum IntakeWords {
    static func lead(_ statistics: ReportStatistics) -> [Fields] {
        let all = statistics.reports + statistics.tlsReports + statistics.failureReports
        guard all > 0 || statistics.quarantined > 0 else {
            return [Words.piece("No report has come in yet.")]
        }
        var pieces = [
            Words.piece(Numbers.counted(all, "report", "reports"), strong: true),
            Words.piece(" came in and "),
            Words.piece(all == 1 ? "was read" : "were read", strong: false),
            Words.piece(
                "; they tell of \(Numbers.spoken(statistics.messages)) messages. "),
        ]
        if statistics.quarantined > 0 {
            pieces.append(
                Words.piece(
                    Numbers.counted(statistics.quarantined, "document", "documents"),
                    to: "#quarantine"))
            pieces.append(
                Words.piece(
                    " could not be read and \(statistics.quarantined == 1 ? "waits" : "wait") for "
                        + "you in the quarantine."))
        } else {
            pieces.append(Words.piece("Nothing waits in the quarantine."))
        }
        return pieces
    }

    /// Figures with what they mean.
    static func counts(_ statistics: ReportStatistics) -> [Fields] {
        func count(_ value: Int64, _ what: String, _ meaning: String) -> Fields {
            [
                "countValue": .number(value), "countWhat": .text(what),
                "countMeaning": .text(meaning),
            ]
        }
        return [
            count(
                statistics.reports, "DMARC reports",
                "read, with \(Numbers.spoken(statistics.records)) rows"),
            count(
                statistics.repaired.reports, "of them repaired",
                "a value or a structure had to be changed to read them"),
            count(
                statistics.withNotes, "with remarks",
                "they depart from the standard and were read as sent"),
            count(statistics.tlsReports, "TLS reports", "on encryption to your servers"),
            count(statistics.failureReports, "failure reports", "on single messages"),
        ]
    }

    static func kind(_ kind: ReportSummary.Kind) -> String {
        switch kind {
        case .aggregate: "DMARC"
        case .tls: "TLS"
        case .failure: "Failure"
        }
    }

    /// Why a document was not taken, in a word or two; the sentence stands beside it.
    static func refusal(_ code: ReportRefusal.Code) -> String {
        switch code {
        case .empty: "Empty"
        case .foreignDomain: "About another domain"
        case .looksForged: "Looks forged"
        case .notAReport: "Not a report"
        case .tooLarge: "Too large"
        case .tooDeep: "Nested too deeply"
        case .tooManyEntries: "Too many files in it"
        case .tooManyElements: "Too many elements"
        case .bomb: "Grows without end when unpacked"
        case .encrypted: "Encrypted"
        case .corruptArchive: "Damaged archive"
        case .unreadableArchive: "Unknown archive"
        case .documentTypeDeclaration: "Carries a document type"
        case .malformed: "Broken markup"
        case .noRecords: "No rows"
        case .noPolicyDomain: "Names no domain"
        case .noReporter: "Names no sender"
        case .noPeriod: "Names no days"
        case .implausible: "Cannot be true"
        case .truncated: "Cut off"
        case .invalidJSON: "Broken JSON"
        case .missingField: "Lacks a field"
        case .unreadableFile: "File not readable"
        }
    }
}

/// A report as a table shows it.
enum ReportRow {
    static func fields(_ report: ReportSummary) -> Fields {
        let repaired = report.repairs.filter { $0.weight == .repair }.count
        let notes = report.repairs.count - repaired
        return [
            "reportLink": Link("reports", String(report.id)).value,
            "reporter": ForeignText.value(report.reporter, limit: 40),
            "kind": .text(IntakeWords.kind(report.kind)),
            "reportDomain": ForeignText.value(report.policyDomain, limit: 48),
            "period": .text(period(report)),
            "reportMessages": .number(report.messages),
            "reportRecords": .number(report.records),
            "received": Dates.fields(report.receivedAt),
            "repairText": repaired > 0
                ? .text(Numbers.counted(repaired, "repair", "repairs")) : nil,
            "noteText": notes > 0 ? .text(Numbers.counted(notes, "remark", "remarks")) : nil,
        ]
    }

    /// The days a report covers: one where it is one.
    static func period(_ report: ReportSummary) -> String {
        let first = UTCDay(secondsSinceEpoch: clamped(report.begin))
        // The last second often is the first of the next day; that day is not meant.
        let last = UTCDay(secondsSinceEpoch: clamped(max(report.begin, report.end &- 1)))
        return first == last
            ? Dates.day(first) : "\(Dates.shortDay(first)) – \(Dates.day(last))"
    }

    private static func clamped(_ seconds: Int64) -> Int64 {
        min(max(seconds, -62_000_000_000), 250_000_000_000)
    }
}
