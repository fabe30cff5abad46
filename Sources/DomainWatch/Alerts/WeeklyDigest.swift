import DomainAnalysis
import MailReports
public import SQLDatabase
public import Storage

/// A week in sentences: what changed, what to decide, how far it is.
public struct WeeklyDigest: Hashable, Sendable {
    public var week: DayRange
    /// Each a paragraph.
    public var sentences: [String]

    /// Reads the week and the one before it.
    public static func make(
        _ database: any SQLDatabase, _ organisation: OrganisationID, week: DayRange
    ) async throws -> WeeklyDigest {
        let end = week.last.advanced(by: 1).firstSecond
        let facts = try await EvidenceStore(database: database, organisation: organisation).facts(
            EvidenceQuestion(
                from: week.first, to: week.last,
                beforeFrom: week.first.advanced(by: -week.dayCount)), now: end)
        let alerts = AlertStore(database: database, organisation: organisation)
        return WeeklyDigest(
            week: week,
            sentences: sentences(
                EvidencePack(facts, agreements: EvidenceAgreements(), madeAt: end),
                try await alerts.since(week.first.firstSecond), try await alerts.list()))
    }

    private static func sentences(
        _ pack: EvidencePack, _ recent: [Alert], _ open: [Alert]
    ) -> [String] {
        var sentences = [pack.summary]
        let waiting = open.filter { $0.acknowledgedAt == nil }
        if waiting.isEmpty {
            sentences.append("No alert waits for you.")
        } else {
            sentences.append(
                EvidenceText.counted(
                    Int64(waiting.count), "alert waits", "alerts wait") + " for you. "
                    + waiting.prefix(5).map(\.finding.what).joined(separator: " "))
        }
        let ended = recent.count { $0.overAt != nil }
        if ended > 0 {
            sentences.append(
                EvidenceText.counted(Int64(ended), "alert", "alerts") + " ended by "
                    + (ended == 1 ? "itself." : "themselves."))
        }
        let undecided = Int64(pack.exceptions.count + pack.otherExceptions)
        if undecided > 0 {
            let names = pack.exceptions.prefix(3).map { "\($0.sender) for \($0.domain)" }
            sentences.append(
                EvidenceText.counted(undecided, "sender needs", "senders need")
                    + " your decision: " + names.joined(separator: ", ")
                    + (undecided > 3 ? " and others." : "."))
        } else {
            sentences.append("No sender needs a decision.")
        }
        let changes = Int64(pack.changes.count) + pack.otherChanges
        sentences.append(
            changes == 0
                ? "Nothing was changed in your DNS through Sealgate in these two weeks."
                : EvidenceText.counted(changes, "step", "steps")
                    + " of changes were told in the audit log in these two weeks.")
        return sentences
    }

    /// The last seven whole days before an instant, in seconds since 1970.
    public static func week(before now: Int64) -> DayRange {
        DayRange(last: UTCDay(secondsSinceEpoch: now).advanced(by: -1), days: 7)
    }

    /// As it is sent.
    public var notice: AlertNotice.Content {
        AlertNotice.Content(
            .digest, title: "Your week, \(EvidenceText.days(week))",
            text: sentences.joined(separator: "\n\n"))
    }

    /// The days, in words.
    public var days: String { EvidenceText.days(week) }
}
