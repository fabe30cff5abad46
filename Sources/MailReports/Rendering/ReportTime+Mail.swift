extension ReportTime {
    /// `Sun, 22 Nov 2026 04:00:00 +0000` (RFC 5322 §3.3).
    static func mailDate(_ seconds: Int64) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let day = UTCDay(secondsSinceEpoch: min(max(seconds, 0), 253_402_300_799))
        let (year, month, dayOfMonth) = day.civil
        // 1970-01-01 was a Thursday.
        let weekday = days[(day.number + 4) % 7]
        let clock = plain(seconds).suffix(8)
        return "\(weekday), \(dayOfMonth) \(months[month - 1]) \(year) \(clock) +0000"
    }
}
