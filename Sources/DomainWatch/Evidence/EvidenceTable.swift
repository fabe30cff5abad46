import MailReports
import Storage

/// One table of an evidence pack: the same columns and rows for the spreadsheet and for the page.
struct EvidenceTable {
    struct Column {
        var title: String
        /// Its part of the page's width.
        var weight: Double
        var isNumber = false
    }

    enum Cell {
        case text(String)
        case number(Int64)
        case share(EvidencePack.Share)
        case day(UTCDay)
        case instant(Int64)
        case nothing

        /// For people.
        var shown: String {
            switch self {
            case .text(let text): text
            case .number(let number): EvidenceText.grouped(number)
            case .share(let share): share.words
            case .day(let day): EvidenceText.day(day)
            case .instant(let seconds): EvidenceText.instant(seconds)
            case .nothing: "–"
            }
        }

        /// For programs.
        var plain: String {
            switch self {
            case .text(let text): text
            case .number(let number): String(number)
            case .share(let share): share.figure
            case .day(let day): day.description
            case .instant(let seconds): EvidenceText.machine(seconds)
            case .nothing: ""
            }
        }
    }

    /// The first cell of each of its rows in a spreadsheet.
    var name: String
    var title: String
    /// What the table shows and what its words mean.
    var note: String
    var columns: [Column]
    var rows: [[Cell]]
    /// What to say where there is no row.
    var emptiness: String
    /// What does not fit into it.
    var rest: String?
}

extension EvidencePack {
    /// All tables, in their order.
    var tables: [EvidenceTable] {
        [inventory, mailTable, receivers, openSenders, changeLog, course]
    }

    private var inventory: EvidenceTable {
        EvidenceTable(
            name: "domains", title: "Domains",
            note:
                "Each domain, who owns it, and what its published DMARC policy asked receivers to "
                + "do with forged mail, as reports saw it at the end of each period.",
            columns: [
                .init(title: "Domain", weight: 3.2), .init(title: "Owner", weight: 2),
                .init(title: "Policy before", weight: 2), .init(title: "Policy now", weight: 2),
                .init(title: "Last seen", weight: 1.3),
            ],
            rows: domains.map { domain in
                [
                    .text(domain.domain), domain.owner.map { .text($0) } ?? .nothing,
                    domain.policyBefore.map { .text($0) } ?? .nothing, .text(domain.policyNow),
                    domain.policySeen.map { .day($0) } ?? .nothing,
                ]
            }, emptiness: "No domain is known yet.")
    }

    /// A row for the period before and one for the period now, for all domains and for each.
    private func periodRows(
        _ row: (_ name: String, _ period: String, _ mail: Mail) -> [EvidenceTable.Cell]
    ) -> [[EvidenceTable.Cell]] {
        var rows: [[EvidenceTable.Cell]] = []
        func add(_ name: String, _ before: Mail?, _ now: Mail) {
            if let before { rows.append(row(name, "before", before)) }
            rows.append(row(name, "now", now))
        }
        if domains.count > 1 { add("All domains", before?.mail, now.mail) }
        for domain in domains { add(domain.domain, domain.before, domain.now) }
        return rows
    }

    private var mailTable: EvidenceTable {
        EvidenceTable(
            name: "mail", title: "Who sent in their name",
            note: "Messages that receivers reported. Legitimate: proved by SPF or DKIM. To decide: "
                + "not proved, by senders that nobody has decided about yet. Forwarded: passed on "
                + "by others, who broke the proof. Unauthorised: forged in the domain's name.",
            columns: [
                .init(title: "Domain", weight: 2.7), .init(title: "Period", weight: 1),
                .init(title: "Messages", weight: 1.45, isNumber: true),
                .init(title: "Legitimate", weight: 1.45, isNumber: true),
                .init(title: "To decide", weight: 1.3, isNumber: true),
                .init(title: "Forwarded", weight: 1.3, isNumber: true),
                .init(title: "Unauthorised", weight: 1.6, isNumber: true),
                .init(title: "Unauthorised (%)", weight: 1.4, isNumber: true),
            ],
            rows: periodRows { name, period, mail in
                let counts = mail.counts
                return [
                    .text(name), .text(period), .number(counts.total),
                    .number(counts.legitimate), .number(counts.undecided),
                    .number(counts.forwarded), .number(counts.unauthorised),
                    .share(mail.unauthorised),
                ]
            }, emptiness: "No domain is known yet.")
    }

    private var receivers: EvidenceTable {
        EvidenceTable(
            name: "receivers", title: "What receivers did",
            note: "What became of the unauthorised messages, as the receivers themselves reported "
                + "it. The last column tells of messages that were not unauthorised, and were "
                + "refused or put aside all the same.",
            columns: [
                .init(title: "Domain", weight: 2.7), .init(title: "Period", weight: 1),
                .init(title: "Unauthorised", weight: 1.6, isNumber: true),
                .init(title: "Rejected", weight: 1.45, isNumber: true),
                .init(title: "Quarantined", weight: 1.5, isNumber: true),
                .init(title: "Let through", weight: 1.45, isNumber: true),
                .init(title: "Stopped (%)", weight: 1.3, isNumber: true),
                .init(title: "Rest stopped", weight: 1.3, isNumber: true),
            ],
            rows: periodRows { name, period, mail in
                let counts = mail.counts
                return [
                    .text(name), .text(period), .number(counts.unauthorised),
                    .number(counts.rejected), .number(counts.quarantined),
                    .number(counts.letThrough), .share(mail.stopped),
                    .number(counts.othersStopped),
                ]
            }, emptiness: "No domain is known yet.")
    }

    private var openSenders: EvidenceTable {
        EvidenceTable(
            name: "exceptions", title: "Exceptions",
            note: "Senders whose mail is not proved and that nobody has decided about, or that are "
                + "yours and fail. \u{201C}Accepted until\u{201D} is the day until which somebody "
                + "agreed to leave it so.",
            columns: [
                .init(title: "Domain", weight: 2), .init(title: "Sender", weight: 1.9),
                .init(title: "What is open", weight: 5),
                .init(title: "Since", weight: 1.35), .init(title: "Accepted until", weight: 1.35),
                .init(title: "Messages", weight: 1.2, isNumber: true),
                .init(title: "Not proved", weight: 1.2, isNumber: true),
            ],
            rows: exceptions.map { exception in
                [
                    .text(exception.domain), .text(exception.sender), .text(exception.what),
                    .day(exception.since), exception.acceptedUntil.map { .day($0) } ?? .nothing,
                    .number(exception.messages), .number(exception.unproved),
                ]
            }, emptiness: "None: every sender is settled.",
            rest: otherExceptions > 0
                ? EvidenceText.counted(
                    Int64(otherExceptions), "smaller sender is", "smaller senders are")
                    + " not told one by one." : nil)
    }

    private var changeLog: EvidenceTable {
        EvidenceTable(
            name: "changes", title: "Changes",
            note:
                "Changes of the DNS, decisions and approvals since the first day of these figures, "
                + "from the audit log. \u{201C}No.\u{201D} is the entry's place in its chain.",
            columns: [
                .init(title: "No.", weight: 0.8, isNumber: true),
                .init(title: "Time", weight: 1.7), .init(title: "Who", weight: 1.6),
                .init(title: "Act", weight: 1.6), .init(title: "Of what", weight: 2.4),
                .init(title: "Before", weight: 2), .init(title: "After", weight: 2),
            ],
            rows: changes.map { change in
                [
                    .number(change.number), .instant(change.at), .text(change.who),
                    .text(change.act), .text(change.subject),
                    change.before.map { .text($0) } ?? .nothing,
                    change.after.map { .text($0) } ?? .nothing,
                ]
            }, emptiness: "Nothing was changed through Sealgate in this time.",
            rest: otherChanges > 0
                ? EvidenceText.counted(otherChanges, "older change is", "older changes are")
                    + " not told here: see sealgate audit export." : nil)
    }

    private var course: EvidenceTable {
        EvidenceTable(
            name: "course", title: "Course",
            note: "The figures behind the picture on the first page.",
            columns: [
                .init(title: "From", weight: 1.3), .init(title: "To", weight: 1.3),
                .init(title: "Legitimate", weight: 1.4, isNumber: true),
                .init(title: "To decide", weight: 1.4, isNumber: true),
                .init(title: "Forwarded", weight: 1.4, isNumber: true),
                .init(title: "Unauthorised", weight: 1.6, isNumber: true),
                .init(title: "Rejected", weight: 1.4, isNumber: true),
                .init(title: "Quarantined", weight: 1.4, isNumber: true),
            ],
            rows: steps.map { step in
                let counts = step.mail.counts
                return [
                    .day(step.days.first), .day(step.days.last), .number(counts.legitimate),
                    .number(counts.undecided), .number(counts.forwarded),
                    .number(counts.unauthorised), .number(counts.rejected),
                    .number(counts.quarantined),
                ]
            }, emptiness: "No day was reported.")
    }
}
