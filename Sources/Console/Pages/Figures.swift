import DomainAnalysis
import MailReports
import Storage

/// The table behind a picture of days.
enum Figures {
    static func fields(_ days: [DayVolume]) -> Fields {
        let rows = days.reversed().map { day -> Fields in
            [
                "day": Dates.fields(day.day),
                "total": .number(day.counts.total),
                "proved": .number(day.counts[.proved]),
                "undecided": .number(day.counts[.undecided]),
                "forwarded": .number(day.counts.forwarded),
                "forged": .number(day.counts[.forged]),
                "estimated": day.estimated > 0 ? .number(day.estimated) : nil,
            ]
        }
        let estimated = days.reduce(Int64(0)) { ClassCounts.sum($0, $1.estimated) }
        return [
            "days": .list(rows),
            "estimatedTotal": estimated > 0 ? .text(Numbers.spoken(estimated)) : nil,
        ]
    }
}
