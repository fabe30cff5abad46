import MailReports

/// Days and instants as people read them; every time says that it is UTC.
enum Dates {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `14 Nov 2025`.
    static func day(_ day: UTCDay) -> String {
        let (year, month, number) = day.civil
        return "\(number)\u{A0}\(months[month - 1])\u{A0}\(year)"
    }

    /// `14 Nov`.
    static func shortDay(_ day: UTCDay) -> String {
        let (_, month, number) = day.civil
        return "\(number)\u{A0}\(months[month - 1])"
    }

    /// `14 Nov 2025, 08:12 UTC`.
    static func instant(_ seconds: Int64) -> String {
        guard (-62_000_000_000...250_000_000_000).contains(seconds) else {
            return "an impossible time (\(seconds))"
        }
        let date = UTCDay(secondsSinceEpoch: seconds)
        let minutes = (seconds - date.firstSecond) / 60
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(day(date)), \(two(minutes / 60)):\(two(minutes % 60))\u{A0}UTC"
    }

    /// What `datetime` attributes want.
    static func machine(_ seconds: Int64) -> String {
        guard (-62_000_000_000...250_000_000_000).contains(seconds) else { return "" }
        let date = UTCDay(secondsSinceEpoch: seconds)
        let rest = seconds - date.firstSecond
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(date)T\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// Fields for the template `instant`.
    static func fields(_ seconds: Int64) -> Field {
        .fields(["instant": .text(instant(seconds)), "machine": .text(machine(seconds))])
    }

    static func fields(_ date: UTCDay) -> Field {
        .fields(["instant": .text(day(date)), "machine": .text(date.description)])
    }
}
