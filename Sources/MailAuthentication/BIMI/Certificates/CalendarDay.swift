/// A day of the Gregorian calendar in UTC, for sentences.
struct CalendarDay: CustomStringConvertible {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Seconds since 1970; years beyond 9999 count as the last day of that year.
    init(seconds: Int64) {
        let last: Int64 = 253_402_300_799
        let bounded = min(max(seconds, -last), last)
        let days = bounded >= 0 ? bounded / 86_400 : (bounded - 86_399) / 86_400
        // Days from 1 March 0000, in eras of 400 years: leap days end up at the end of a year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var description: String {
        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
